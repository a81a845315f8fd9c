"""Codes of a year: the counties or prefectures of that year, and which of them a zone lies in."""

from __future__ import annotations

import functools
from collections import defaultdict

import pandas as pd

from geodata.gazetteer import CATALOGUE_YEAR, Division, flat_km, gazetteer
from geodata.registry import table_records
from geodata.vocabulary import PROVINCES

# how the code of a year was found, from the surest way to none
BY_CODE, BY_SEAT, BY_SUCCESSION, BY_NEAREST, UNKNOWN = (
    "code", "seat table", "succession", "nearest seat", "unknown"
)  # fmt: skip


def codes_in_year(places: pd.DataFrame, year: int, *, prefectures: bool = False) -> pd.DataFrame:
    """Return the code that the county of each place had in a year.

    Parameters
    ----------
    places
        With ``adcode`` (county of 2024, or a city without counties), ``lon`` and ``lat``; zones of
        the catalogue by their ``id``.
    year
        1980 to 2024.
    prefectures
        Codes of the prefecture-level city that held the county then.

    Returns
    -------
    pandas.DataFrame
        On the index of `places`. ``code``: "" where the place is known to its province only.
        ``by``: ``code`` where one county of that year is the county of today; ``seat table``
        where that is not so and the table of the catalogue's seats has the code of 2018;
        ``succession`` where several became the county of today and the nearest seat decides;
        ``nearest seat`` where none did (a county that was founded later), of the seats of that
        year in the same prefecture of today, else province.

    Raises
    ------
    UsageError
        For a year without divisions.
    """
    rows = []
    seats = _seats() if year == CATALOGUE_YEAR and places.index.name == "id" else {}
    for label, adcode, lon, lat in zip(
        places.index, places["adcode"], places["lon"], places["lat"], strict=True
    ):
        county, by = _county(adcode, lon, lat, year)
        if by != BY_CODE and label in seats:
            county, by = seats[label], BY_SEAT
        rows.append(("" if county is None else _unit(county, year, prefectures=prefectures), by))
    return pd.DataFrame(rows, columns=["code", "by"], index=places.index)


def units_of_year(year: int, *, prefectures: bool = False) -> pd.DataFrame:
    """Return all counties of a year, or prefectures, in the order of their codes.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``adcode``: ``name``, ``name_en``, ``city_adcode`` ("" where no city holds it),
        ``province_adcode``, ``province``.
    """
    names = gazetteer(year)
    codes = {_unit(d, year, prefectures=prefectures) for d in _counties(year)}
    units = (names.by_adcode[code] for code in sorted(codes))
    rows = {
        d.adcode: (
            d.name, d.name_en, d.city_adcode if d.level == "county" else "", d.province_adcode,
            names.by_adcode[d.province_adcode].name,
        )
        for d in units
    }  # fmt: skip
    columns = ["name", "name_en", "city_adcode", "province_adcode", "province"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("adcode")


def _county(adcode: str, lon: float, lat: float, year: int) -> tuple[Division | None, str]:
    """Return the county of a year in which a place of today lies, and how it was found."""
    if adcode[2:] in ("", "0000"):
        return None, UNKNOWN
    counties = _by_code_of_today(year)
    then = counties.get(adcode, ())
    if len(then) == 1:
        return then[0], BY_CODE
    by = BY_SUCCESSION if then else BY_NEAREST
    # nobody's successor was founded later: it lay in a neighbour, of its prefecture if there is one
    neighbours = (
        [d for code, group in counties.items() if code.startswith(adcode[:digits]) for d in group]
        for digits in (4, 2)
    )
    for group in (then, *neighbours):
        near = [d for d in group if d.has_seat]
        if near:
            return min(near, key=lambda d: flat_km(lon, lat, d)), by
    return None, UNKNOWN


@functools.cache
def _seats() -> dict[str, Division]:
    """Return the county of 2018 of the catalogue's zones whose seat is recorded."""
    counties = {d.adcode: d for d in _counties(CATALOGUE_YEAR)}
    rows = table_records("zone_seats")
    return {r["zone_id"]: counties[r["adcode"]] for r in rows if r["adcode"] in counties}


@functools.cache
def _counties(year: int) -> tuple[Division, ...]:
    """Return the counties of a year, and the cities that have none, of the mainland."""
    names = gazetteer(year)
    inside = [d for d in names.current if names.by_adcode[d.province_adcode].name in PROVINCES]
    with_counties = {d.city_adcode for d in inside if d.level == "county"}
    return tuple(
        d
        for d in inside
        if d.level == "county" or (d.level == "city" and d.adcode not in with_counties)
    )


@functools.cache
def _by_code_of_today(year: int) -> dict[str, tuple[Division, ...]]:
    """Return the counties of a year by the code of 2024 that holds their seat."""
    found: dict[str, list[Division]] = defaultdict(list)
    for division in _counties(year):
        found[division.current_adcode or division.adcode].append(division)
    return {code: tuple(group) for code, group in found.items()}


def _unit(county: Division, year: int, *, prefectures: bool) -> str:
    """Return the code of a county of a year, or of the prefecture-level unit that holds it."""
    if not prefectures:
        return county.adcode
    province = gazetteer(year).by_adcode[county.province_adcode]
    # a municipality stands among the prefectures as a whole
    if province.name.endswith("市"):
        return province.adcode
    return county.city_adcode or county.adcode
