"""A user's own table of zones: another edition of the catalogue, a province's list.

Its columns and the headings that name them; loading; each zone's place, by its position, else by
name and province.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.address_geocoder import geocode_with_reasons
from geodata.errors import BadInputError
from geodata.loaders import load_provinces, load_zones
from geodata.names import normalise
from geodata.schema import cell_fault
from geodata.user_tables.areas import read_areas, suspicions_of
from geodata.user_tables.companies import GIVEN, provinces_by_cell
from geodata.user_tables.dates import Dates, read_months
from geodata.user_tables.files import open_tables
from geodata.user_tables.headers import (
    POSITION,
    PROVINCE,
    Header,
    Vocabulary,
    find_header,
    read_rows,
)
from geodata.user_tables.positions import read_positions
from geodata.vocabulary import NOT_STATED, PROVINCES
from geodata.words import ENGLISH, Listed, Message, Words
from geodata.zone_geocoder import geocode_zones

SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": tuple(
        "开发区名称 名称 园区名称 开发区 园区 开发区名 园区名 集聚区名称 name zone zonename "
        "developmentzone park parkname".split()
    ),
    "id": tuple("id 编号 zoneid".split()),
    "code": tuple("code 代码 开发区代码 zonecode".split()),
    "name_en": tuple("nameen englishname 英文名称 英文名".split()),
    "province_adcode": tuple("provinceadcode provincecode 省份代码 省代码".split()),
    "province": (*PROVINCE, "省区市", "省(区、市)", "省自治区直辖市", "省市区"),
    "level": tuple("level 级别 开发区级别 层级".split()),
    "type": tuple("type 类型 开发区类型 类别".split()),
    "approved": tuple(
        "approved 批准时间 批准日期 获批时间 批准年份 批准年月 设立时间 成立时间 "
        "approvaldate dateofapproval".split()
    ),
    "extended": tuple("extended 扩区时间 扩区日期".split()),
    "area": tuple(
        "核准面积 批准面积 规划面积 面积 核准规划面积 areaha areakm2 area approvedarea "
        "approvedareaha approvedareakm2 areamu areasqkm".split()
    ),
    "industries": tuple("industries 主导产业 主要产业 产业".split()),
    "remark": tuple("remark 备注 说明 remarks".split()),
    **POSITION,
}
ZONE_TABLE = Vocabulary(
    SYNONYMS,
    Message("zones"),
    ("name", "province", "area"),
    re.compile(
        r"(?<=面积)万?(?:公顷|平方公里|平方千米|平方米|亩)$|(?<=area)[ _](?:ha|km2|sqkm|mu)$"
    ),
)
# [zones] columns of a study file may name these; area_ha and area_km2 give the unit, too
CHOICES = (*SYNONYMS, "area_ha", "area_km2", "area_mu")


def unit_of_choice(column: str) -> str:
    """Return the unit that a column's name in a study file gives: km2 of area_km2, else ""."""
    return column.removeprefix("area_") if column.startswith("area_") else ""


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
        What looks wrong but may be right.
    remarks
        Rows that are no zone.
    reasons
        By each English text of ``province_reason`` the same in words.
    approximate_areas
        Cells that state an area as approximate, by row: the number is taken as it stands.
    areas_in_own_unit
        Cells with a unit of their own that is not the heading's, by row: the cell's counts.
    doubtful_dates
        Cells such as 2000.1, of which only the year is taken, by row; see
        `geodata.user_tables.dates`.
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
    suspicions: tuple[Message, ...]
    remarks: dict[int, str]
    reasons: dict[str, Words]
    approximate_areas: dict[int, str] = field(default_factory=dict)
    areas_in_own_unit: dict[int, str] = field(default_factory=dict)
    doubtful_dates: dict[int, str] = field(default_factory=dict)


