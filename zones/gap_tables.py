"""The tables of the regional gap: by type, by province, clusters against the rest, the curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geodata.loaders import ZONE_LEVELS, ZONE_TYPES, load_listed_companies
from zones.parameters import (
    CLUSTERS,
    CURVE_END_KM,
    CURVE_STEP_KM,
    FIGURE_STEP_KM,
    GDP_VINTAGES,
    HA_PER_KM2,
    LAND_YEARS,
)
from zones.pipeline import StudyResult
from zones.thresholds import beyond, count_beyond

TOTAL, THREE, REST = "total", "three clusters", "other provinces"


def measures(
    zones: pd.DataFrame, far: pd.Series[bool], groups: Sequence[pd.Series[Any]]
) -> pd.DataFrame:
    """Add up zones, area, GDP and the zones beyond by group.

    Parameters
    ----------
    zones
        With ``area_ha``, ``gdp_yi_cny``, ``nearest_km``.
    far
        Which zones are beyond the threshold; same index.
    groups
        The group of each zone, one series a level; same index.

    Returns
    -------
    pandas.DataFrame
        By group: ``zones``, ``area_km2``, ``gdp_yi_cny``, ``median_km``, ``beyond``,
        ``beyond_zones_pct`` (of the group's zones), ``area_beyond_km2``, ``gdp_beyond_yi_cny``.
    """
    area_km2 = zones["area_ha"] / HA_PER_KM2
    columns = pd.DataFrame(
        {
            "zones": 1,
            "area_km2": area_km2,
            "gdp_yi_cny": zones["gdp_yi_cny"],
            "beyond": far.astype(int),
            "area_beyond_km2": area_km2.where(far, 0.0),
            "gdp_beyond_yi_cny": zones["gdp_yi_cny"].where(far, 0.0),
        },
        index=zones.index,
    )
    keys = list(groups)
    out = columns.groupby(keys, sort=False).sum()
    out.insert(3, "median_km", zones["nearest_km"].groupby(keys, sort=False).median())
    out.insert(5, "beyond_zones_pct", 100.0 * out["beyond"] / out["zones"])
    return out


def _everything(zones: pd.DataFrame) -> list[pd.Series[str]]:
    return [pd.Series(TOTAL, index=zones.index)]


def type_table(result: StudyResult) -> pd.DataFrame:
    """Return zones by level and type with the total (figure 1 of the report)."""
    zones = result.zones
    far = beyond(zones["nearest_km"], result.study.thresholds_km[0])
    by_type = measures(zones, far, [zones["level"], zones["type"]]).reset_index()
    order = {t: (ZONE_LEVELS.index(lv), i) for i, t in enumerate(ZONE_TYPES) for lv in ZONE_LEVELS}
    by_type = by_type.sort_values(["level", "type"], key=lambda c: c.map(_order(order, c.name)))
    total = measures(zones, far, _everything(zones)).assign(level=TOTAL, type="")
    table = pd.concat([by_type, total], ignore_index=True)
    table.insert(3, "share_zones_pct", 100.0 * table["zones"] / len(zones))
    return table


def _order(order: dict[str, tuple[int, int]], column: object) -> dict[str, int]:
    if column == "level":
        return {level: i for i, level in enumerate(ZONE_LEVELS)}
    return {t: i for t, (_, i) in order.items()}


def province_table(result: StudyResult) -> pd.DataFrame:
    """Return the gap by province, in the order of the provincial codes, with the total."""
    study, zones, provinces = result.study, result.zones, result.provinces
    far = beyond(zones["nearest_km"], study.thresholds_km[0])
    table = measures(zones, far, [zones["province"]])
    # a province without zones keeps its row: no zones, no median
    table = table.reindex(provinces.index)
    counts = ["zones", "beyond"]
    table[counts] = table[counts].fillna(0).astype(int)
    sums = ["area_km2", "gdp_yi_cny", "area_beyond_km2", "gdp_beyond_yi_cny"]
    table[sums] = table[sums].fillna(0.0)
    table.insert(2, "urban_land_km2", provinces[LAND_YEARS[study.land]].astype(float))
    table.insert(5, "province_gdp_yi_cny", provinces[GDP_VINTAGES[study.gdp]])
    listed = load_listed_companies()["province"].value_counts()
    table["listed_companies"] = listed.reindex(table.index).fillna(0).astype(int)
    total = measures(zones, far, _everything(zones))
    for column in ("urban_land_km2", "province_gdp_yi_cny", "listed_companies"):
        total[column] = table[column].sum()
    table = pd.concat([table, total[table.columns]]).rename_axis("province").reset_index()
    # zone GDP over provincial GDP would be the same share by construction
    table.insert(4, "share_land_pct", 100.0 * table["area_km2"] / table["urban_land_km2"])
    return table


def cluster_table(result: StudyResult) -> pd.DataFrame:
    """Return the three clusters against the other provinces (footnote 7 of the report)."""
    zones = result.zones
    far = beyond(zones["nearest_km"], result.study.thresholds_km[0])
    cluster_of = {adcode: cluster for cluster, adcode in CLUSTERS.items()}
    cluster = zones["province_adcode"].map(cluster_of)
    listed = load_listed_companies()
    listed_cluster = (listed["city_adcode"].str[:2] + "0000").map(cluster_of)
    parts = []
    for zone_group, company_group in (
        (cluster.dropna(), listed_cluster.dropna()),
        (
            pd.Series(np.where(cluster.isna(), REST, THREE), zones.index),
            pd.Series(np.where(listed_cluster.isna(), REST, THREE), listed.index),
        ),
        (pd.Series(TOTAL, zones.index), pd.Series(TOTAL, listed.index)),
    ):
        part = measures(zones.loc[zone_group.index], far.loc[zone_group.index], [zone_group])
        companies = company_group.value_counts()
        part["listed_companies"] = companies.reindex(part.index).fillna(0).astype(int)
        parts.append(part)
    table = pd.concat(parts).reindex([*CLUSTERS, THREE, REST, TOTAL]).dropna(how="all")
    for share, column in (
        ("share_zones_pct", "zones"),
        ("share_zone_gdp_pct", "gdp_yi_cny"),
        ("share_listed_pct", "listed_companies"),
    ):
        table[share] = 100.0 * table[column] / table[column].loc[TOTAL]
    counts = ["zones", "beyond", "listed_companies"]
    table[counts] = table[counts].astype(int)
    return table.rename_axis("group").reset_index()


def curve_table(result: StudyResult) -> pd.DataFrame:
    """Return the threshold curve: the study's layer with its band, the other layers beside it."""
    study, zones = result.study, result.zones
    steps = set(np.arange(0.0, CURVE_END_KM + 1.0, CURVE_STEP_KM)) | set(study.thresholds_km)
    thresholds_km = sorted(float(t) for t in steps)
    weights = zones[["area_ha", "gdp_yi_cny"]]
    uncertainty_km = zones["uncertainty_km"]
    table = count_beyond(zones["nearest_km"], uncertainty_km, thresholds_km, weights)
    for layer in result.layers()[1:]:
        distance_km = result.distance_under(layer, study.distance_method)
        table[f"beyond_{layer}"] = [int(beyond(distance_km, t).sum()) for t in thresholds_km]
    return table.reset_index()


def layer_curves(result: StudyResult, step_km: float = FIGURE_STEP_KM) -> pd.DataFrame:
    """Return the threshold curve of every hub layer with its band, in steps fit for drawing.

    Returns
    -------
    pandas.DataFrame
        ``layer`` (the study's own first), ``threshold_km``, ``beyond``, ``surely``, ``possibly``
        as `zones.thresholds.count_beyond` defines them.
    """
    thresholds_km = np.arange(0.0, CURVE_END_KM + step_km / 2.0, step_km)
    uncertainty_km = result.zones["uncertainty_km"]
    parts = []
    for layer in result.layers():
        near_km = result.distance_under(layer, result.study.distance_method)
        bounds = {
            "beyond": near_km,
            "surely": near_km - uncertainty_km,
            "possibly": near_km + uncertainty_km,
        }
        # strictly beyond: all but those up to and at the threshold
        counts = {
            name: len(x) - np.searchsorted(np.sort(x.to_numpy()), thresholds_km, side="right")
            for name, x in bounds.items()
        }
        parts.append(pd.DataFrame({"layer": layer, "threshold_km": thresholds_km, **counts}))
    return pd.concat(parts, ignore_index=True)
