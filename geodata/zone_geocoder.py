"""Give every zone a position with level, method, source, uncertainty and reason, offline.

Order of evidence: named OpenStreetMap points of the zone itself, where asked for; its compiled
position; the GeoNames town of its seat; OpenStreetMap points of that town, where asked for; the
seat of its county, compiled or named in the zone's name (see `geodata.resolver`); the province.
The province of the zone's code always binds. Compiled seats and OpenStreetMap points are found by
the zone's name.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from geodata.errors import DataFileError
from geodata.gazetteer import (
    CATALOGUE_YEAR,
    Division,
    Gazetteer,
    current_codes,
    flat_km,
    gazetteer,
    towns,
)
from geodata.names import normalise
from geodata.registry import table_records
from geodata.resolver import Resolution, level_of, no_seat, province_of, resolve_zone
from geodata.words import ENGLISH, Message

# name in normal form and code of the province: the key of a zone in any catalogue
ZoneKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ZoneSeat:
    """One row of the table of zone seats, which was compiled from recall.

    Attributes
    ----------
    adcode
        County of 2018, or the city where it has none; "" where the province has no such division.
    current_adcode
        County of 2024 where it is not the one that `adcode` became: counties were split.
    place_name, geonameid
        Town of the seat, and the GeoNames place that stands for it; "" where unknown.
    lon, lat, error_km
        Position of the zone's core, WGS-84 degrees as recalled, with the radius it was trusted to;
        nan where there is none.
    relation
        ``town``, or ``county-town`` where the zone lies at its county's own town.
    spans
        Other codes the zone reaches into, separated by a semicolon.
    confidence
        ``high``, ``medium`` or ``low``.
    note
        The reason.
    """

    adcode: str
    current_adcode: str
    place_name: str
    geonameid: str
    lon: float
    lat: float
    error_km: float
    relation: str
    spans: str
    confidence: str
    note: str

    @property
    def has_position(self) -> bool:
        """Whether a position of its own is given."""
        return not math.isnan(self.lon)


@dataclass(frozen=True, slots=True)
class ZonePoint:
    """One row of the table of OpenStreetMap points (ODbL), WGS-84 degrees.

    Attributes
    ----------
    points
        How many named points the position is the median of.
    rule
        What their names say; see `prepare.make_zone_points`.
    names
        Up to three of them.
    """

    lon: float
    lat: float
    points: int
    rule: str
    names: str


def zone_key(name: str, province_adcode: str) -> ZoneKey:
    """Return the key of a zone in the tables of evidence."""
    return normalise(name), province_adcode


@functools.cache
def zone_seats() -> dict[ZoneKey, ZoneSeat]:
    """Return the compiled seats."""
    return {
        zone_key(r["name"], r["province_adcode"]): ZoneSeat(
            r["adcode"], r["current_adcode"], r["place_name"], r["geonameid"],
            float(r["lon"] or "nan"), float(r["lat"] or "nan"),
            float(r["error_km"] or "nan"), r["relation"], r["spans"], r["confidence"], r["note"],
        )
        for r in table_records("zone_seats")
    }  # fmt: skip


@functools.cache
def zone_points() -> dict[ZoneKey, ZonePoint]:
    """Return the OpenStreetMap points."""
    return {
        zone_key(r["name"], r["province_adcode"]): ZonePoint(
            float(r["lon"]), float(r["lat"]), int(r["points"]), r["rule"], r["names"]
        )
        for r in table_records("zone_points_osm")
    }


@functools.cache
def _uncertainty() -> dict[tuple[str, str], float]:
    """Return the calibrated radii in km by level and method."""
    return {
        (r["level"], r["method"]): float(r["uncertainty_km"]) for r in table_records("uncertainty")
    }


def radius_km(level: str, method: str) -> float:
    """Return the calibrated 90 % radius in km of a level and method.

    Raises
    ------
    DataFileError
        When the calibration has neither the pair nor the level.
    """
    for key in ((level, method), (level, "any")):
        if key in _uncertainty():
            return _uncertainty()[key]
    raise DataFileError(
        Message("uncertainty.csv: no radius for level {level!r}; run the calibration", level=level)
    )


# Points that bear the zone's own name or type are nearer than anything else; points of its town
# only help where nothing better is known (measured, benchmarks/geocoding.py).
STRONG_RULES = frozenset({"named-area", "named-public", "named-office", "type"})
# Compiled positions that are trusted to this distance, and the others.
RECALLED_NEAR_KM = 6.0


class Position(NamedTuple):
    """Where a zone is and how that is known; the columns of `geocode_zones`."""

    lon: float
    lat: float
    adcode: str
    geocode_level: str
    geocode_method: str
    geocode_source: str
    uncertainty_km: float
    spans: str
    geocode_candidates: str
    geocode_reason: str


def geocode_zones(
    zones: pd.DataFrame, year: int = CATALOGUE_YEAR, *, openstreetmap: bool = False
) -> pd.DataFrame:
    """Locate zones by their names.

    Parameters
    ----------
    zones
        With columns ``name`` and ``province_adcode``.
    year
        Of the names, 1980 to 2024.
    openstreetmap
        Use the table of OpenStreetMap points, too; positions from it are under the ODbL, and so
        is what is made of them.

    Returns
    -------
    pandas.DataFrame
        On the same index: ``lon``, ``lat`` (WGS-84 degrees), ``adcode`` (code of 2024, county
        level where known), ``geocode_level`` (place, county, city, province),
        ``geocode_method``, ``geocode_source``, ``uncertainty_km`` (radius that holds the true
        place in about 90 % of cases), ``spans`` (codes of other divisions the zone reaches
        into), ``geocode_candidates`` (codes of all divisions an ambiguous name may mean),
        ``geocode_reason``.
    """
    names, seats = gazetteer(year), zone_seats()
    points = zone_points() if openstreetmap else {}
    positions = []
    columns = zones["name"].tolist(), zones["province_adcode"].tolist()
    for name, province in zip(*columns, strict=True):
        key = zone_key(name, province)
        positions.append(locate(name, province, seats.get(key), points.get(key), names))
    return pd.DataFrame(positions, index=zones.index, columns=list(Position._fields))


def locate(
    name: str,
    province_adcode: str,
    seat: ZoneSeat | None,
    point: ZonePoint | None,
    names: Gazetteer,
) -> Position:
    """Locate one zone; see `geocode_zones`."""
    division = names.by_adcode.get(seat.adcode) if seat else None
    # a seat compiled for the catalogue's year helps only while its division stands
    known = seat and division and division.province_adcode == province_adcode
    if seat and division and known and (division.has_seat or seat.geonameid or seat.has_position):
        position = _at_seat(seat, division, names)
    else:
        # what the zone's name says; the note of a seat that cannot be used stays as a reason
        position = _at_division(resolve_zone(name, province_adcode, names), names)
        if seat:
            reason = f"{position.geocode_reason}; {seat.note}"
            position = position._replace(geocode_reason=reason)
    # OpenStreetMap points go last, since they move a position and keep its county
    if point is None:
        return position
    # where the zone lies in its county's own town, the county's seat is the better point
    of_town = point.rule.startswith("town-") and seat and seat.relation == "county-town"
    if point.rule in STRONG_RULES or not (of_town or position.geocode_level == "place"):
        return _at_point(point, position)
    return position


def _at_point(point: ZonePoint, position: Position) -> Position:
    """Move a position to named points of the zone; county and candidates stay."""
    method = f"osm-{point.rule}"
    return position._replace(
        lon=point.lon, lat=point.lat, geocode_level="place", geocode_method=method,
        geocode_source="OpenStreetMap", uncertainty_km=radius_km("place", method),
        geocode_reason=f"{point.points} named: {point.names}",
    )  # fmt: skip


def _at_seat(seat: ZoneSeat, division: Division, names: Gazetteer) -> Position:
    """Return the position by a compiled seat: recalled, else the town's or division's."""
    town = towns().get(seat.geonameid)
    if seat.has_position:
        lon, lat, level, source = seat.lon, seat.lat, "place", "zone_seats"
        method = "recalled-near" if seat.error_km <= RECALLED_NEAR_KM else "recalled-far"
    elif town:
        lon, lat, level, source = town.lon, town.lat, "place", f"GeoNames {seat.geonameid}"
        method = f"seat-{seat.confidence}"
    else:
        lon, lat, level = division.lon, division.lat, level_of(division)
        source = division.position_source
        kind = "county-town" if seat.relation == "county-town" else "seat"
        method = f"{kind}-{seat.confidence}"
    # other divisions the zone reaches into, as codes of today
    spans = ""
    if seat.spans:
        known = [names.by_adcode.get(code) for code in seat.spans.split(";")]
        spans = current_codes([d for d in known if d])
    return Position(
        lon, lat, seat.current_adcode or division.current_adcode, level, method, source,
        radius_km(level, method), spans, "", seat.note,
    )  # fmt: skip


def _at_division(resolution: Resolution, names: Gazetteer) -> Position:
    """Return the position by the division that a zone's name resolves to."""
    division, *others = resolution.divisions
    ambiguous = resolution.level == "county" and bool(others)
    level = level_of(division)
    reasons = [resolution.reason] if resolution.reason else []
    while not division.has_seat and level != "province":
        # names of early years: where no seat is known, that of the next level up is taken
        parent = names.by_adcode.get(division.city_adcode) if level == "county" else None
        reasons.append(no_seat(division, names.year))
        division = parent or province_of(division.province_adcode, names)
        level = level_of(division)
    radius = radius_km(level, resolution.method)
    if ambiguous:
        # the circle holds every candidate
        away_km = [flat_km(division.lon, division.lat, d) for d in others if d.has_seat]
        radius += max(away_km, default=0.0)
    return Position(
        division.lon, division.lat, "" if ambiguous else division.current_adcode, level,
        resolution.method, division.position_source, round(radius, 1), "",
        current_codes(resolution.divisions) if others else "",
        "; ".join(reason.in_language(ENGLISH) for reason in reasons),  # reasons are data
    )  # fmt: skip
