"""What is known of single zones: compiled seats and OpenStreetMap points, by zone name."""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass

from geodata.errors import DataFileError
from geodata.names import normalise
from geodata.registry import table_path

# (name in normal form, code of the province): what a zone of any catalogue is known by
ZoneKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ZoneSeat:
    """One row of the hand-compiled table of zone seats.

    Attributes
    ----------
    adcode
        County of 2018, or the city where it has none; "" where none of the province holds it.
    current_adcode
        County of 2024 where it is not the one that `adcode` became: counties were split.
    place_name, geonameid
        Town of the seat, and the GeoNames place that stands for it; "" where unknown.
    lon, lat, error_km
        Position of the zone's core, WGS-84 degrees from knowledge of the map, with the radius
        its compiler trusts; nan where there is none.
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
        What their names say; see `geodata.prepare.make_zone_points`.
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
    """Return the hand-compiled seats."""
    return {
        zone_key(r["name"], r["province_adcode"]): ZoneSeat(
            r["adcode"], r["current_adcode"], r["place_name"], r["geonameid"],
            float(r["lon"] or "nan"), float(r["lat"] or "nan"),
            float(r["error_km"] or "nan"), r["relation"], r["spans"], r["confidence"], r["note"],
        )
        for r in _rows("zone_seats")
    }  # fmt: skip


@functools.cache
def zone_points() -> dict[ZoneKey, ZonePoint]:
    """Return the OpenStreetMap points."""
    return {
        zone_key(r["name"], r["province_adcode"]): ZonePoint(
            float(r["lon"]), float(r["lat"]), int(r["points"]), r["rule"], r["names"]
        )
        for r in _rows("zone_points_osm")
    }


@functools.cache
def _uncertainty() -> dict[tuple[str, str], float]:
    return {(r["level"], r["method"]): float(r["uncertainty_km"]) for r in _rows("uncertainty")}


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
    text = f"uncertainty.csv: no radius for level {level!r}; run the calibration"
    raise DataFileError(text)


def _rows(name: str) -> list[dict[str, str]]:
    with table_path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