def load_zone_table(
    path: Path, encoding: str | None = None, columns: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, ZoneTableReport]:
    """Read a table of zones: xlsx, xls, csv, tsv or parquet.

    Parameters
    ----------
    path
        The file. Rows above the header are taken as titles; headings are known by
        `geodata.user_tables.zones.SYNONYMS`. Only the name is required.
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
        fault = Message(
            "row {row}: no rows below the header; accepted: at least one", row=header.row
        )
        faults = [(header.row, fault)]
    lon, lat, bad = read_positions(cells, header)
    unit = next((u for u in map(unit_of_choice, columns or {}) if u), "")
    areas = read_areas(
        cells["area"],
        header.headings.get("area", ""),
        unit or header.remarks.get("area", ""),
        header.row,
    )
    frame, bad_cells = _texts(cells, header)
    dates = {
        column: read_months(cells[column], header.headings.get(column, column))
        for column in ("approved", "extended")
    }
    faults += [*bad, *areas.faults, *bad_cells]
    for column, read in dates.items():
        frame[column] = read.months
        faults += read.faults
    if faults:
        raise BadInputError(str(path), [text for _, text in sorted(faults)])
    frame["area_ha"], frame["lon"], frame["lat"] = areas.area_ha, lon, lat
    stated = frame["province"] != ""
    frame["province"], frame["province_reason"], reasons = _with_provinces(frame)
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
        reasons=reasons,
        approximate_areas=areas.approximate,
        areas_in_own_unit=areas.own_unit,
        doubtful_dates=_doubtful(dates.values()),
    )
    return frame[COLUMNS], report


def _doubtful(dates: Iterable[Dates]) -> dict[int, str]:
    """Return the doubtful cells of all columns of dates by row, those of one row side by side."""
    found: dict[int, list[str]] = {}
    for read in dates:
        for row, text in read.doubtful.items():
            found.setdefault(row, []).append(text)
    return {row: ", ".join(found[row]) for row in sorted(found)}


def _texts(cells: pd.DataFrame, header: Header) -> tuple[pd.DataFrame, list[tuple[int, Words]]]:
    """Return the text columns as the catalogue has them, and the faults by row."""
    frame = cells[["code", "name", "name_en", "industries", "remark"]].copy()
    faults: list[tuple[int, Words]] = []

    def bad(row: Any, column: str, accepted: Words) -> None:
        heading = header.headings.get(column, column)
        fault = cell_fault(row, heading, str(cells[column][row]), accepted)
        faults.append((int(str(row)), fault))

    for row in cells.index[cells["name"] == ""]:
        bad(row, "name", Message("a value is required"))
    named = cells["province"].map(provinces_by_cell(cells["province"]))
    for row in cells.index[(cells["province"] != "") & ~named.isin(PROVINCES)]:
        bad(row, "province", Message("accepted: {values}, or none", values=Listed(PROVINCES)))
    by_code = {code[:2]: name for name, code in load_provinces()["province_adcode"].items()}
    coded = cells["province_adcode"].str[:2].map(by_code).fillna("")
    codes = dict(load_provinces()["province_adcode"].items())
    for row in cells.index[cells["province_adcode"] != ""]:
        name = named[row] or coded[row]
        if cells["province_adcode"][row] != codes.get(name):
            known = (codes[name], name) if name in codes else (Message("a provincial code"),)
            bad(row, "province_adcode", Message("accepted: {values}", values=Listed(known)))
    frame["province"] = named.where(named != "", coded)
    level = cells["level"].str.removesuffix("级").str.casefold()
    frame["level"] = level.map(_LEVELS).fillna(cells["level"])
    frame["type"] = cells["type"]
    for column in ("level", "type"):
        frame[column] = frame[column].where(frame[column] != "", NOT_STATED)
    ids = cells["id"][cells["id"] != ""]
    for row in ids.index[ids.duplicated()]:
        first = ids.index[ids == ids[row]][0]
        bad(row, "id", Message("must be unique, stands in row {row} too", row=first))
    return frame, faults


def _with_provinces(
    frame: pd.DataFrame,
) -> tuple[pd.Series[str], pd.Series[str], dict[str, Words]]:
    """Return each zone's province, where not stated by its name, and why it is not known.

    The reasons are data, in English; the same in words are the third.

    A name of the 2018 catalogue has the province it has there; of 2,543 such names none stands in
    two provinces. Any other is read as an address: its first divisions say it.
    """
    province, reason = frame["province"].copy(), pd.Series("", index=frame.index)
    lost = province == ""
    if not lost.any():
        return province, reason, {}
    catalogue = load_zones()
    known = dict(zip(catalogue["name"].map(normalise), catalogue["province"], strict=True))
    names = frame.loc[lost, "name"]
    found = names.map(lambda name: known.get(normalise(name), ""))
    read, words = geocode_with_reasons([names], kind="address")
    found = found.where(found != "", read["geocode_province"])
    province[lost] = found
    why = Message("no province stated, and none follows from the name: {why}")
    said = {text: why.fill(why=word) for text, word in words.items()}
    texts = {text: word.in_language(ENGLISH) for text, word in said.items()}
    reason[lost] = read["geocode_reason"].map(texts).where(found == "", "")
    return province, reason, {texts[text]: word for text, word in said.items()}


def _ids(cells: pd.DataFrame) -> list[str]:
    """Return the zones' labels: their own, else their codes where unique, else their rows."""
    for column in ("id", "code"):
        if (cells[column] != "").all() and not cells[column].duplicated().any():
            return [str(label) for label in cells[column]]
    return [f"R{row}" for row in cells.index]


def locate_zone_table(
    zones: pd.DataFrame, year: int, *, openstreetmap: bool = False
) -> pd.DataFrame:
    """Return where each zone is and how that is known; no row is dropped.

    Parameters
    ----------
    zones
        As `geodata.user_tables.zones.load_zone_table` gives them.
    year, openstreetmap
        As for `geodata.zone_geocoder.geocode_zones`.

    Returns
    -------
    pandas.DataFrame
        On the same index, the columns of `geodata.zone_geocoder.geocode_zones`. A position of the
        file is used unchanged (``given``, uncertainty 0). A zone without position and province has
        no ``lon`` and ``lat``, ``geocode_level`` "" and the reason.
    """
    known = zones["province_adcode"] != ""
    located = geocode_zones(zones[known], year, openstreetmap=openstreetmap).reindex(zones.index)
    numbers = ["lon", "lat", "uncertainty_km"]
    located[numbers] = located[numbers].astype(float)
    texts = [c for c in located.columns if c not in numbers]
    located[texts] = located[texts].fillna("")
    located.loc[~known, "geocode_reason"] = zones.loc[~known, "province_reason"]
    given = zones["lon"].notna()
    for column in ("lon", "lat"):
        located[column] = zones[column].where(given, located[column])
    located.loc[given, "uncertainty_km"] = 0.0
    for column, text in (
        ("geocode_level", "place"), ("geocode_method", GIVEN), ("geocode_source", "the file"),
        ("spans", ""), ("geocode_candidates", ""), ("geocode_reason", ""),
    ):  # fmt: skip
        located.loc[given, column] = text
    return located


def english_names(zones: pd.DataFrame) -> pd.Series[str]:
    """Return each zone's own English name, else that of the catalogue's zone of that name."""
    catalogue = load_zones()
    pairs = zip(catalogue["name"], catalogue["province"], strict=True)
    known = dict(zip(pairs, catalogue["name_en"], strict=True))
    keys = zip(zones["name"], zones["province"], strict=True)
    found = pd.Series([known.get(key, "") for key in keys], index=zones.index)
    return zones["name_en"].where(zones["name_en"] != "", found)
