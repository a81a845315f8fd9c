"""A user's own table of zones: another edition of the catalogue, a province's list.

Its columns and the headings that name them; areas with their unit, and what looks like another
unit; loading; each zone's place, by its position, else by name and province.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.address_geocoder import geocode_texts, geocode_with_reasons
from geodata.addresses import Scope
from geodata.gazetteer import LAST_YEAR, Division, gazetteer
from geodata.loaders import load_provinces, load_zones
from geodata.names import normalise
from geodata.registry import names_odbl
from geodata.resolver import level_of
from geodata.schema import cell_fault
from geodata.user_tables.account import Account, Row, row_label
from geodata.user_tables.areas import Areas, read_areas, suspicions_of
from geodata.user_tables.companies import GIVEN, THE_FILE
from geodata.user_tables.dates import Dates, read_months
from geodata.user_tables.divisions import (
    Bound,
    outside_province,
    outside_words,
    province_at,
    with_codes,
    with_regions,
)
from geodata.user_tables.files import stated_licence
from geodata.user_tables.positions import (
    IN_CHINA,
    far_from_address,
    outside_bounds,
    read_positions,
    read_uncertainty,
)
from geodata.user_tables.tables import Source, TableKind, UserTable, Wish, read_table
from geodata.vocabulary import NOT_STATED, PROVINCES
from geodata.words import ENGLISH, Listed, Message, Words
from geodata.zone_geocoder import geocode_zones, radius_km

# what stands in ``geocode_source`` for a position of a file that names OpenStreetMap as its source,
# and for one of a file that says of itself that it is under the ODbL
FROM_OPENSTREETMAP = "OpenStreetMap, by the file"
ODBL_TABLE = f"{THE_FILE}, under the ODbL"
ZONES = TableKind(
    Message("zones"),
    {
        "name": ("zone_name", "any_name", "hub_name", "company_name"),
        "province": ("province",),
        "province_adcode": ("province_adcode",),
        "city": ("city",),
        "county": ("county",),
        "region": ("region",),
        "address": ("address",),
        "area": ("area",),
        "level": ("level",),
        "type": ("zone_type", "any_type", "company_type"),
        "approved": ("approved",),
        "extended": ("extended",),
        "id": ("id",),
        "code": ("code",),
        "name_en": ("name_en",),
        "industries": ("industries",),
        "remark": ("remark",),
        "datum": ("datum",),
        "uncertainty": ("uncertainty",),
        # whose the position is: it says which licence holds
        "position_source": ("position_source",),
        # of a table that zonegap wrote
        "adcode": ("adcode",),
        "geocode_level": ("geocode_level",),
        "geocode_method": ("geocode_method",),
        "geocode_source": ("geocode_source",),
        "geocode_candidates": ("geocode_candidates",),
        "geocode_reason": ("geocode_reason",),
        "spans": ("spans",),
    },
    ("name", "province", "area"),
)
# [zones] columns of a study file may name these; area_ha and area_km2 give the unit, too
CHOICES = (*ZONES.columns, "lon", "lat", "area_ha", "area_km2", "area_mu")


def unit_of_choice(column: str) -> str:
    """Return the unit that a column's name in a study file gives: km2 of area_km2, else ""."""
    return column.removeprefix("area_") if column.startswith("area_") else ""


# what tables print for a level, without 级, and whose approval means which
_LEVELS = {
    "国家": "国家级", "国务院": "国家级", "national": "国家级", "state": "国家级",
    "省": "省级", "省政府": "省级", "省人民政府": "省级", "自治区": "省级", "自治区政府": "省级",
    "市政府": "市级", "自治区人民政府": "省级", "直辖市": "省级", "直辖市政府": "省级",
    "provincial": "省级", "province": "省级",
}  # fmt: skip
COLUMNS = (
    "code name name_en province_adcode province level type approved extended area_ha industries "
    "remark lon lat position_source province_reason"
).split()
# what says where a zone is, beside its name; dropped once it is located
PLACE_COLUMNS = ("row", "city", "county", "address", "stated_uncertainty_km", "own")
# of a table that zonegap wrote, kept with the positions
_OWN = ("geocode_level", "geocode_method", "geocode_source", "geocode_candidates",
        "geocode_reason", "spans", "adcode")  # fmt: skip


