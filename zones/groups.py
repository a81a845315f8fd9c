"""Zones, area, GDP and what lies beyond the threshold, by any grouping of the zones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from geodata.errors import UsageError
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.vocabulary import PROVINCES, ZONE_LEVELS, ZONE_TYPES
from geodata.words import Listed, Message, Name
from zones.inputs import check_choice, need_columns
from zones.parameters import (
    APPROVAL_PERIODS,
    CLUSTER_OF,
    CLUSTERS,
    GROUPINGS,
    HA_PER_KM2,
    THRESHOLD_KM,
)
from zones.thresholds import beyond_band

TOTAL, THREE, REST = "total", "three clusters", "other provinces"
UNKNOWN_PERIOD = "unknown"
UNKNOWN_DIVISION = Name("not known", "不详")
MEASURES = (
    "zones area_km2 gdp_estimate_yi_cny median_km beyond surely possibly beyond_zones_pct "
    "area_beyond_km2 beyond_area_pct gdp_beyond_yi_cny beyond_gdp_pct"
).split()
GROUP_COLUMNS = (
    "grouping group threshold_km zones beyond surely possibly beyond_zones_pct beyond_area_pct "
    "beyond_gdp_pct"
).split()


def gap_table(
    zones: pd.DataFrame,
    by: str | pd.Series[Any] | Sequence[str | pd.Series[Any]] = "province",
    *,
    threshold_km: float = THRESHOLD_KM,
) -> pd.DataFrame:
    """Add up zones, area, GDP and what lies beyond the threshold, by group and in total.

    Parameters
    ----------
    zones
        With ``area_ha``, ``gdp_estimate_yi_cny``, ``nearest_km``, ``uncertainty_km``, and what the
        grouping needs.
    by
        ``province``, ``level``, ``type``, ``period`` (of approval) or ``cluster`` (Beijing,
        Zhejiang, Guangdong or other provinces); or a series on the index of `zones`; or several
        of these.
    threshold_km
        Beyond means strictly farther than this from the nearest hub.

    Returns
    -------
    pandas.DataFrame
        By group in its natural order, the last row ``total``: ``zones``, ``area_km2``,
        ``gdp_estimate_yi_cny``, ``median_km``; ``beyond`` with its band ``surely`` and
        ``possibly`` (see `zones.thresholds.beyond_band`); ``beyond_zones_pct``,
        ``beyond_area_pct`` and ``beyond_gdp_pct`` of the group's own; ``area_beyond_km2``,
        ``gdp_beyond_yi_cny``.

    Raises
    ------
    UsageError
        For an unknown grouping, a missing column, no zones, a group that is missing or on another
        index, a distance that is missing, or a threshold that is not a number of at least 0.

    Examples
    --------
    >>> zones = pd.DataFrame({
    ...     "province": ["浙江省", "西藏自治区"], "area_ha": [300.0, 100.0],
    ...     "gdp_estimate_yi_cny": [90.0, 10.0], "nearest_km": [20.0, 1300.0],
    ...     "uncertainty_km": [5.0, 9.0],
    ... })
    >>> gap_table(zones, "province")[["zones", "beyond", "beyond_gdp_pct"]].loc["total"].to_dict()
    {'zones': 2.0, 'beyond': 1.0, 'beyond_gdp_pct': 10.0}
    """
    need_columns(zones, "zones", ["area_ha", "gdp_estimate_yi_cny", "nearest_km", "uncertainty_km"])
    if zones.empty:
        raise UsageError(Message("zones: no rows; accepted: at least one"))
    given = [by] if isinstance(by, str | pd.Series) else list(by)
    keys = [_key(zones, one) for one in given]
    order = _order(by) if isinstance(by, str) else None
    counted = _measures(zones, keys, threshold_km)
    if order is not None:
        known = [name for name in order if name in counted.index]
        counted = counted.loc[[*known, *(n for n in counted.index if n not in known)]]
    total = _measures(zones, [pd.Series(TOTAL, index=zones.index)], threshold_km)
    if counted.index.nlevels > 1:
        label = (TOTAL, *[""] * (counted.index.nlevels - 1))
        total.index = pd.MultiIndex.from_tuples([label], names=counted.index.names)
    return pd.concat([counted, total]).rename_axis(counted.index.names)


def _key(zones: pd.DataFrame, by: str | pd.Series[Any]) -> pd.Series[Any]:
    """Return the group of each zone, none missing."""
    key = grouping(zones, by) if isinstance(by, str) else by
    if not key.index.equals(zones.index):
        raise UsageError(Message("by: series {name!r} has another index than zones", name=key.name))
    if key.isna().any():
        rows = Listed(repr(label) for label in key.index[key.isna()][:5])
        raise UsageError(
            Message(
                "zones: no {name!r} in {count} rows ({rows}); accepted: a group",
                name=key.name,
                count=int(key.isna().sum()),
                rows=rows,
            )
        )
    return key


def _measures(
    zones: pd.DataFrame, keys: Sequence[pd.Series[Any]], threshold_km: float
) -> pd.DataFrame:
    """Return the measures of each group: what is added up, a median, and shares of the sums."""
    # what one zone adds to its group
    flags = beyond_band(zones["nearest_km"], zones["uncertainty_km"], threshold_km)
    area_km2, gdp = zones["area_ha"] / HA_PER_KM2, zones["gdp_estimate_yi_cny"]
    columns = flags.astype(int).assign(
        zones=1,
        area_km2=area_km2,
        gdp_estimate_yi_cny=gdp,
        # times 0, not 0: an unknown area or GDP stays unknown
        area_beyond_km2=area_km2.where(flags["beyond"], 0.0 * area_km2),
        gdp_beyond_yi_cny=gdp.where(flags["beyond"], 0.0 * gdp),
    )
    groups = list(keys)
    # a group of zones without area has no sum, rather than 0
    out = columns.groupby(groups, sort=False).sum(min_count=1)
    out["median_km"] = zones["nearest_km"].groupby(groups, sort=False).median()
    for share, part, whole in (
        ("beyond_zones_pct", "beyond", "zones"),
        ("beyond_area_pct", "area_beyond_km2", "area_km2"),
        ("beyond_gdp_pct", "gdp_beyond_yi_cny", "gdp_estimate_yi_cny"),
    ):
        out[share] = 100.0 * out[part] / out[whole]
    return out[MEASURES]


def grouping(zones: pd.DataFrame, by: str) -> pd.Series[Any]:
    """Return the group of each zone, on the same index; see `gap_table` for the names."""
    if by not in GROUPINGS and by in zones.columns:
        raise UsageError(
            Message(
                "grouping: {by!r}; accepted: {accepted}; or a column itself: zones[{by!r}]",
                by=by, accepted=Listed(GROUPINGS),
            )
        )  # fmt: skip
    check_choice(Message("grouping"), by, GROUPINGS)
    column = {"period": "approved", "cluster": "province_adcode"}.get(by, by)
    need_columns(zones, "zones", [column])
    if by == "period":
        return approval_period(zones["approved"])
    if by == "cluster":
        return zones["province_adcode"].map(CLUSTER_OF).fillna(REST).rename("cluster")
    return zones[by]


def approval_period(approved: pd.Series[str]) -> pd.Series[str]:
    """Return the period of each approval date (``YYYY-MM``), "unknown" where it has none.

    The periods follow the waves of approval: the coastal opening from 1984, the wave after 1992,
    the years to the clean-up, the re-approvals of 2006 and after, and the years since 2011.
    """
    year = pd.to_numeric(approved.str[:4], errors="coerce")
    period = pd.Series(UNKNOWN_PERIOD, index=approved.index, name="period")
    for first, last in APPROVAL_PERIODS:
        period[year.between(first, last)] = period_name(first, last)
    return period


def division_codes(zones: pd.DataFrame, *, county: bool) -> pd.Series[str]:
    """Return the code of each zone's city, or county; "" where its place is not known so finely.

    Parameters
    ----------
    zones
        With ``adcode``, codes of today.
    county
        Counties, for a municipality, which has no cities. A county that no city holds (仙桃市)
        stands among the cities.
    """
    names = gazetteer(LAST_YEAR).by_adcode

    def code_of(adcode: str) -> str:
        division = names.get(adcode)
        if division is None or division.level == "province":
            return ""
        return division.adcode if county else division.city_adcode or division.adcode

    codes = zones["adcode"].map({adcode: code_of(adcode) for adcode in zones["adcode"].unique()})
    return codes.astype(str)


def division_name(adcode: str) -> Name:
    """Return the name of a city or county of today by its code; of "", that it is not known."""
    division = gazetteer(LAST_YEAR).by_adcode.get(adcode)
    return UNKNOWN_DIVISION if division is None else Name(division.name_en, division.name)


def period_name(first: int, last: int) -> str:
    """Return the label of a period of years."""
    return f"{first}-{last}"


def group_counts(
    zones: pd.DataFrame, thresholds_km: Sequence[float], groupings: Sequence[str] = GROUPINGS
) -> pd.DataFrame:
    """Count the zones beyond each threshold by every grouping, with the band.

    Returns
    -------
    pandas.DataFrame
        One grouping, group and threshold a row: ``grouping``, ``group``, ``threshold_km``,
        ``zones``, ``beyond``, ``surely``, ``possibly``, ``beyond_zones_pct``,
        ``beyond_area_pct``, ``beyond_gdp_pct``. The groups of each grouping add up to the total,
        which is the last row.
    """
    tables = []
    for by in groupings:
        for threshold_km in thresholds_km:
            table = gap_table(zones, by, threshold_km=threshold_km)
            table = table.drop(TOTAL).rename_axis("group").reset_index()
            tables.append(table.assign(grouping=by, threshold_km=float(threshold_km)))
    for threshold_km in thresholds_km:
        whole = _measures(zones, [pd.Series(TOTAL, zones.index)], threshold_km)
        whole = whole.rename_axis("group").reset_index()
        tables.append(whole.assign(grouping="", threshold_km=float(threshold_km)))
    return pd.concat(tables, ignore_index=True)[GROUP_COLUMNS]


def _order(by: str) -> list[str]:
    """Return the groups of a grouping in the order a reader expects."""
    periods = [period_name(first, last) for first, last in APPROVAL_PERIODS]
    return {
        "province": list(PROVINCES),
        "level": list(ZONE_LEVELS),
        "type": list(ZONE_TYPES),
        "period": [*periods, UNKNOWN_PERIOD],
        "cluster": [*CLUSTERS, REST],
    }[by]
