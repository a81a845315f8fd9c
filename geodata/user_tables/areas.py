"""Areas of zones in a user's table: cells, their unit, and what looks like another unit."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np
import pandas as pd

from geodata.loaders import load_zones
from geodata.schema import Column, cell_fault
from geodata.user_tables.account import Row, row_label
from geodata.user_tables.numerals import DIGITS
from geodata.user_tables.text import clean, is_blank
from geodata.words import Listed, Message, Words

# unit of area -> hectares; 15 mu are one hectare
_HA_PER = {
    unit: ha
    for ha, units in (
        (1.0, "公顷 ha hectare hectares hm2 万平方米 万平米 万m2"),
        (100.0, "平方公里 平方千米 km2 sqkm squarekm squarekilometers squarekilometres"),
        (1.0 / 15.0, "亩 市亩 mu"),
        (10_000.0 / 15.0, "万亩"),
        (10_000.0, "万公顷"),
        (1e-4, "平方米 平米 m2 sqm squaremeters squaremetres"),
    )
    for unit in units.split()
}
AREA_UNITS = ("公顷", "ha", "平方公里", "km2", "亩", "万亩", "平方米", "m2")
# the largest approved zone has 23,252 ha; the bounds are wide, since a slip is a unit's factor
AREA_HA = (0.01, 100_000.0)
# Of the catalogue's zones 99 in 100 have more than 40 ha: a table whose median zone is smaller,
# or larger than its 99th, is likely to be in another unit than its heading says.
LIKELY_MEDIAN_HA = (40.0, 3_800.0)
LONGEST_CELL = 200  # what is longer is no area
_NUMBER = Column("number", False)
# what says "about" before and behind a number, also between it and its unit
_ABOUT_BEFORE = r"(?:大约|约为|约|将近|近|逾|≈|~|about|approx(?:\.|imately)?|circa|ca?\.)"
_ABOUT_BEHIND = r"(?:左右|上下|余|多)"
_EXPONENT = r"(?:e[+-]?\d+)?"
# A sign is read, for the bounds to refuse it.
_CELL = re.compile(
    rf"(?P<before>{_ABOUT_BEFORE})? *(?P<number>[+-]?(?:{DIGITS}|\.\d+){_EXPONENT}) *"
    rf"(?P<middle>{_ABOUT_BEHIND})? *(?P<unit>\D*?) *(?P<behind>{_ABOUT_BEHIND})?",
    re.ASCII,
)
_SQUARE = re.compile(r"m\^?2(?!\d)")  # a digit that is part of a unit
_TWO_NUMBERS = re.compile(r"\d[^\d,._]+\d", re.ASCII)


class Areas(NamedTuple):
    """What a column of areas holds.

    Attributes
    ----------
    area_ha
        Hectares, nan where blank; all nan where there are faults.
    faults
        By row.
    approximate
        Cells that say "about", by row: the number is taken as it stands.
    own_unit
        Cells whose own unit is not that of the heading, by row: the cell's counts.
    """

    area_ha: pd.Series[float]
    faults: list[tuple[Row, Words]]
    approximate: dict[Row, str]
    own_unit: dict[Row, str]


class _Cell(NamedTuple):
    """What one cell says: hectares, or what would be accepted instead."""

    area_ha: float = np.nan
    fault: Words | None = None
    approximate: bool = False
    own_unit: bool = False
    without_unit: bool = False


def ha_per_unit(words: str) -> float | None:
    """Return the hectares of one unit of area, None where the words are no unit."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    plain = re.sub(r"[\s_:.^()\[\]\-]+|单位", "", plain)
    return _HA_PER.get(plain)


def unit_after(heading: str) -> str:
    """Return the unit that ends a heading in Latin letters: area_ha, Area km2."""
    found = re.search(r"[ _](ha|km2|sqkm|mu|m2)\s*$|(?<=area)(ha|km2|sqkm|mu)\s*$", heading, re.I)
    return next((g for g in found.groups() if g), "") if found else ""


