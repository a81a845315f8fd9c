"""Give every zone a position with level, method, source, uncertainty and reason, offline.

Order of evidence: the hand-compiled seat of the zone, a division name in the zone's name
(see `geodata.resolver`), the province. The province of the zone's code always binds.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass, replace

import pandas as pd

from geodata.errors import DataFileError
from geodata.gazetteer import CATALOGUE_YEAR, Division, Gazetteer, gazetteer
from geodata.registry import table_path
from geodata.resolver import Resolution, resolve_zone
from geodata.towns import flat_km, towns

LEVELS = ("place", "county", "city", "province")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a zone is and how that is known; the columns of `geocode_zones`."""

    lon: float
    lat: float
    adcode: str
    geocode_level: str
    geocode_method: str
    geocode_source: str
    uncertainty_km: float
    geocode_candidates: str
    geocode_reason: str


@dataclass(frozen=True, slots=True)
class ZoneSeat:
    """One row of the hand-compiled table of zone seats."""

    adcode: str
    place_name: str
    geonameid: str
    spans: str
    confidence: str
    note: str


def _rows(name: str) -> list[dict[str, str]]:
    with table_path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def zone_seats() -> dict[str, ZoneSeat]:
    """Return the hand-compiled seats by ``zone_id``."""
    return {
        r["zone_id"]: ZoneSeat(
            r["adcode"], r["place_name"], r["geonameid"], r["spans"], r["confidence"],
            r["note"],
        )
        for r in _rows("zone_seats")
    }  # fmt: skip


@functools.cache
def uncertainty_table() -> dict[tuple[str, str], float]:
    """Return the calibrated 90 % radius in km by (level, method)."""
    return {(r["level"], r["method"]): float(r["uncertainty_km"]) for r in _rows("uncertainty")}


def radius_km(level: str, method: str) -> float:
    """Return the 90 % radius in km of a level and method.

    Raises
    ------
    DataFileError
        When the calibration has neither the pair nor the level.
    """
    table = uncertainty_table()
    for key in ((level, method), (level, "any")):
        if key in table:
            return table[key]
    text = f"uncertainty.csv: no radius for level {level!r}; run the calibration"
    raise DataFileError(text)


def geocode_zones(zones: pd.DataFrame, year: int = CATALOGUE_YEAR) -> pd.DataFrame:
    """Locate zones by their names.

    Parameters
    ----------
    zones
        Indexed by zone id, with columns ``name`` and ``province_adcode``.
    year
        Of the names, 1980 to 2024.

    Returns
    -------
    pandas.DataFrame
        On the same index: ``lon``, ``lat`` (WGS-84 degrees), ``adcode`` (code of 2024, county
        level where known), ``geocode_level`` (place, county, city, province),
        ``geocode_method``, ``geocode_source``, ``uncertainty_km`` (radius that holds the true
        place in about 90 % of cases), ``geocode_candidates``, ``geocode_reason``.
    """
    names = gazetteer(year)
    positions = [
        locate(zone_id, name, province, names)
        for zone_id, name, province in zip(
            zones.index, zones["name"], zones["province_adcode"], strict=True
        )
    ]
    columns = list(Position.__dataclass_fields__)
    rows = [[getattr(p, c) for c in columns] for p in positions]
    return pd.DataFrame(rows, index=zones.index, columns=columns)


def locate(zone_id: str, name: str, province_adcode: str, names: Gazetteer) -> Position:
    """Locate one zone; see `geocode_zones`."""
    seat = zone_seats().get(zone_id)
    division = names.by_adcode.get(seat.adcode) if seat else None
    # a seat compiled for the catalogue's year helps only while its division stands
    if seat and division and division.province_adcode == province_adcode:
        return _at_seat(seat, division)
    position = _at_division(resolve_zone(name, province_adcode, names))
    if seat:
        return replace(position, geocode_reason=f"{position.geocode_reason}; {seat.note}")
    return position


def _at_seat(seat: ZoneSeat, division: Division) -> Position:
    town = towns().get(seat.geonameid)
    level = "place" if town else "county"
    lon, lat = (town.lon, town.lat) if town else (division.lon, division.lat)
    source = f"GeoNames {seat.geonameid}" if town else division.position_source
    method = f"seat-{seat.confidence}"
    return Position(
        lon, lat, division.current_adcode, level, method, source, radius_km(level, method),
        seat.spans, seat.note,
    )  # fmt: skip


def _at_division(resolution: Resolution) -> Position:
    division, *others = resolution.divisions
    ambiguous = resolution.level == "county" and bool(others)
    radius = radius_km(resolution.level, resolution.method)
    if ambiguous:
        # the circle holds every candidate
        radius += max(flat_km(division.lon, division.lat, other) for other in others)
    return Position(
        division.lon, division.lat, "" if ambiguous else division.current_adcode,
        resolution.level, resolution.method, division.position_source, round(radius, 1),
        ";".join(d.current_adcode for d in (resolution.divisions if others else ())),
        resolution.reason,
    )  # fmt: skip