@dataclass(frozen=True)
class ZoneTableReport:
    """What a table of zones lacks. Rows are numbered as a spreadsheet shows them.

    Attributes
    ----------
    account
        What was read and what was not.
    file
        The table's name.
    rows
        Zones in the file.
    derived
        Zones whose province is not stated but follows from the name or the position.
    without_area
        Zones that state no area.
    given
        Zones with a position of the file.
    doubled
        Names that stand twice in one province.
    suspicions
        What looks wrong but may be right.
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

    account: Account
    file: str
    rows: int
    derived: int
    without_area: int
    given: int
    doubled: tuple[str, ...]
    suspicions: tuple[Message, ...]
    reasons: dict[str, Words]
    approximate_areas: dict[Row, str] = field(default_factory=dict)
    areas_in_own_unit: dict[Row, str] = field(default_factory=dict)
    doubtful_dates: dict[Row, str] = field(default_factory=dict)


def load_zone_table(  # noqa: C901, PLR0915, one table, read in order
    source: Source, wish: Wish | None = None
) -> tuple[pd.DataFrame, ZoneTableReport]:
    """Read a table of zones.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame. Rows above the
        header are taken as titles; headings are known by `geodata.user_tables.headings.STEMS`.
        Only the name is required.
    wish
        Its encoding, columns and datum, where the table does not say them; among the columns
        ``area_ha``, ``area_km2`` and ``area_mu`` give the unit of the area, too.

    Returns
    -------
    tuple
        A frame indexed by ``id`` (its own column, else the code, else ``R`` and the row) with the
        catalogue's columns: ``area_ha`` nan where not stated, ``province`` and
        ``province_adcode`` "" where unknown, with ``province_reason``; ``lon``, ``lat`` (WGS-84
        degrees) nan where the file gives none, ``position_source`` whose they are; then
        `PLACE_COLUMNS`; and the report.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is not accepted.
    """
    wish = wish or Wish()
    chosen = {("area" if unit_of_choice(c) else c): text for c, text in wish.columns.items()}
    table = read_table(source, ZONES, replace(wish, columns=chosen))
    bound = Bound()
    table.cells = with_regions(table.cells, bound)
    if not table.own:
        table.cells, unknown = with_codes(table.cells, bound)
        if unknown:
            table.account.check(Message("codes that are no division of China"), unknown)
    lon, lat, faults = read_positions(table, IN_CHINA)
    if faults and outside_bounds(table, IN_CHINA):
        faults = [(table.header.row, ONLY_CHINA), *faults]
    unit = next((u for u in map(unit_of_choice, wish.columns) if u), "")
    areas = _areas(table, unit)
    if unit:
        table.account.columns = [
            replace(c, unit=unit, ground="option") if c.column == "area" else c
            for c in table.account.columns
        ]
    frame, bad_cells = _texts(table, bound)
    dates = {
        column: read_months(table.cells[column], table.heading(column))
        for column in ("approved", "extended")
    }
    frame["stated_uncertainty_km"], bad_radii = read_uncertainty(table)
    bad_dates = [fault for read in dates.values() for fault in read.faults]
    table.refuse([*faults, *areas.faults, *bad_cells, *bad_radii, *bad_dates])
    for column, read in dates.items():
        frame[column] = read.months
    frame["area_ha"], frame["lon"], frame["lat"] = areas.area_ha, lon, lat
    licence = stated_licence(source) if isinstance(source, Path) else ""
    whole = ODBL_TABLE if names_odbl(licence) else THE_FILE
    named = table.cells["position_source"].map(names_odbl).astype(bool)
    frame["position_source"] = named.map({True: FROM_OPENSTREETMAP, False: whole})
    stated = frame["province"] != ""
    frame["province"], frame["province_reason"], reasons = _with_provinces(frame, table)
    codes = load_provinces()["province_adcode"]
    frame["province_adcode"] = frame["province"].map(codes).fillna("")
    _check_positions(frame, table)
    frame["own"] = table.own
    own = table.cells[list(_OWN)].add_prefix("own_")
    rows = frame.index
    frame["row"] = [row_label(row) for row in rows]
    frame = frame.join(own)
    frame.index = pd.Index(_ids(table.cells), name="id")
    lost = frame["province"] == ""
    account = table.account
    missing = rows[frame["area_ha"].isna().to_numpy()]
    if "area" in table.header.places and len(missing):
        account.check(Message("zones that state no area"), missing)
    elif len(missing):
        account.check(Message("no column of areas: no zone has an area or an estimated GDP"))
    doubtful = _doubtful(dates.values())
    for words, odd in (
        (Message("areas stated as approximate, taken as the number there"), areas.approximate),
        (Message("areas whose cell has another unit than the heading; the cell's counts"),
         areas.own_unit),
        (Message("dates such as 2000.1, which may be a spreadsheet's 2000.10: only the year is "
                 "taken; write 2000-01 or 2000-10"), doubtful),
    ):  # fmt: skip
        if odd:
            account.check(words, odd)
    suspicions = tuple(suspicions_of(frame))
    for suspicion in suspicions:
        account.check(suspicion)
    pairs = frame[["name", "province"]]
    report = ZoneTableReport(
        account=account,
        file=account.source,
        rows=len(frame),
        derived=int((~stated.to_numpy() & ~lost.to_numpy()).sum()),
        without_area=int(frame["area_ha"].isna().sum()),
        given=int(frame["lon"].notna().sum()),
        doubled=tuple(sorted(set(frame.loc[pairs.duplicated(), "name"]))),
        suspicions=suspicions,
        reasons=reasons,
        approximate_areas=areas.approximate,
        areas_in_own_unit=areas.own_unit,
        doubtful_dates=doubtful,
    )
    return frame[[*COLUMNS, *PLACE_COLUMNS, *(f"own_{c}" for c in _OWN)]], report


def _areas(table: UserTable, unit: str) -> Areas:
    """Return the areas of a table; `unit` is what the study file states."""
    heading = table.header.headings.get("area")
    stated = unit or ("" if heading is None else heading.unit)
    return read_areas(table.cells["area"], table.heading("area"), stated, table.header.row)


def _doubtful(dates: Iterable[Dates]) -> dict[Row, str]:
    """Return the doubtful cells of all columns of dates by row, those of one row side by side."""
    found: dict[Row, list[str]] = {}
    for read in dates:
        for row, text in read.doubtful.items():
            found.setdefault(row, []).append(text)
    return {row: ", ".join(texts) for row, texts in found.items()}


ONLY_CHINA = Message(
    "zonegap measures development zones in China; hubs may lie anywhere (--hubs-file)"
)


def _texts(  # noqa: C901, column after column
    table: UserTable, bound: Bound
) -> tuple[pd.DataFrame, list[tuple[Row, Words]]]:
    """Return the text columns as the catalogue has them, and the faults by row."""
    cells = table.cells
    frame = cells[["code", "name", "name_en", "industries", "remark"]].copy()
    faults: list[tuple[Row, Words]] = []

    @functools.cache  # a column is asked for as often as it has faults
    def by_row(column: str) -> dict[Any, Any]:
        return dict(zip(cells.index, cells[column], strict=True))

    def bad(row: Any, column: str, accepted: Words) -> None:
        fault = cell_fault(row, table.heading(column), str(by_row(column)[row]), accepted)
        faults.append((row_label(row), fault))

    for row in cells.index[cells["name"] == ""]:
        bad(row, "name", Message("a value is required"))
    by_code = {code[:2]: name for name, code in load_provinces()["province_adcode"].items()}
    coded = cells["province_adcode"].str[:2].map(by_code).fillna("")
    codes = dict(load_provinces()["province_adcode"].items())
    found = {
        key: _bound_names(bound.of(*key)) for key in
        cells[["province", "city", "county"]].drop_duplicates().itertuples(index=False, name=None)
    }  # fmt: skip
    keys = list(cells[["province", "city", "county"]].itertuples(index=False, name=None))
    named = pd.Series([found[key][0] for key in keys], index=cells.index)
    alone = {cell: _bound_names(bound.of(cell))[0] for cell in cells["province"].unique()}
    in_province = cells["province"].map(alone)
    for row in cells.index[(cells["province"] != "") & (in_province == "")]:
        bad(row, "province", Message("accepted: {values}, or none", values=Listed(PROVINCES)))
    for row in cells.index[cells["province_adcode"] != ""]:
        name = in_province[row] or coded[row]
        if by_row("province_adcode")[row] != codes.get(name):
            known = (codes[name], name) if name in codes else (Message("a provincial code"),)
            bad(row, "province_adcode", Message("accepted: {values}", values=Listed(known)))
    frame["province"] = named.where(named != "", in_province).where(
        lambda s: s != "", coded
    )  # fmt: skip
    # what city and county say goes on to where the zone is located
    for column in ("city", "county", "address"):
        frame[column] = cells[column]
    unusable = [row for row, key in zip(cells.index, keys, strict=True) if found[key][1]]
    if unusable:
        about = {row: found[key][1] for row, key in zip(cells.index, keys, strict=True)
                 if found[key][1]}  # fmt: skip
        table.account.check(
            Message("cells of city or county that do not bind"),
            unusable,
            about,  # type: ignore[arg-type]
        )
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


def _bound_names(scope: Scope | Words) -> tuple[str, Words | None]:
    """Return the province that a row's columns name, and why they do not bind, if so."""
    if not isinstance(scope, Scope):
        return "", scope
    return (scope.province.name if scope.province else ""), None


