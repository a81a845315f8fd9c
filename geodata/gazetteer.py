"""The gazetteer: division names of a year, by province, with their seats; towns within a county."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from geodata.errors import UsageError
from geodata.registry import table_records
from geodata.words import Listed, Message, Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATALOGUE_YEAR = 2018
FIRST_YEAR, LAST_YEAR = 1980, 2024
# Words that contain a division's name, or are one, and mean no division in a zone's name: the
# search jumps over the whole word (开发 in 开发区; 南海 in 大南海).
NO_PLACES = frozenset(
    "开发 高新 经济 工业 合作 新城 市辖 保税 港口 海港 再生资源 "
    "杭州湾 通州湾 大南海 上海庙 黄河三角洲".split()
)


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """One name of a province, city or county with the years it stood; each is there once.

    Attributes
    ----------
    adcode
        GB/T 2260 code under that name; `current_adcode` is the code of 2024 that holds the
        seat today, "" where unknown.
    level
        ``province``, ``city`` (prefecture level) or ``county``.
    valid_from, valid_to
        First and last year of the name, 1980 to 2024.
    lon, lat
        Seat in WGS-84 degrees; nan where no source has it.
    """

    adcode: str
    name: str
    name_en: str
    short_name: str
    level: str
    city_adcode: str
    province_adcode: str
    valid_from: int
    valid_to: int
    current_adcode: str
    lon: float
    lat: float
    position_source: str

    @property
    def has_seat(self) -> bool:
        """Whether a position is known."""
        return self.lon == self.lon  # nan differs from itself


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A division name found in a text.

    Attributes
    ----------
    text, start
        What was found and where.
    divisions
        All divisions of that name, county level first; more than one when ambiguous.
    kind
        ``name``, ``short``, ``alias`` or ``former``.
    """

    text: str
    start: int
    divisions: tuple[Division, ...]
    kind: str


class Link(NamedTuple):
    """One division that a name in a chain may mean.

    Attributes
    ----------
    division
        Of that name.
    kind
        As `NameMatch.kind`.
    full
        Whether the name is the division's full one.
    """

    division: Division
    kind: str
    full: bool


# What ends the English name of a division, in small letters without spaces.
UNIT_EN = re.compile(
    r"(?:province|municipality|city|district|county|banner|prefecture|league|area|"
    r"autonomous(?:region|prefecture|county|banner)|newarea)$"
)


