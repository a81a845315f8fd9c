"""Zones by county or prefecture and year: the stock, what is new, by level and type, how far.

The codes are those of one year that the user names, so that the panel joins to the user's own.
"""

from __future__ import annotations

import pandas as pd

from geodata.errors import UsageError
from geodata.gazetteer import CATALOGUE_YEAR
from geodata.unit_codes import codes_in_year, units_of_year
from geodata.vocabulary import LEVEL_KEYS, TYPE_KEYS
from geodata.words import Message
from zones.groups import UNKNOWN_DIVISION
from zones.inputs import check_choice
from zones.parameters import PANEL_YEARS, UNITS
from zones.pipeline import StudyResult
from zones.thresholds import beyond

UNIT_COLUMNS = "adcode name name_en city_adcode province_adcode province".split()
OTHER = "other"  # levels and types that the catalogue has not got


def panel(
    result: StudyResult,
    by: str = "county",
    *,
    codes: int = CATALOGUE_YEAR,
    years: tuple[int, int] = PANEL_YEARS,
    balanced: bool = False,
) -> pd.DataFrame:
    """Return the zones of a study by county or prefecture and year.

    Parameters
    ----------
    result
        As `zones.pipeline.run_study` gives it.
    by
        ``county`` or ``prefecture``. Cities without counties (东莞市) stand among the counties;
        municipalities, and counties that no city holds (仙桃市), among the prefectures.
    codes
        Year of codes and names, 1980 to 2024; the same for all years of the panel.
    years
        First and last year, both included.
    balanced
        Every unit of that year's divisions; without it those that have a zone at any time. Each
        has all years, with zeros before its first zone.

    Returns
    -------
    pandas.DataFrame
        One unit and year a row. ``adcode``, ``name``, ``name_en``, ``city_adcode``,
        ``province_adcode``, ``province``, ``year``; ``zones`` approved up to the end of the year
        with ``area_ha``, ``zones_new`` approved in it with ``area_new_ha``; ``zones_...`` and
        ``area_..._ha`` by level and by type; ``first_year`` of the unit, nan without a zone;
        ``median_km`` to the nearest hub, ``beyond_500km`` and ``beyond_500km_pct`` of the zones
        then there, for each threshold of the study, nan without one. Zones whose unit is not known
        have a row with an empty ``adcode``, so that the totals are those of the table.

    Raises
    ------
    UsageError
        For another unit, years in the wrong order, codes of a year without divisions, or zones of
        which none has a date.

    Notes
    -----
    Level, type and area are those of the table (2018), not of the year; a zone that was closed
    before has no row in it. Of two months of approval the first counts. Zones without a date are
    in no year.
    """
    check_choice("by", by, UNITS)
    first, last = years
    if not first <= last:
        raise UsageError(
            Message("years {first} to {last}: the first is the later one", first=first, last=last)
        )
    zones = panel_zones(result, by, codes)
    if zones.empty:
        raise UsageError(Message("no zone states a date of approval, so there is no panel"))
    units = units_of_year(codes, prefectures=by == "prefecture")
    there = units.index.isin(zones["unit"])
    units = units if balanced else units[there]
    labels = [*units.index, *([""] if (zones["unit"] == "").any() else [])]
    grid = pd.MultiIndex.from_product([labels, range(first, last + 1)], names=["adcode", "year"])
    out = pd.DataFrame(index=grid)
    for name, added in _added(zones).items():
        new = _by_year(added, zones, grid)
        stock = _cumulated(added, zones, grid)
        if name in ("zones", "area_ha"):
            new_name = "zones_new" if name == "zones" else "area_new_ha"
            out[name], out[new_name] = stock, new
        else:
            out[name] = stock
    first_year = zones.groupby("unit")["approved_year"].min()
    out["first_year"] = out.index.get_level_values("adcode").map(first_year.to_dict()).astype(float)
    out["median_km"] = _median_of_stock(zones, grid)
    for threshold_km in result.study.thresholds_km:
        name = f"beyond_{threshold_km:g}km"
        far = beyond(zones["nearest_km"], threshold_km).astype(float)
        out[name] = _cumulated(far, zones, grid)
        out[f"{name}_pct"] = 100.0 * out[name] / out["zones"].where(out["zones"] > 0)
    whole = [c for c in map(str, out) if c.startswith(("zones", "beyond_"))]
    out = out.astype({c: int for c in whole if not c.endswith("_pct")})
    described = units.reindex(labels).fillna("")
    if "" in labels:
        described.loc["", ["name", "name_en"]] = UNKNOWN_DIVISION.zh, UNKNOWN_DIVISION.en
    columns = [*UNIT_COLUMNS, "year", *out.columns]
    return out.reset_index().join(described, on="adcode")[columns]


def panel_zones(result: StudyResult, by: str, codes: int) -> pd.DataFrame:
    """Return the dated zones with ``unit``, ``unit_by`` (how its code was found), year of approval.

    Zones without a date of approval are left out.
    """
    zones = result.zones
    year = pd.to_numeric(zones["approved"].str[:4], errors="coerce")
    zones = zones.assign(approved_year=year)[year.notna()]
    found = codes_in_year(zones, codes, prefectures=by == "prefecture")
    return zones.assign(
        approved_year=zones["approved_year"].astype(int), unit=found["code"], unit_by=found["by"]
    )


def _added(zones: pd.DataFrame) -> dict[str, pd.Series[float]]:
    """Return what each zone adds to the columns of its unit."""
    one = pd.Series(1.0, index=zones.index)
    area_ha = zones["area_ha"].fillna(0.0)
    columns = {"zones": one, "area_ha": area_ha}
    for column, keys in (("level", LEVEL_KEYS), ("type", TYPE_KEYS)):
        kinds = zones[column].map(keys).fillna(OTHER)
        # those of a user's own words together, where there are any
        named = [*keys.values(), *([OTHER] if (kinds == OTHER).any() else [])]
        for key in named:
            mark = f"{column}_{key}" if key == OTHER else key
            columns[f"zones_{mark}"] = one.where(kinds == key, 0.0)
            columns[f"area_{mark}_ha"] = area_ha.where(kinds == key, 0.0)
    return columns


def _by_year(added: pd.Series[float], zones: pd.DataFrame, grid: pd.MultiIndex) -> pd.Series[float]:
    """Return what the zones of each year of approval add."""
    sums = added.groupby([zones["unit"], zones["approved_year"]]).sum()
    return sums.reindex(grid, fill_value=0.0)


def _cumulated(
    added: pd.Series[float], zones: pd.DataFrame, grid: pd.MultiIndex
) -> pd.Series[float]:
    """Return what all zones approved up to each year add: those before the first year, too."""
    first = grid.get_level_values("year").min()
    year = zones["approved_year"].clip(lower=first)
    sums = added.groupby([zones["unit"], year]).sum().reindex(grid, fill_value=0.0)
    return sums.groupby(level="adcode", sort=False).cumsum()


def _median_of_stock(zones: pd.DataFrame, grid: pd.MultiIndex) -> pd.Series[float]:
    """Return the median distance of the zones there at the end of each year."""
    first = grid.get_level_values("year").min()
    in_order = zones.sort_values(["unit", "approved_year"], kind="stable")
    # by unit, in the same order as the zones
    running = in_order.groupby("unit")["nearest_km"].expanding().median().to_numpy()
    labels = [in_order["unit"], in_order["approved_year"].clip(lower=first)]
    at_the_end = pd.Series(running, in_order.index).groupby(labels).last()
    return at_the_end.reindex(grid).groupby(level="adcode", sort=False).ffill()
