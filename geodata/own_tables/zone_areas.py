"""Areas of a user's table of zones: their unit, and what looks like another unit."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geodata.loaders import load_zones
from geodata.messages import listed, say
from geodata.own_tables.headers import Header
from geodata.own_tables.zone_columns import AREA_UNITS, ha_per_unit
from geodata.schema import Column, cell_fault

# the largest approved zone has 23,252 ha; the bounds are wide, since a slip is a unit's factor
AREA_HA = (0.01, 100_000.0)
# Of the catalogue's zones 99 in 100 have more than 40 ha: a table whose median zone is smaller,
# or larger than its 99th, is likely to be in another unit than its heading says.
LIKELY_MEDIAN_HA = (40.0, 3_800.0)
_NUMBER = Column("number", False)
Suspicion = tuple[str, dict[str, object]]


def read_areas(
    cells: pd.Series[str], header: Header, unit: str
) -> tuple[pd.Series[float], list[tuple[int, str]]]:
    """Return areas in hectares, nan where blank, and the faults by row.

    Parameters
    ----------
    cells
        Text, by row.
    header
        Of the table; the unit stands in the heading of the column ``area``.
    unit
        That the study file states instead, "" for none.
    """
    if "area" not in header.places:
        return pd.Series(np.nan, index=cells.index), []
    heading = header.headings["area"]
    factor = ha_per_unit(unit or header.remarks["area"] or _unit_after(heading))
    if factor is None:
        text = say(
            "row {row}: column {heading!r} without a unit of area; accepted: one of {units} in "
            "brackets, as in 核准面积(公顷)",
            row=header.row,
            heading=heading,
            units=listed(AREA_UNITS),
        )
        return pd.Series(np.nan, index=cells.index), [(header.row, text)]
    bounds = Column("number", False, AREA_HA[0] / factor, AREA_HA[1] / factor)
    faults = []
    for row, cell in cells.items():
        accepted = bounds.fault(cell)
        if accepted is not None:
            accepted += _other_unit(cell, factor)
            faults.append((int(str(row)), cell_fault(row, heading, cell, accepted)))
    if faults:
        return pd.Series(np.nan, index=cells.index), faults
    return pd.to_numeric(cells.where(cells != "", np.nan)).astype(float) * factor, []


def _unit_after(heading: str) -> str:
    """Return the unit that ends a heading in Latin letters: area_ha, Area km2."""
    found = re.search(r"[ _](ha|km2|sqkm|mu|m2)\s*$|(?<=area)(ha|km2|sqkm|mu)\s*$", heading, re.I)
    return next((g for g in found.groups() if g), "") if found else ""


def _other_unit(cell: str, factor: float) -> str:
    """Return which unit would make an area out of bounds a usual one."""
    if _NUMBER.fault(cell) is not None or not cell:
        return ""
    for unit in ("平方公里", "公顷", "亩", "平方米"):
        other = ha_per_unit(unit)
        low, high = LIKELY_MEDIAN_HA
        if other != factor and other is not None and low <= float(cell) * other <= high:
            return say("; it looks like {unit}", unit=unit)
    return ""


def suspicions_of(frame: pd.DataFrame) -> list[Suspicion]:
    """Return what looks like another unit: by the catalogue's own areas, else by the median."""
    known = load_zones()
    area_of = dict(
        zip(zip(known["name"], known["province"], strict=True), known["area_ha"], strict=True)
    )
    keys = zip(frame["name"], frame["province"], strict=True)
    catalogue_ha = pd.Series([area_of.get(key, np.nan) for key in keys], index=frame.index)
    ratio = (frame["area_ha"] / catalogue_ha).dropna()
    # dropped, not skipped: pandas 2 warns of a median over nothing but nan
    median_ha = float(frame["area_ha"].dropna().median())
    if len(ratio):
        times = float(ratio.median())
        for unit in ("平方公里", "亩", "平方米"):
            factor = ha_per_unit(unit) or 1.0
            for wrong in (1.0 / factor, factor):
                if wrong * 0.7 <= times <= wrong / 0.7 and not 0.5 <= times <= 2.0:
                    sentence = (
                        "the areas are {times:g} times those of the same zones in the catalogue, "
                        "as {unit} against 公顷 would be; check the unit of the heading"
                    )
                    return [(sentence, {"times": float(f"{times:.3g}"), "unit": unit})]
    low, high = LIKELY_MEDIAN_HA
    if not len(ratio) and not np.isnan(median_ha) and not low <= median_ha <= high:
        sentence = (
            "the median area is {median:g} ha, outside the {low:g} to {high:g} ha of 98 in 100 "
            "zones of the catalogue; check the unit of the heading"
        )
        return [(sentence, {"median": float(f"{median_ha:.3g}"), "low": low, "high": high})]
    return []