def letters_of(text: str) -> str:
    """Return the letters of a Latin text, small, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if "a" <= c <= "z")


def current_codes(divisions: Iterable[Division]) -> str:
    """Return the codes of divisions today, or of their year where none is known, by semicolons."""
    return ";".join(d.current_adcode or d.adcode for d in divisions)


def names_with_codes(divisions: Iterable[Division]) -> Words:
    """Return the names of divisions, each with its code, so that namesakes can be told apart."""
    return Listed(Message("{name} ({code})", name=d.name, code=d.adcode) for d in divisions)


@functools.cache
def all_divisions() -> tuple[Division, ...]:
    """Return every spell of every division, 1980 to 2024."""
    nan = float("nan")
    return tuple(
        Division(
            r["adcode"], r["name"], r["name_en"], r["short_name"], r["level"], r["city_adcode"],
            r["province_adcode"], int(r["valid_from"]), int(r["valid_to"]), r["current_adcode"],
            float(r["lon"] or nan), float(r["lat"] or nan), r["position_source"],
        )
        for r in table_records("divisions")
    )  # fmt: skip


class Gazetteer:
    """Division names valid in one year, and the names that went before, by province.

    Parameters
    ----------
    year
        Names standing in this year come first; names that had ended before it are found
        as ``former``; names that came later are not known.
    """

    def __init__(self, year: int = CATALOGUE_YEAR) -> None:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise UsageError(
                Message(
                    "year {year}: division names are known for {first} to {last}",
                    year=year,
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            )
        self.year = year
        self.current = [d for d in all_divisions() if d.valid_from <= year <= d.valid_to]
        self.by_adcode = {d.adcode: d for d in self.current}
        self.provinces = {d.name: d for d in self.current if d.level == "province"}
        shorts = {d.short_name for d in self.provinces.values()}
        # 吉林 is the exception: the prefecture-level city 吉林市 has the province's name
        self._province_names = shorts - {d.short_name for d in self.current if d.level == "city"}
        former = [d for d in all_divisions() if d.valid_to < year and d.level != "province"]
        former.sort(key=lambda d: d.valid_to)  # of one division's old names the last one stays
        self._names: dict[str, dict[str, NameMatch]] = defaultdict(dict)
        self._all: list[NameMatch] = []
        # earlier kinds win: a name of the year hides a former one of the same text
        self._add("name", ((d.name, d) for d in self.current))
        self._add("short", ((d.short_name, d) for d in self.current))
        self._add("alias", self._aliases())
        self._add("former", ((d.name, d) for d in former))
        self._add("former", ((d.short_name, d) for d in former))
        self._longest = {p: _longest_by_start(names) for p, names in self._names.items()}
        # what `geodata.addresses` found out of names in their places
        self.allowed_links: dict[Any, Any] = {}
        self._like: dict[tuple[str, Division], tuple[Division, ...]] = {}

    def _aliases(self) -> Iterator[tuple[str, Division]]:
        for row in table_records("division_aliases"):
            division = self.by_adcode.get(row["adcode"])
            if division is not None:
                yield row["alias"], division
        for division in self.current:  # 恩施州, 海南州, 通道县
            for long, short in (("自治州", "州"), ("自治县", "县"), ("自治旗", "旗")):
                if division.name.endswith(long):
                    yield division.short_name + short, division
            # 昆都仑区 is called 昆区, 达拉特旗 达旗; short names of two characters never so
            unit = division.name[-1]
            if unit in "区旗" and len(division.short_name) > 2 and division.level == "county":
                yield division.name[0] + unit, division

    def _add(self, kind: str, names: Iterable[tuple[str, Division]]) -> None:
        """Enter the names of one kind, as one match for each province and text."""
        # divisions by province and text; one entry for each division of today, since a division
        # with several spells of years is one place
        found: dict[tuple[str, str], dict[str, Division]] = defaultdict(dict)
        for text, division in names:
            # 上海县 and the like end here: the short form of a province names the province
            if len(text) < 2 or text in NO_PLACES or text in self._province_names:
                continue
            if division.level != "province":
                identity = division.current_adcode or division.adcode
                found[division.province_adcode, text][identity] = division
        # one match for each text, with all divisions it may mean, counties first
        for (province, text), divisions in found.items():
            # an old spell without a code of today is the same place as one with a code
            group = [d for d in divisions.values() if d.current_adcode] or [*divisions.values()]
            ordered = sorted(group, key=lambda d: (d.level != "county", d.adcode))
            match = NameMatch(text, 0, tuple(ordered), kind)
            # within a province the kind entered first wins; across provinces all kinds are kept
            self._names[province].setdefault(text, match)
            self._all.append(match)

    @functools.cached_property
    def links(self) -> dict[str, tuple[Link, ...]]:
        """Every name of `everywhere` with each of its divisions: the links of chains."""
        return {
            text: tuple(
                Link(d, match.kind, text == d.name)
                for match in matches
                for d in match.divisions
            )
            for text, matches in self.everywhere.items()
        }  # fmt: skip

    @functools.cached_property
    def link_lengths(self) -> dict[str, tuple[int, ...]]:
        """The lengths of the names that begin with two characters, the longest first."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for text in self.links:
            lengths[text[:2]].add(len(text))
        return {start: tuple(sorted(group, reverse=True)) for start, group in lengths.items()}

    @functools.cached_property
    def seats(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[Any]]:
        """Longitude and latitude of the counties' seats in degrees, and their codes of today."""
        import numpy as np

        counties = [d for d in self.current if d.level == "county" and d.has_seat]
        lon, lat = (np.array([getattr(d, c) for d in counties]) for c in ("lon", "lat"))
        return lon, lat, np.array([d.current_adcode for d in counties])

    def names_like(self, word: str, home: Division) -> tuple[Division, ...]:
        """Return the cities and counties of a division whose full name differs in one character.

        The unit at its end is never the wrong one.
        """
        key = (word, home)
        if key not in self._like:
            self._like[key] = tuple(
                d
                for d in self.current
                if d.level != "province"
                and d.province_adcode == home.province_adcode
                and (home.level == "province" or d.city_adcode == home.adcode)
                and len(d.name) == len(word) >= 3
                and d.name[-1] == word[-1]
                and sum(a != b for a, b in zip(d.name, word, strict=True)) == 1
            )
        return self._like[key]

    @functools.cached_property
    def romanised(self) -> dict[str, tuple[Link, ...]]:
        """Divisions by English name, small letters without spaces, with and without the unit."""
        found: dict[str, dict[Division, bool]] = defaultdict(dict)
        for division in self.current:
            whole = letters_of(division.name_en)
            found[whole][division] = True
            found[UNIT_EN.sub("", whole) or whole].setdefault(division, False)
        return {
            text: tuple(Link(d, "name" if full else "short", full) for d, full in group.items())
            for text, group in found.items()
        }

    @functools.cached_property
    def everywhere(self) -> dict[str, tuple[NameMatch, ...]]:
        """Every name of every province, former and provinces' own among them."""
        found: dict[str, list[NameMatch]] = defaultdict(list)
        for match in self._all:
            found[match.text].append(match)
        for province in self.provinces.values():
            found[province.name].append(NameMatch(province.name, 0, (province,), "name"))
            short = NameMatch(province.short_name, 0, (province,), "short")
            found[province.short_name].append(short)
        return {text: tuple(matches) for text, matches in found.items()}

    @functools.cached_property
    def _chains(self) -> tuple[dict[str, Division], dict[str, list[int]]]:
        """Whole chains that end in a full name, and their lengths by beginning.

        浙江省杭州市余杭区, 浙江杭州市余杭区, 杭州余杭区, 浙江省慈溪市, 慈溪市, 杭州市: province and
        city full, short or left out, as far as no other name is written like it.
        """
        found: dict[str, set[Division]] = defaultdict(set)
        for d in self.current:
            province, city = self.by_adcode[d.province_adcode], self.by_adcode.get(d.city_adcode)
            provinces = ("", province.name, province.short_name) if d is not province else ("",)
            cities = ("", city.name, city.short_name) if city else ("",)
            for before in (p + c for p in provinces for c in cities):
                found[before + d.name].add(d)
        # a text that two divisions share is no answer; neither is one that names something else
        chains: dict[str, Division] = {}
        for text, group in found.items():
            (*others, one) = group
            # names of the year alone count: they go before all others
            names = {
                link.division for link in self.links.get(text, ())
                if link.full and link.kind == "name"
            }  # fmt: skip
            if not others and names <= group and len(one.name) > 2:
                chains[text] = one
        # the lengths that are worth a look-up, the longest first, by the first characters: six of
        # them tell the city, too
        lengths: dict[str, set[int]] = defaultdict(set)
        for text in chains:
            lengths[text[: _LONG if len(text) >= _LONG else _SHORT]].add(len(text))
        return chains, {start: sorted(group, reverse=True) for start, group in lengths.items()}

    def by_full_names(self, text: str) -> tuple[Division, int] | None:
        """Return the division whose chain, full at its end, begins a text, and where it ends."""
        chains, lengths = self._chains
        size = len(text)
        for start in (_LONG, _SHORT):
            for length in lengths.get(text[:start], ()):
                if length <= size and (division := chains.get(text[:length])) is not None:
                    return division, length
        return None

    def matches(self, text: str, province_adcode: str) -> list[NameMatch]:
        """Return the division names in `text`, leftmost longest, without overlap."""
        names = self._names.get(province_adcode, {})
        longest = self._longest.get(province_adcode, {})
        found, start = [], 0
        while start < len(text) - 1:
            # the longest name that begins here; no name has fewer than two characters
            length = longest.get(text[start : start + 2], 0)
            for end in range(min(len(text), start + length), start + 1, -1):
                word = text[start:end]
                match = names.get(word)
                if word in NO_PLACES:  # passed over whole, so that no name inside it is found
                    start = end
                    break
                if match is not None:
                    found.append(NameMatch(match.text, start, match.divisions, match.kind))
                    start = end
                    break
            else:  # nothing begins here
                start += 1
        return found


