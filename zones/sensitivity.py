"""How the answers move with the hub layer, the distance, the GDP vintage and the land year."""

from __future__ import annotations

import itertools

import pandas as pd

from zones.gdp import gdp_density, zone_gdp
from zones.parameters import CLUSTERS, DISTANCE_METHODS, GDP_VINTAGES, LAND_YEARS, YI_PER_TRILLION
from zones.pipeline import StudyResult
from zones.thresholds import beyond, count_beyond


def sensitivity_table(result: StudyResult) -> pd.DataFrame:
    """Return every combination of hub layer, distance method, GDP vintage and land year.

    Returns
    -------
    pandas.DataFrame
        One combination a row: ``beyond`` with its band at the study's first threshold,
        ``zone_gdp_trillion_cny``, the part of it beyond the threshold and the part outside the
        three clusters' provinces.
    """
    zones, threshold_km = result.zones, result.study.thresholds_km[0]
    outside = ~zones["province_adcode"].isin(CLUSTERS.values())
    estimates = {
        (gdp, land): zone_gdp(zones, gdp_density(result.provinces, gdp, land)) / YI_PER_TRILLION
        for gdp, land in itertools.product(GDP_VINTAGES, LAND_YEARS)
    }
    rows = []
    for layer, method in itertools.product(result.layers(), DISTANCE_METHODS):
        distance_km = result.distance_under(layer, method)
        counts = count_beyond(distance_km, zones["uncertainty_km"], [threshold_km]).iloc[0]
        far = beyond(distance_km, threshold_km)
        for (gdp, land), estimate in estimates.items():
            total = estimate.sum(min_count=1)
            rows.append(
                {
                    "hub_layer": layer,
                    "distance_method": method,
                    "gdp": gdp,
                    "land": land,
                    "threshold_km": threshold_km,
                    "beyond": int(counts["beyond"]),
                    "surely": int(counts["surely"]),
                    "possibly": int(counts["possibly"]),
                    "zone_gdp_trillion_cny": total,
                    "gdp_beyond_trillion_cny": estimate[far].sum(),
                    "beyond_gdp_pct": 100.0 * estimate[far].sum() / total,
                    "gdp_other_provinces_pct": 100.0 * estimate[outside].sum() / total,
                }
            )
    return pd.DataFrame(rows)