def _check_positions(frame: pd.DataFrame, table: UserTable) -> None:
    """Note given positions outside China or their province, and refuse those that are nowhere."""
    given = frame["lon"].notna()
    if not given.any():
        return
    lon, lat = frame.loc[given, "lon"].to_numpy(), frame.loc[given, "lat"].to_numpy()
    stated = (frame["province"].where(frame["own_stated"], ""))[given].to_numpy()
    _, _, outside = province_at(lon, lat)
    rows = frame.index[given]
    abroad = outside & (stated == "")
    if abroad.any():
        faults = [
            (row_label(row), Message(
                "row {row}: {lon:.5g}, {lat:.5g} lies outside the 31 provinces that are "
                    "covered", row=row, lon=x, lat=y,
            ))
            for row, x, y in zip(rows[abroad], lon[abroad], lat[abroad], strict=True)
        ]  # fmt: skip
        table.refuse([(table.header.row, ONLY_CHINA), *faults])
    away_km = outside_province(lon, lat, stated)
    far = away_km > 0
    about = {
        row_label(row): outside_words(km, province)
        for row, km, province in zip(rows[far], away_km[far], stated[far], strict=True)
    }
    if about:
        table.account.check(
            Message("positions outside the province that their row states, used as given"),
            about, about,
        )  # fmt: skip