def _longest_by_start(names: Iterable[str]) -> dict[str, int]:
    """Return the length of the longest name, or word that is no place, by first two characters."""
    longest: dict[str, int] = defaultdict(int)
    for name in (*names, *NO_PLACES):
        longest[name[:2]] = max(longest[name[:2]], len(name))
    return dict(longest)


@functools.cache
def gazetteer(year: int = CATALOGUE_YEAR) -> Gazetteer:
    """Return the gazetteer of a year, built once."""
    return Gazetteer(year)


KM_PER_DEGREE = 111.2
# A town of the right name lies in a county when it is at most OWN_KM from the county's seat, or
# when no other county's seat is nearer to it; never when it is farther than REACH_KM.
OWN_KM, REACH_KM = 12.0, 80.0
# By how many characters at their beginning whole chains are found, long and short ones.
_LONG, _SHORT = 6, 3
# one to six characters and the word for a town, township, subdistrict or sum
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
    return {town.geonameid: town for town, _ in _towns_with_names()}


@functools.cache
def _towns_by_name() -> dict[str, tuple[Town, ...]]:
    found: dict[str, list[Town]] = defaultdict(list)
    for town, names in _towns_with_names():
        for name in names:
            found[name].append(town)
    return {name: tuple(group) for name, group in found.items()}