def read_areas(cells: pd.Series[str], heading: str, unit: str, header_row: int) -> Areas:
    """Return areas in hectares, the faults, and the cells that were not read as they stand.

    A cell is a number with or without groups, a unit and a word for "about" beside it. A unit is
    never guessed: where neither heading nor cell has one, or the cell's is not known, it is a
    fault, as are a range, a sum and two numbers.

    Parameters
    ----------
    cells
        Text, by row.
    heading
        Of the column.
    unit
        Words of the unit that the heading or the study file states, "" for none; Latin letters
        that end the heading are found here.
    header_row
        Of a fault of the heading.
    """
    factor = ha_per_unit(unit or unit_after(heading))
    read = {text: _read_cell(text, factor) for text in cells.unique()}
    none = pd.Series(np.nan, index=cells.index)
    if any(cell.without_unit for cell in read.values()):
        text = Message(
            "row {row}: column {heading!r} without a unit of area; accepted: one of {units} in "
            "brackets, as in 核准面积(公顷)",
            row=header_row,
            heading=heading,
            units=Listed(AREA_UNITS),
        )
        return Areas(none, [(header_row, text)], {}, {})
    rows = [(row_label(row), text, read[text]) for row, text in cells.items()]
    faults = [
        (row, cell_fault(row, heading, text, cell.fault))
        for row, text, cell in rows
        if cell.fault is not None
    ]
    if faults:
        return Areas(none, faults, {}, {})
    return Areas(
        cells.map({text: cell.area_ha for text, cell in read.items()}).astype(float),
        [],
        {row: text for row, text, cell in rows if cell.approximate},
        {row: text for row, text, cell in rows if cell.own_unit},
    )


def _read_cell(text: str, factor: float | None) -> _Cell:
    """Read a cell below a heading of `factor` hectares a unit, None where it states no unit."""
    if is_blank(text):
        return _Cell()
    plain = clean(text)
    if len(plain) <= LONGEST_CELL:
        plain = _SQUARE.sub("m²", unicodedata.normalize("NFKC", plain).casefold())
    found = _CELL.fullmatch(plain) if len(plain) <= LONGEST_CELL else None
    if found is None:
        return _Cell(fault=_no_number(plain))
    own = ha_per_unit(found["unit"]) if found["unit"] else None
    ha = own or factor
    if found["unit"] and own is None:
        return _Cell(fault=_no_number(plain, found["unit"]))
    if ha is None:
        return _Cell(without_unit=True)
    digits = found["number"].replace(",", "").replace(" ", "")
    accepted = Column("number", False, AREA_HA[0] / ha, AREA_HA[1] / ha).fault(digits)
    if accepted is not None:
        return _Cell(fault=accepted + ("" if own else _other_unit(digits, ha)))
    about = any(found[place] for place in ("before", "middle", "behind"))
    differs = own is not None and factor is not None and own != factor
    return _Cell(float(digits) * ha, approximate=about, own_unit=differs)


def _no_number(plain: str, unit: str = "") -> Words:
    """Return what is accepted instead of a cell that is no number, or has an unknown unit."""
    if unit and unit != "%":
        return Message(
            "accepted: a number, or a number and one of {units}", units=Listed(AREA_UNITS)
        )
    if len(plain) <= LONGEST_CELL and _TWO_NUMBERS.search(plain):
        return Message("accepted: one number, no range and no sum")
    return _NUMBER.fault(plain) or Message("accepted: a number")


def _other_unit(cell: str, factor: float) -> Words | str:
    """Return which unit would make an area out of bounds a usual one."""
    for unit in ("平方公里", "公顷", "亩", "平方米"):
        other = ha_per_unit(unit)
        low, high = LIKELY_MEDIAN_HA
        if other != factor and other is not None and low <= float(cell) * other <= high:
            return Message("; it looks like {unit}", unit=unit)
    return ""


def suspicions_of(frame: pd.DataFrame) -> list[Message]:
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
                    return [
                        Message(
                            "the areas are {times:g} times those of the same zones in the "
                            "catalogue, as {unit} against 公顷 would be; check the unit of the "
                            "heading",
                            times=float(f"{times:.3g}"),
                            unit=unit,
                        )
                    ]
    low, high = LIKELY_MEDIAN_HA
    if not len(ratio) and not np.isnan(median_ha) and not low <= median_ha <= high:
        return [
            Message(
                "the median area is {median:g} ha, outside the {low:g} to {high:g} ha of 98 in "
                "100 zones of the catalogue; check the unit of the heading",
                median=float(f"{median_ha:.3g}"),
                low=low,
                high=high,
            )
        ]
    return []
