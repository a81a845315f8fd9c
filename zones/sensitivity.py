"""What moves the answers.

They move with hub layer, distance, GDP vintage and land; with each hub, when the count is made
without it; and with the positions, by their measured errors.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from zones.distance.nearest_hub import nearest
from zones.gdp import gdp_density, zone_gdp
from zones.parameters import (
    CLUSTERS,
    DISTANCE_METHODS,
    GDP_VINTAGES,
    LAND_YEARS,
    YI_PER_TRILLION,
)
from zones.pipeline import StudyResult
from zones.thresholds import beyond, beyond_band, count_beyond


def sensitivity_table(result: StudyResult) -> pd.DataFrame:
    """Return every combination of hub layer, distance method, GDP vintage and land.

    Returns
    -------
    pandas.DataFrame
        One combination a row: ``beyond`` with its band at the study's first threshold,
        ``zone_gdp_trillion_cny``, the part of it beyond the threshold and the part outside the
        three clusters' provinces, unless the study keeps zones of one of the two only.
    """
    zones, threshold_km = result.zones, result.study.thresholds_km[0]
    outside = ~zones["province_adcode"].isin(CLUSTERS.values())
    # by vintage and land: each zone's GDP, the total, and the share of the other provinces
    estimates = {}
    for gdp, land in itertools.product(GDP_VINTAGES, LAND_YEARS):
        estimate = zone_gdp(zones, gdp_density(result.provinces, gdp, land)) / YI_PER_TRILLION
        total = estimate.sum(min_count=1)
        estimates[gdp, land] = estimate.to_numpy(), total, 100.0 * estimate[outside].sum() / total
    rows = []
    for layer, method in itertools.product(result.layers(), DISTANCE_METHODS):
        distance_km = result.distance_under(layer, method)
        counts = count_beyond(distance_km, zones["uncertainty_km"], [threshold_km]).iloc[0]
        far = beyond(distance_km, threshold_km).to_numpy()
        for (gdp, land), (of_zones, total, elsewhere_pct) in estimates.items():
            gdp_beyond = float(np.nansum(of_zones[far]))
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
                    "gdp_beyond_trillion_cny": gdp_beyond,
                    "beyond_gdp_pct": 100.0 * gdp_beyond / total,
                    "gdp_other_provinces_pct": elsewhere_pct,
                }
            )
    table = pd.DataFrame(rows)
    if result.study.filtered and (outside.all() or not outside.any()):
        return table.drop(columns="gdp_other_provinces_pct")
    return table


def leave_one_hub_out(
    zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, *, method: str = "great-circle"
) -> pd.DataFrame:
    """Count the zones beyond the threshold without each hub.

    Parameters
    ----------
    zones
        With ``lon``, ``lat`` in WGS-84 degrees.
    hubs
        With ``lon``, ``lat``; its index names the hubs.
    threshold_km
        Beyond means strictly farther than this.
    method
        ``great-circle`` or ``geodesic``.

    Returns
    -------
    pandas.DataFrame
        One hub a row, the one whose loss adds most zones first, then in the order of `hubs`:
        ``hub``, ``zones_served`` (nearest to it), ``beyond`` (without it), ``more_beyond``
        (than with it), ``median_added_km`` (median of the way its zones then go farther; nan
        where it serves none or no other hub is left).

    Notes
    -----
    Only the zones that a hub serves can change when it goes, so only they are measured again.
    """
    places = hubs[["lon", "lat"]].reset_index(drop=True)  # names may repeat, row numbers do not
    found = nearest(zones, places, method=method)
    with_all = int(beyond(found["nearest_km"], threshold_km).sum())
    rows = []
    for number, name in enumerate(hubs.index):
        served = (found["nearest_hub"] == number).to_numpy()
        # how far its zones are from the nearest of the other hubs; infinitely where none is left
        again_km = found["nearest_km"][served]
        if len(hubs) > 1 and served.any():
            again_km = nearest(zones[served], places.drop(number), method=method)["nearest_km"]
        elif served.any():
            again_km = pd.Series(np.inf, index=zones.index)
        # dropped, not skipped: pandas 2 warns of a median over nothing but nan
        added_km = (again_km - found["nearest_km"][served]).replace(np.inf, np.nan).dropna()
        more = int(beyond(again_km, threshold_km).sum())
        more -= int(beyond(found["nearest_km"][served], threshold_km).sum())
        rows.append((name, int(served.sum()), with_all + more, more, added_km.median()))
    columns = ["hub", "zones_served", "beyond", "more_beyond", "median_added_km"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("more_beyond", ascending=False, kind="stable", ignore_index=True)


def hubs_left_out_table(result: StudyResult) -> pd.DataFrame:
    """Return what the count would be without each of the study's hubs.

    Of some zones of a table, only the hubs that are the nearest of one: all others change nothing.
    """
    study = result.study
    table = leave_one_hub_out(
        result.zones, result.hubs, study.thresholds_km[0], method=study.distance_method
    )
    if study.filtered:
        table = table[table["zones_served"] > 0].reset_index(drop=True)
    return table.assign(threshold_km=study.thresholds_km[0])


def position_table(result: StudyResult) -> pd.DataFrame:
    """Return, for each hub layer, the count, its band and its 90 % intervals.

    Returns
    -------
    pandas.DataFrame
        One layer and kind of error a row: ``hub_layer``, ``distance_method``, ``threshold_km``,
        ``beyond``, ``surely``, ``possibly``, ``shared_by`` (which zones err alike) with
        ``low_5_pct``, ``median`` and ``high_95_pct`` of the count (see `zones.count_law`).
    """
    study = result.study
    method, threshold_km = study.distance_method, study.thresholds_km[0]
    rows = []
    for layer in result.layers():
        nearest_km = result.distance_under(layer, method)
        flags = beyond_band(nearest_km, result.zones["uncertainty_km"], threshold_km).sum()
        rows += [
            {
                "hub_layer": layer,
                "distance_method": method,
                "threshold_km": threshold_km,
                **flags.astype(int),
                "shared_by": kind,
                **spread,
            }
            for kind, spread in result.intervals(layer, threshold_km).iterrows()
        ]
    return pd.DataFrame(rows)