def _towns_with_names() -> list[tuple[Town, list[str]]]:
    """Return every town with all its Chinese names."""
    return [
        (Town(r["geonameid"], names[0] or r["name_en"], float(r["lon"]), float(r["lat"])), names)
        for r in table_records("towns")
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
    name = town_name_at(text, start)
    return None if name is None else town_of(name, county, gazetteer)


def town_name_at(text: str, start: int) -> str | None:
    """Return the name of a town that stands at a place of a normalised text, None for none."""
    # most addresses go on with a road: asking for the first characters of the words is quicker
    piece = text[start + 1 : start + 7]
    if "镇" not in piece and "乡" not in piece and "街" not in piece and "苏" not in piece:
        return None
    match = _TOWN.match(text, start)
    return None if match is None else match[1]


def is_own_town(name: str, county: Division) -> bool:
    """Whether a town is the county's own, or a subdistrict, which lies near the seat."""
    stem = name.rstrip("镇乡")
    return name.endswith("街道") or stem in ("城关", "县城", "城") or stem == county.short_name


@functools.lru_cache(maxsize=200_000)
def town_of(name: str, county: Division, gazetteer: Gazetteer) -> Town | None:
    """Return the one town of a name that lies in a county."""
    # GeoNames has some towns with the word for town and some without it
    stem = name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    near = [
        town
        for town in {*_towns_by_name().get(name, ()), *_towns_by_name().get(stem, ())}
        if _belongs(town, county, gazetteer)
    ]
    # two towns of one name in one county: no guess
    return near[0] if len(near) == 1 else None


def _belongs(town: Town, county: Division, gazetteer: Gazetteer) -> bool:
    """Whether a town lies in a county, as far as the seats of the counties tell."""
    own_km = flat_km(town.lon, town.lat, county)
    if own_km > REACH_KM:
        return False
    if own_km <= OWN_KM:
        return True
    import numpy as np

    # no seat of another county is nearer
    lon, lat, codes = gazetteer.seats
    east = (lon - town.lon) * math.cos(math.radians(town.lat))
    nearer = np.hypot(east, lat - town.lat) * KM_PER_DEGREE < own_km
    return not (nearer & (codes != county.current_adcode)).any()


def flat_km(lon: float, lat: float, division: Division) -> float:
    """Return the distance to a division's seat in km, flat: good to tell near from far."""
    east = (lon - division.lon) * math.cos(math.radians(lat))
    return math.hypot(east, lat - division.lat) * KM_PER_DEGREE
