"""The tables of the regional gap: by type, by province, clusters against the rest, the curve."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from geodata.loaders import load_listed_companies
from geodata.vocabulary import ZONE_LEVELS, ZONE_TYPES
from zones.companies import by_cluster, by_province
from zones.groups import (
    REST,
    THREE,
    TOTAL,
    division_codes,
    division_name,
    gap_table,
    group_counts,
    grouping,
)
from zones.parameters import (
    CLUSTER_OF,
    CLUSTERS,
    CURVE_END_KM,
    CURVE_STEP_KM,
    FIGURE_STEP_KM,
    GDP_VINTAGES,
    GROUPINGS,
    LAND_YEARS,
)
from zones.pipeline import StudyResult
from zones.thresholds import beyond, count_beyond

# what every table of groups shows; sums and shares of area are in the columns beside them
GAP_COLUMNS = (
    "area_km2 gdp_estimate_yi_cny median_km beyond surely possibly beyond_zones_pct "
    "area_beyond_km2 gdp_beyond_yi_cny"
).split()


def type_table(result: StudyResult) -> pd.DataFrame:
    """Return zones by level and type with the total (figure 1 of the report)."""
    zones = result.zones
    table = gap_table(
        zones, [zones["level"], zones["type"]], threshold_km=result.study.thresholds_km[0]
    )
    usual = [key for key in itertools.product(ZONE_LEVELS, ZONE_TYPES) if key in table.index]
    others = [key for key in table.index if key not in usual and key[0] != TOTAL]
    # levels together, the usual ones first
    levels = list(dict.fromkeys([*ZONE_LEVELS, *(level for level, _ in others)]))
    order = sorted([*usual, *others], key=lambda key: levels.index(key[0]))
    table = table.loc[[*order, (TOTAL, "")]]
    table["share_zones_pct"] = 100.0 * table["zones"] / len(zones)
    return table[["zones", "share_zones_pct", *GAP_COLUMNS]].reset_index()


def province_table(result: StudyResult) -> pd.DataFrame:
    """Return the gap by province, in the order of the provincial codes, with the total.

    A province without zones keeps its row, unless the study keeps some zones of its table only:
    then the sums are those of the provinces that are there, and one alone has no total.
    """
    study, zones, provinces = result.study, result.zones, result.provinces
    table = gap_table(zones, "province", threshold_km=study.thresholds_km[0])
    if study.filtered:
        provinces = provinces.loc[provinces.index.isin(table.index)]
    # no zones, no median, no share
    table = _with_zeros(table.reindex([*provinces.index, TOTAL]))
    table["urban_land_km2"] = _with_total(provinces[LAND_YEARS[study.land]].astype(float))
    table["province_gdp_yi_cny"] = _with_total(provinces[GDP_VINTAGES[study.gdp]])
    # zone GDP over provincial GDP would be the same share by construction
    table["share_land_pct"] = 100.0 * table["area_km2"] / table["urban_land_km2"]
    listed = load_listed_companies()["province"].value_counts().reindex(provinces.index)
    table["listed_companies"] = _with_total(listed.fillna(0)).astype(int)
    columns = (
        "zones area_km2 urban_land_km2 share_land_pct gdp_estimate_yi_cny province_gdp_yi_cny "
        "median_km beyond surely possibly beyond_zones_pct area_beyond_km2 gdp_beyond_yi_cny "
        "listed_companies"
    )
    table = table[columns.split()]
    if result.registrations is not None:
        companies = by_province(result.registrations, provinces["province_adcode"])
        companies.loc[TOTAL] = companies.sum()
        table = table.join(companies.astype({"registrations": int}))
    if is_one_province(result):
        table = table.drop(TOTAL)  # the same once more
    return table.rename_axis("province").reset_index()


def division_table(result: StudyResult) -> pd.DataFrame:
    """Return the gap by city of the study's only province, by county of a municipality.

    Returns
    -------
    pandas.DataFrame
        ``city`` or ``county`` (Chinese name, 不详 where a zone's is not known, ``total``), in
        the order of their codes, then the measures of `zones.groups.gap_table`.
    """
    table = gap_table(
        result.zones, division_names(result), threshold_km=result.study.thresholds_km[0]
    )
    codes = sorted(_division_codes(result).unique(), key=lambda code: (code == "", code))
    order = [division_name(code).zh for code in codes]
    table = table.loc[[*order, TOTAL], ["zones", *GAP_COLUMNS]]
    return table.rename_axis(division_kind(result)).reset_index()


def is_one_province(result: StudyResult) -> bool:
    """Whether the study keeps the zones of one province only: they are told apart by city."""
    province = result.zones["province"]
    return result.study.filtered and province.iloc[0] != "" and not _differ(province)


def division_kind(result: StudyResult) -> str:
    """Return what a study's only province is divided into: ``county`` of a municipality."""
    return "county" if str(result.zones["province"].iloc[0]).endswith("市") else "city"


def division_names(result: StudyResult) -> pd.Series[str]:
    """Return each zone's city or county by its Chinese name."""
    codes = _division_codes(result)
    return codes.map({code: division_name(code).zh for code in codes.unique()})


def division_words(result: StudyResult) -> dict[str, str]:
    """Return Chinese name -> name in the study's language, of the zones' cities or counties."""
    found = map(division_name, _division_codes(result).unique())
    return {name.zh: name.in_language(result.study.language) for name in found}


def _division_codes(result: StudyResult) -> pd.Series[str]:
    return division_codes(result.zones, county=division_kind(result) == "county")


def has_both_sides(result: StudyResult) -> bool:
    """Whether there are zones in the three clusters and elsewhere, to be compared."""
    return _differ(grouping(result.zones, "cluster").eq(REST))


def _differ(column: pd.Series[Any]) -> bool:
    """Whether some values differ from the first."""
    return bool((column != column.iloc[0]).any())


def _with_zeros(table: pd.DataFrame) -> pd.DataFrame:
    """Return a gap table with 0 for the counts and sums of groups without zones."""
    sums = [c for c in table.columns if c != "median_km" and not c.endswith("_pct")]
    table.loc[table["zones"].isna(), sums] = 0.0
    return table.astype(dict.fromkeys(["zones", "beyond", "surely", "possibly"], int))


def _with_total(column: pd.Series[Any]) -> pd.Series[Any]:
    out: pd.Series[Any] = pd.concat([column, pd.Series({TOTAL: column.sum()})])
    return out


def cluster_table(result: StudyResult) -> pd.DataFrame:
    """Return the three clusters against the other provinces (footnote 7 of the report).

    Where the study asks for some provinces only, the companies are those of these provinces.
    """
    zones, threshold_km = result.zones, result.study.thresholds_km[0]
    cluster = grouping(zones, "cluster")
    companies_of = load_listed_companies()
    chosen = result.study.zones_provinces
    if chosen is not None:
        companies_of = companies_of[companies_of["province"].isin(chosen)]
    listed = (companies_of["city_adcode"].str[:2] + "0000").map(CLUSTER_OF).fillna(REST)
    each = gap_table(zones, cluster, threshold_km=threshold_km)
    three = gap_table(zones, cluster.where(cluster == REST, THREE), threshold_km=threshold_km)
    table = pd.concat([each, three.loc[[THREE] if THREE in three.index else []]])
    # a group without zones keeps its row, for its companies, where it was not left out by name
    rows = [*CLUSTERS, THREE, REST, TOTAL]
    if chosen is not None:
        there = [row for row in rows if row in table.index]
        # of one or two clusters there is no sum of the three
        rows = [row for row in there if row != THREE or set(CLUSTERS) <= set(there)]
    table = _with_zeros(table.reindex(rows))
    companies = listed.value_counts()
    companies[THREE], companies[TOTAL] = (listed != REST).sum(), len(listed)
    table["listed_companies"] = companies.reindex(table.index).fillna(0).astype(int)
    for share, column in (
        ("share_zones_pct", "zones"),
        ("share_zone_gdp_pct", "gdp_estimate_yi_cny"),
        ("share_listed_pct", "listed_companies"),
    ):
        # no share of nothing
        table[share] = 100.0 * table[column] / (table[column].loc[TOTAL] or np.nan)
    columns = ["zones", *GAP_COLUMNS, "listed_companies", "share_zones_pct", "share_zone_gdp_pct"]
    table = table[[*columns, "share_listed_pct"]]
    if result.registrations is not None and chosen is None:
        table = table.join(by_cluster(result.registrations, THREE, REST, TOTAL))
    return table.rename_axis("group").reset_index()


def curve_table(result: StudyResult) -> pd.DataFrame:
    """Return the threshold curve: the study's layer with its band, the other layers beside it."""
    study, zones = result.study, result.zones
    steps = set(np.arange(0.0, CURVE_END_KM + 1.0, CURVE_STEP_KM)) | set(study.thresholds_km)
    thresholds_km = sorted(float(t) for t in steps)
    weights = zones[["area_ha", "gdp_estimate_yi_cny"]]
    uncertainty_km = zones["uncertainty_km"]
    table = count_beyond(zones["nearest_km"], uncertainty_km, thresholds_km, weights)
    for layer in result.layers()[1:]:
        distance_km = result.distance_under(layer, study.distance_method)
        table[f"beyond_{layer}"] = [int(beyond(distance_km, t).sum()) for t in thresholds_km]
    if study.filtered:  # some zones may all be near: up to where none is left
        counts = table[["possibly", *(f"beyond_{layer}" for layer in result.layers()[1:])]]
        left = counts.max(axis=1) > 0
        end_km = table.index[left].max() + CURVE_STEP_KM if left.any() else CURVE_STEP_KM
        table = table[(table.index <= end_km) | table.index.isin(study.thresholds_km)]
    return table.reset_index()


def group_table(result: StudyResult) -> pd.DataFrame:
    """Return the counts beyond every threshold of the study, by every grouping.

    Of some zones of a table, by those that tell them apart: of one province not by province.
    """
    several: tuple[str, ...] = GROUPINGS
    if result.study.filtered:
        several = tuple(by for by in GROUPINGS if _differ(grouping(result.zones, by)))
    return group_counts(result.zones, result.study.thresholds_km, several)


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
