"""Load a user's own table of zones: another edition of the catalogue, a province's list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import BadInputError
from geodata.geocode_texts import geocode_texts
from geodata.loaders import load_provinces, load_zones
from geodata.messages import listed, say
from geodata.names import normalise
from geodata.own_tables.headers import Header, find_header
from geodata.own_tables.positions import read_positions
from geodata.own_tables.registration_places import provinces_by_cell
from geodata.own_tables.table_rows import read_rows
from geodata.own_tables.tabular_files import open_tables
from geodata.own_tables.zone_areas import Suspicion, read_areas, suspicions_of
from geodata.own_tables.zone_columns import SYNONYMS, ZONE_TABLE, unit_of_choice
from geodata.schema import cell_fault
from geodata.vocabulary import NOT_STATED, PROVINCES

_DATE = re.compile(
    r"((?:19|20)\d{2})(?:[-./年]?(0[1-9]|1[0-2]|[1-9](?!\d))(?:[-./月]\d{0,2}日?T?[\d:]*)?)?[年月]?",
    re.ASCII,
)
_LEVELS = {"国家": "国家级", "省": "省级", "national": "国家级", "provincial": "省级"}
COLUMNS = (
    "code name name_en province_adcode province level type approved extended area_ha industries "
    "remark lon lat province_reason"
).split()


@dataclass(frozen=True)
class ZoneTableReport:
    """What a table of zones lacks. Rows are numbered as a spreadsheet shows them.

    Attributes
    ----------
    file, sheet, header_row
        Where the table was found.
    rows
        Zones in the file.
    derived
        Zones whose province is not stated but follows from the name.
    without_province
        Zones whose province is not known: ``name``, ``reason`` by id.
    without_area
        Zones that state no area.
    given
        Zones with a position of the file.
    doubled
        Names that stand twice in one province.
    suspicions
        What looks wrong but may be right: sentences for `geodata.messages.say` and their facts.
    remarks
        Rows that are no zone.
    """

    file: str
    sheet: str
    header_row: int
    rows: int
    derived: int
    without_province: pd.DataFrame
    without_area: int
    given: int
    doubled: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]
    remarks: dict[int, str]


def load_zone_table(
    path: Path, encoding: str | None = None, columns: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, ZoneTableReport]:
    """Read a table of zones: xlsx, xls, csv, tsv or parquet.

    Parameters
    ----------
    path
        The file. Rows above the header are taken as titles; headings are known by
        `geodata.own_tables.zone_columns.SYNONYMS`. Only the name is required.
    encoding
        Of a text; found out when None.
    columns
        Column -> its heading in the file, where that is no synonym; ``area_ha``, ``area_km2`` and
        ``area_mu`` give the unit of the area, too.

    Returns
    -------
    tuple
        A frame indexed by ``id`` (its own column, else the code, else ``R`` and the row) with the
        catalogue's columns: ``area_ha`` nan where not stated, ``province`` and
        ``province_adcode`` "" where unknown, with ``province_reason``; ``lon``, ``lat`` (WGS-84
        degrees) nan where the file gives none; and the report.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is not accepted.
    """
    chosen = {("area" if unit_of_choice(c) else c): text for c, text in (columns or {}).items()}
    sheets = open_tables(path, encoding)
    sheet, header = find_header(sheets, path, ZONE_TABLE, chosen)
    cells, remarks, faults = read_rows(sheet.rows(), header, SYNONYMS)
    if cells.empty and not faults:
        fault = say("row {row}: no rows below the header; accepted: at least one", row=header.row)
        faults = [(header.row, fault)]
    lon, lat, bad = read_positions(cells, header)
    unit = next((u for u in map(unit_of_choice, columns or {}) if u), "")
    area_ha, bad_areas = read_areas(cells["area"], header, unit)
    frame, bad_cells = _texts(cells, header)
    faults += [*bad, *bad_areas, *bad_cells]
    if faults:
        raise BadInputError(str(path), [text for _, text in sorted(faults)])
    frame["area_ha"], frame["lon"], frame["lat"] = area_ha, lon, lat
    stated = frame["province"] != ""
    frame["province"], frame["province_reason"] = _with_provinces(frame)
    codes = load_provinces()["province_adcode"]
    frame["province_adcode"] = frame["province"].map(codes).fillna("")
    frame.index = pd.Index(_ids(cells), name="id")
    lost = frame["province"] == ""
    pairs = frame[["name", "province"]]
    report = ZoneTableReport(
        file=path.name,
        sheet=sheet.name,
        header_row=header.row,
        rows=len(frame),
        derived=int((~stated.to_numpy() & ~lost.to_numpy()).sum()),
        without_province=frame.loc[lost, ["name", "province_reason"]].set_axis(
            ["name", "reason"], axis=1
        ),
        without_area=int(frame["area_ha"].isna().sum()),
        given=int(frame["lon"].notna().sum()),
        doubled=tuple(sorted(set(frame.loc[pairs.duplicated(), "name"]))),
        suspicions=tuple(suspicions_of(frame)),
        remarks=remarks,
    )
    return frame[COLUMNS], report


def _texts(cells: pd.DataFrame, header: Header) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
    """Return the text columns as the catalogue has them, and the faults by row."""
    frame = cells[["code", "name", "name_en", "industries", "remark"]].copy()
    faults: list[tuple[int, str]] = []

    def bad(row: Any, column: str, accepted: str) -> None:
        heading = header.headings.get(column, column)
        fault = cell_fault(row, heading, str(cells[column][row]), accepted)
        faults.append((int(str(row)), fault))

    for row in cells.index[cells["name"] == ""]:
        bad(row, "name", say("a value is required"))
    named = cells["province"].map(provinces_by_cell(cells["province"]))
    for row in cells.index[(cells["province"] != "") & ~named.isin(PROVINCES)]:
        bad(row, "province", say("accepted: {values}, or none", values=listed(PROVINCES)))
    by_code = {code[:2]: name for name, code in load_provinces()["province_adcode"].items()}
    coded = cells["province_adcode"].str[:2].map(by_code).fillna("")
    codes = dict(load_provinces()["province_adcode"].items())
    for row in cells.index[cells["province_adcode"] != ""]:
        name = named[row] or coded[row]
        if cells["province_adcode"][row] != codes.get(name):
            right = f"{codes[name]}, {name}" if name in codes else say("a provincial code")
            bad(row, "province_adcode", say("accepted: {values}", values=right))
    frame["province"] = named.where(named != "", coded)
    for column in ("approved", "extended"):
        dates = cells[column].map({cell: _month(cell) for cell in cells[column].unique()})
        for row in cells.index[dates.isna()]:
            bad(row, column, say("accepted: {values}", values=say("a month as YYYY-MM")))
        frame[column] = dates.fillna("")
    level = cells["level"].str.removesuffix("级").str.casefold()
    frame["level"] = level.map(_LEVELS).fillna(cells["level"])
    frame["type"] = cells["type"]
    for column in ("level", "type"):
        frame[column] = frame[column].where(frame[column] != "", NOT_STATED)
    ids = cells["id"][cells["id"] != ""]
    for row in ids.index[ids.duplicated()]:
        first = ids.index[ids == ids[row]][0]
        bad(row, "id", say("must be unique, stands in row {row} too", row=first))
    return frame, faults


def _month(cell: str) -> str | None:
    """Return a date of approval as YYYY-MM, or as YYYY where it has no month; None for none."""
    if cell == "":
        return ""
    found = _DATE.fullmatch(cell.replace(" ", ""))
    if found is None:
        return None
    year, month = found.groups()
    return f"{year}-{int(month):02d}" if month else year


def _with_provinces(frame: pd.DataFrame) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return each zone's province, where not stated by its name, and why it is not known.

    A name of the 2018 catalogue has the province it has there; of 2,543 such names none stands in
    two provinces. Any other is read as an address: its first divisions say it.
    """
    province, reason = frame["province"].copy(), pd.Series("", index=frame.index)
    lost = province == ""
    if not lost.any():
        return province, reason
    catalogue = load_zones()
    known = dict(zip(catalogue["name"].map(normalise), catalogue["province"], strict=True))
    names = frame.loc[lost, "name"]
    found = names.map(lambda name: known.get(normalise(name), ""))
    read = geocode_texts([names], kind="address")
    found = found.where(found != "", read["geocode_province"])
    province[lost] = found
    why = say("no province stated, and none follows from the name: {why}", why="{why}")
    texts = [why.replace("{why}", text) for text in read["geocode_reason"]]
    reason[lost] = pd.Series(texts, index=names.index).where(found == "", "")
    return province, reason


def _ids(cells: pd.DataFrame) -> list[str]:
    """Return the zones' labels: their own, else their codes where unique, else their rows."""
    for column in ("id", "code"):
        if (cells[column] != "").all() and not cells[column].duplicated().any():
            return [str(label) for label in cells[column]]
    return [f"R{row}" for row in cells.index]