def _with_provinces(
    frame: pd.DataFrame, table: UserTable
) -> tuple[pd.Series[str], pd.Series[str], dict[str, Words]]:
    """Return each zone's province, where not stated by its position or name, and why it is unknown.

    The reasons are data, in English; the same in words are the third.

    A name of the 2018 catalogue has the province it has there; of 2,543 such names none stands in
    two provinces. A position lies in the province of the nearest seat. Any other name is read as an
    address: its first divisions say it.
    """
    province, reason = frame["province"].copy(), pd.Series("", index=frame.index)
    frame["own_stated"] = province != ""
    lost = province == ""
    if not lost.any():
        return province, reason, {}
    catalogue = load_zones()
    known = dict(zip(catalogue["name"].map(normalise), catalogue["province"], strict=True))
    names = frame.loc[lost, "name"]
    found = names.map(lambda name: known.get(normalise(name), ""))
    by_name = found.index[found != ""]
    placed = lost & frame["lon"].notna()
    if placed.any():
        lon, lat = frame.loc[placed, "lon"].to_numpy(), frame.loc[placed, "lat"].to_numpy()
        here, _, outside = province_at(lon, lat)
        by_place = pd.Series(np.where(outside, "", here), index=frame.index[placed])
        blank = found[by_place.index] == ""
        found[by_place.index[blank]] = by_place[blank]
        if (by_place[blank] != "").any():
            table.account.guess(
                Message("province by the nearest county seat to the position"),
                by_place.index[blank.to_numpy() & (by_place != "").to_numpy()],
            )
    read, words = geocode_with_reasons([names], kind="address")
    by_words = (found == "") & (read["geocode_province"] != "")
    found = found.where(found != "", read["geocode_province"])
    province[lost] = found
    if len(by_name) or by_words.any():
        rows = [row for row in names.index if row in set(by_name) or by_words[row]]
        table.account.guess(Message("province by the zone's name"), rows)
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
    zones: pd.DataFrame,
    year: int,
    account: Account | None = None,
    *,
    openstreetmap: bool = False,
) -> pd.DataFrame:
    """Return where each zone is and how that is known; no row is dropped.

    Parameters
    ----------
    zones
        As `geodata.user_tables.zones.load_zone_table` gives them.
    year, openstreetmap
        As for `geodata.zone_geocoder.geocode_zones`.
    account
        Gets what contradicts: names and columns, positions and places.

    Returns
    -------
    pandas.DataFrame
        On the same index, the columns of `geodata.zone_geocoder.geocode_zones`. A position of the
        file is used unchanged (``given``, with the uncertainty that the file states, else 0); one
        of a table that zonegap wrote keeps all that it says. City and county of a row bind: a name
        that means another place does not win. A zone without position and province has no ``lon``
        and ``lat``, ``geocode_level`` "" and the reason.
    """
    known = zones["province_adcode"] != ""
    located = geocode_zones(zones[known], year, openstreetmap=openstreetmap).reindex(zones.index)
    numbers = ["lon", "lat", "uncertainty_km"]
    located[numbers] = located[numbers].astype(float)
    texts = [c for c in located.columns if c not in numbers]
    located[texts] = located[texts].fillna("")
    located.loc[~known, "geocode_reason"] = zones.loc[~known, "province_reason"]
    _bind(zones, located, year, account)
    given = zones["lon"].notna()
    if account is not None:
        _check_names(zones[~given], located[~given], account)
    if account is not None and given.any():
        _check_far(zones[given], located[given], account)
    for column in ("lon", "lat"):
        located[column] = zones[column].where(given, located[column])
    radius = zones["stated_uncertainty_km"]
    located.loc[given, "uncertainty_km"] = radius[given].fillna(0.0)
    for column, text in (
        ("geocode_level", "place"), ("geocode_method", GIVEN),
        ("spans", ""), ("geocode_candidates", ""), ("geocode_reason", ""),
    ):  # fmt: skip
        located.loc[given, column] = text
    located.loc[given, "geocode_source"] = zones.loc[given, "position_source"]
    # what zonegap wrote once keeps its level, method and source
    own = given & zones["own"]
    for column in _OWN:
        located.loc[own, column] = zones.loc[own, f"own_{column}"]
    # what the table has from OpenStreetMap was read from the table
    osm = own & located["geocode_source"].map(names_odbl).astype(bool)
    located.loc[osm, "geocode_source"] = FROM_OPENSTREETMAP
    return located


