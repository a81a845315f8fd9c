"""Towns of GeoNames: by id, and by name within a county."""

from __future__ import annotations

import csv
import functools
import math
import re
from collections import defaultdict
from dataclasses import dataclass

from geodata.gazetteer import Division, Gazetteer
from geodata.registry import table_path

KM_PER_DEGREE = 111.2
# A namesake nearer to another county's seat belongs there, unless it is this near to ours.
OWN_KM, REACH_KM = 12.0, 80.0
_TOWN = re.compile(r"([一-鿿]{1,6}?(?:镇|乡|街道|苏木))")


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place of GeoNames, WGS-84 degrees."""

    geonameid: str
    name: str
    lon: float
    lat: float


@functools.cache
def towns() -> dict[str, Town]:
    """Return GeoNames places by id."""
    return {town.geonameid: town for town, _ in _rows()}


@functools.cache
def _by_name() -> dict[str, tuple[Town, ...]]:
    found: dict[str, list[Town]] = defaultdict(list)
    for town, names in _rows():
        for name in names:
            found[name].append(town)
    return {name: tuple(group) for name, group in found.items()}


def _rows() -> list[tuple[Town, list[str]]]:
    with table_path("towns").open(encoding="utf-8", newline="") as file:
        return [
            (
                Town(r["geonameid"], names[0] or r["name_en"], float(r["lon"]), float(r["lat"])),
                names,
            )
            for r in csv.DictReader(file)
            for names in [r["names_zh"].split("|")]
        ]


def town_at(text: str, start: int, county: Division, gazetteer: Gazetteer) -> Town | None:
    """Return the town named at `start` of an address, if it lies in the county before it.

    Parameters
    ----------
    text, start
        A normalised address and where its chain of divisions ends.
    county
        The division read last; a county, or a city without counties.
    gazetteer
        Of the year of the address; its seats tell which county a namesake belongs to.
    """
    match = _TOWN.match(text, start)
    if match is None:
        return None
    name = match[1]
    stem = name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    near = [
        town
        for town in {*_by_name().get(name, ()), *_by_name().get(stem, ())}
        if _belongs(town, county, gazetteer)
    ]
    # two towns of one name in one county: no guess
    return near[0] if len(near) == 1 else None


def _belongs(town: Town, county: Division, gazetteer: Gazetteer) -> bool:
    own_km = flat_km(town.lon, town.lat, county)
    if own_km > REACH_KM:
        return False
    return own_km <= OWN_KM or all(
        flat_km(town.lon, town.lat, other) >= own_km
        for other in gazetteer.current
        if other.level == "county"
        and abs(other.lat - town.lat) * KM_PER_DEGREE < own_km
        and other.current_adcode != county.current_adcode
    )


def flat_km(lon: float, lat: float, division: Division) -> float:
    """Return the distance to a division's seat in km, flat: good to tell near from far."""
    east = (lon - division.lon) * math.cos(math.radians(lat))
    return math.hypot(east, lat - division.lat) * KM_PER_DEGREE