def _check_far(zones: pd.DataFrame, located: pd.DataFrame, account: Account) -> None:
    """Note given positions far from the place that name and columns say, each row once."""
    names = gazetteer(LAST_YEAR).by_adcode
    places = located["adcode"].map(lambda code: names[code].name if code in names else "")
    far = far_from_address(
        zones[["lon", "lat"]],
        located.assign(
            geocode_province=zones["province"], geocode_city="", geocode_county=places
        ),
    )  # fmt: skip
    said = {row for check in account.checks for row in check.about}
    rows = zones["row"].to_dict()
    about = {
        rows[zone]: words for zone, words in far.items()
        if located.loc[zone, "geocode_level"] != "province" and rows[zone] not in said
    }  # fmt: skip
    if about:
        account.check(
            Message("positions far from the place that the zone's name or row says"), about, about
        )


def _bind(zones: pd.DataFrame, located: pd.DataFrame, year: int, account: Account | None) -> None:
    """Move zones whose name means another place than their city or county column to that column."""
    stated = (zones["city"] != "") | (zones["county"] != "")
    bound, today = Bound(year), gazetteer(LAST_YEAR)
    moved: dict[Any, Words] = {}
    for row in zones.index[stated & (zones["province"] != "")]:
        scope = bound.of(
            zones.loc[row, "province"], zones.loc[row, "city"], zones.loc[row, "county"]
        )
        home = scope.finest if isinstance(scope, Scope) else None
        if home is None or home.level == "province" or not isinstance(scope, Scope):
            continue
        found = today.by_adcode.get(str(located.loc[row, "adcode"]))
        inside = found is not None and scope.holds(found) and (
            found.level == "county" or home.level == "city"
        )  # fmt: skip
        coarse = located.loc[row, "geocode_level"] in ("province", "") or (
            home.level == "county" and located.loc[row, "geocode_level"] == "city"
        )
        if inside and not coarse:
            continue
        # of several counties that the name may mean the one in the column
        candidates = [
            d for code in str(located.loc[row, "geocode_candidates"]).split(";")
            if (d := today.by_adcode.get(code)) and d.level == "county" and scope.holds(d)
        ]  # fmt: skip
        place = candidates[0] if len(candidates) == 1 else home
        why: Words | None = None
        if found is not None and found.level != "province" and not scope.holds(found):
            moved[zones.loc[row, "row"]] = why = Message(
                "the name means {found}, the columns say {place}", found=found.name,
                place=home.name,
            )  # fmt: skip
        _put(located, row, place, why)
    if account is not None and moved:
        account.check(
            Message("names that mean another place than city or county say; the columns bind"),
            moved, moved,
        )  # fmt: skip


def _check_names(zones: pd.DataFrame, located: pd.DataFrame, account: Account) -> None:
    """Note names that say another province than the row, and zones at a province's seat."""
    by_column = (located["geocode_method"] == "column").to_numpy()
    lost = (located["geocode_level"] == "province").to_numpy()
    if lost.any():
        account.check(
            Message("zones known by their province only, put at its seat (90 % radius 300 km)"),
            zones.loc[lost, "row"],
        )
    coarse = zones[lost | by_column]
    if coarse.empty:
        return
    catalogue = load_zones()
    known = dict(zip(catalogue["name"].map(normalise), catalogue["province"], strict=True))
    read = geocode_texts([coarse["name"]], kind="address")
    about: dict[Row, Words] = {}
    for zone in coarse.index:
        said = (
            known.get(normalise(coarse.loc[zone, "name"]), "") or read.loc[zone, "geocode_province"]
        )
        if said and said != coarse.loc[zone, "province"]:
            about[coarse.loc[zone, "row"]] = Message(
                "the name says {name}, the row {province}",
                name=said, province=coarse.loc[zone, "province"],
            )  # fmt: skip
    if about:
        account.check(
            Message("names that contradict the province of their row; the province binds"),
            about, about,
        )  # fmt: skip


def _put(located: pd.DataFrame, row: Any, place: Division, why: Words | None) -> None:
    """Put a zone at the seat of a division that its columns say."""
    if not place.has_seat:
        return
    level = level_of(place)
    values = {
        "lon": place.lon, "lat": place.lat, "adcode": place.current_adcode,
        "geocode_level": level, "geocode_method": "column",
        "geocode_source": place.position_source, "uncertainty_km": radius_km(level, "column"),
        "spans": "", "geocode_candidates": "",
        "geocode_reason": "" if why is None else why.in_language(ENGLISH),
    }  # fmt: skip
    for column, value in values.items():
        located.loc[row, column] = value  # type: ignore[call-overload]


def english_names(zones: pd.DataFrame) -> pd.Series[str]:
    """Return each zone's own English name, else that of the catalogue's zone of that name."""
    catalogue = load_zones()
    pairs = zip(catalogue["name"], catalogue["province"], strict=True)
    known = dict(zip(pairs, catalogue["name_en"], strict=True))
    keys = zip(zones["name"], zones["province"], strict=True)
    found = pd.Series([known.get(key, "") for key in keys], index=zones.index)
    return zones["name_en"].where(zones["name_en"] != "", found)
