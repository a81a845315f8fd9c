"""The development zone that a text names behind its divisions: 昆明市经开区, 苏州高新区, 亦庄.

A zone's name is a place word and a word of its kind: 昆明 + 经济技术开发区. People shorten both:
the place word goes where the divisions before it say it already, the kind has usual short forms
(经开区, 高新区, 开发区). So a text names a zone when its place word and kind are those of one zone
of the division before it, never of another one. A few zones have names of their own (亦庄, 洋浦),
in the table of zone words. Full names of the catalogue need no division before them.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from geodata.gazetteer import CATALOGUE_YEAR, LAST_YEAR, Division, gazetteer
from geodata.names import normalise
from geodata.registry import table_records

# Words for the kinds of zones, as catalogue and people write them; the longest stands first where
# one begins like another. 开发区 alone may be of the first two kinds.
_WORDS_OF_KIND = {
    "economic": (
        "经济技术产业开发区|经济技术开发区|经济开发区|经济技术区|经开区|经济区(?!域)|经济合作区"
    ),
    "high-tech": (
        "农业高新技术产业示范区|高新技术产业开发区|高新技术产业示范区|高新技术产业园区?|高新技术开发区|"
        "高新技术工业园区?|高新技术园区?|高新技术区|高新产业开发区|高新产业园区?|高新开发区|高新科技产业园区?|"
        "高新科技园区?|高新科技开发区|高新工业园区?|高新园区|高新区|高技术产业开发区|高技术开发区|高科技产业园区?|"
        "高科技工业园区?|高科技园区?|高科技开发区|新兴技术开发区|新技术产业开发区|新技术产业园区?|新技术开发区|"
        "科技工业园区?|科技园区?"
    ),
    "bonded": "综合保税区|保税港区|保税物流园区|保税区",
    "export": "出口加工区",
    "border": "边境经济合作区|跨境经济合作区|边境贸易加工区|边境贸易区",
    "resort": "旅游度假区",
    "investment": "台商投资区|台商投资开发区|投资区",
    "industrial": (
        "工业集中发展区|工业集中区|工业集聚区|工业聚集区|工业密集区|工业开发区|工业园区?|工业区|工业新区|循环经济产业园区?|"
        "产业集聚区|产业集中区|产业开发区|产业园区?|产业示范区|产业区|工业示范基地|化工园区?"
    ),
    "zone": "开发区",
}
_FIRST = "".join(
    sorted({w[0] for words in _WORDS_OF_KIND.values() for w in words.split("|")} | {*"国省"})
)
_KINDS = re.compile(
    f"(?=[{_FIRST}])(?:国家级?|省级)?(?:"
    + "|".join(f"(?P<{k.replace('-', '_')}>{w})" for k, w in _WORDS_OF_KIND.items())
    + ")"
)
# behind the word of a kind: then it names a road or a firm
_NO_ZONE_BEHIND = re.compile(r"大道|路|大街|街(?!道)|公司|公寓|站")
# 开发区 means the first of these kinds that the place has
_MEANT_BY_ZONE = ("zone", "economic", "high-tech", "industrial")
_LEADING = re.compile(r"^(?:中国|国家级?|省级)")
_TRAILING = re.compile(r"(?:国家级?|省级|市|县|区)$")
_LOOSE = ("科技", "高科技")  # words that any park has
_BRACKETS = re.compile(r"\(.*?\)")
# how far behind the divisions the word of the kind may stand
_REACH = 22
FULL_NAME, SHORT_FORM, OWN_WORD = "full name", "place word and kind", "own word"


class Zone(NamedTuple):
    """A zone of the catalogue, with its place.

    Attributes
    ----------
    zone_id
        Key of the table of zones.
    lon, lat, uncertainty_km
        WGS-84 degrees and the radius of the zone's own position.
    adcode
        Division of 2024 that the zone's seat lies in.
    spans
        Codes of other divisions that it reaches into.
    """

    zone_id: str
    name: str
    province_adcode: str
    adcode: str
    spans: tuple[str, ...]
    level: str
    kind: str
    kind_word: str
    lon: float
    lat: float
    uncertainty_km: float

    def reaches(self, division: Division) -> bool:
        """Whether a division holds the zone or a part of it."""
        code = division.current_adcode
        if division.level == "province":
            return self.province_adcode == division.adcode
        if division.level == "city" and code[4:] == "00":
            return any(c[:4] == code[:4] for c in (self.adcode, *self.spans))
        return code == self.adcode or code in self.spans


@dataclass(frozen=True, slots=True)
class ZoneMatch:
    """What a text names.

    Attributes
    ----------
    zones
        One zone, or all that the words may mean.
    evidence
        `FULL_NAME`, `SHORT_FORM` or `OWN_WORD`.
    end
        Where in the normalised text the words end.
    """

    zones: tuple[Zone, ...]
    evidence: str
    end: int


def zone_named(text: str, start: int, home: Division | None) -> ZoneMatch | None:
    """Return the zone that a text names at a place, None for none.

    Parameters
    ----------
    text, start
        A text in normal form and where its divisions end.
    home
        The division read before, which the zone must reach into; None for none, where only the
        full name of a zone is one.
    """
    if text[start : start + 2] in _tables().lengths:
        found = _by_whole_name(text, start, home)
        if found is not None:
            return found
    if home is None:
        return None
    # most texts hold no word of a kind: asking for its last character is the quick way
    piece = text[start : start + _REACH]
    if "区" not in piece and "园" not in piece and "基地" not in piece:
        return None
    match = _KINDS.search(text, start, start + _REACH)
    if match is None or match.end() - start < 3 or _NO_ZONE_BEHIND.match(text, match.end()):
        return None
    kind = match.lastgroup or ""
    stem = text[start : match.start()]
    zones = _of_place_word(stem, kind.replace("_", "-"), match[kind], home)
    return ZoneMatch(zones, SHORT_FORM, match.end()) if zones else None


def names_in(
    text: str, names: Collection[str], lengths: Mapping[str, tuple[int, ...]]
) -> list[str]:
    """Return the names that a text holds, the longest first; none that goes on as a road or firm.

    Parameters
    ----------
    text
        In normal form.
    names, lengths
        Whole names of zones in normal form, and what `lengths_of` gives of them.
    """
    found = set()
    for start in range(len(text) - 1):
        for length in lengths.get(text[start : start + 2], ()):
            word = text[start : start + length]
            if word in names and not _NO_ZONE_BEHIND.match(text, start + length):
                found.add(word)
    return sorted(found, key=lambda name: (-len(name), text.index(name)))


def is_bare_kind(name: str) -> bool:
    """Whether a name in normal form says a kind of zone and no place: 经济开发区."""
    return len(name) < 2 or _KINDS.fullmatch(name) is not None


def lengths_of(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return by two characters how long the names are that begin so, the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in names:
        lengths[name[:2]].add(len(name))
    return {start: tuple(sorted(group, reverse=True)) for start, group in lengths.items()}


def _by_whole_name(text: str, start: int, home: Division | None) -> ZoneMatch | None:
    """Return the zone whose whole name, or own word, stands at a place."""
    tables = _tables()
    for length in tables.lengths.get(text[start : start + 2], ()):
        word = text[start : start + length]
        zones, evidence = tables.whole.get(word, ((), ""))
        if home is not None:
            zones = tuple(z for z in zones if z.reaches(home))
        elif evidence == OWN_WORD:
            continue
        if zones and not _NO_ZONE_BEHIND.match(text, start + length):
            if evidence == OWN_WORD and text[start + length : start + length + 1] in "镇乡村街":
                continue
            return ZoneMatch(zones, evidence, start + length)
    return None


@functools.lru_cache(maxsize=100_000)
def _of_place_word(stem: str, kind: str, word: str, home: Division) -> tuple[Zone, ...]:
    """Return the zones of a division that a place word and a kind may mean; the best kind only."""
    for text in _variants(stem, home):
        found = _in_home(text, home)
        if not found:
            continue
        # the very word, then the kind; another kind where a place word of its own tells
        of_word = [z for z in found if z.kind_word == word]
        of_kind = [z for z in found if z.kind == kind]
        if kind == "zone":
            by_kind = ([z for z in found if z.kind == k] for k in _MEANT_BY_ZONE)
            of_kind = next((group for group in by_kind if group), [])
        chosen = (of_word if kind != "zone" else []) or of_kind
        if not text and (kind == "industrial" or word.startswith(_LOOSE)):
            chosen = of_word  # 南山区科技园 is any park; 苏州工业园区 is one
        if not chosen and text:
            chosen = found
        # of several a national one is meant
        national = [z for z in chosen if z.level == "国家级"]
        if chosen:
            return tuple(national if len(national) == 1 else chosen)
    return ()


def _variants(stem: str, home: Division) -> Iterable[str]:
    """Yield a place word as it stands, and without what the divisions say already."""
    yield stem
    bare = _TRAILING.sub("", _LEADING.sub("", stem))
    yield bare
    for name in _names_around(home):
        if bare.startswith(name):
            yield _TRAILING.sub("", bare[len(name) :]) if bare != name else ""


@functools.cache
def _names_around(division: Division) -> tuple[str, ...]:
    """Return the names of a division and of those above it, the longest first."""
    names = gazetteer(LAST_YEAR)
    above = [names.by_adcode.get(c) for c in (division.city_adcode, division.province_adcode)]
    texts = {t for d in (division, *above) if d for t in (d.name, d.short_name) if len(t) > 1}
    return tuple(sorted(texts, key=len, reverse=True))


def _in_home(stem: str, home: Division) -> list[Zone]:
    """Return the zones of a division with a place word, "" for the division's own name."""
    places, code = _tables().places, home.current_adcode
    found = places.get((code, stem), [])
    # an own zone of the city that reaches into the county: 昆明市官渡区经开区
    if not found and home.level == "county" and code[2:4] != "90":
        wider = [
            *places.get((code[:4] + "00", stem), []),
            *places.get((code[:2] + "0000", stem), []),
        ]
        found = [z for z in wider if z.reaches(home)]
    return found


class _Tables(NamedTuple):
    """What zones are found by: see `_tables`."""

    whole: dict[str, tuple[tuple[Zone, ...], str]]
    lengths: dict[str, tuple[int, ...]]
    places: dict[tuple[str, str], list[Zone]]


@functools.cache
def _tables() -> _Tables:
    """Return all zones by whole name, and by division and place word."""
    zones = {zone.zone_id: zone for zone in catalogue()}
    whole: dict[str, list[Zone]] = defaultdict(list)
    places: dict[tuple[str, str], list[Zone]] = defaultdict(list)
    for zone in zones.values():
        for name in _whole_names(zone):
            whole[name].append(zone)
        for key in _place_words(zone):
            places[key].append(zone)
    by_name = {name: (tuple(group), FULL_NAME) for name, group in whole.items()}
    for row in table_records("zone_words"):
        by_name.setdefault(row["word"], ((zones[row["zone_id"]],), OWN_WORD))
    return _Tables(by_name, lengths_of(by_name), dict(places))


@functools.cache
def catalogue() -> tuple[Zone, ...]:
    """Return the zones of the catalogue with their places."""
    places = {row["id"]: row for row in table_records("zone_positions")}
    zones = []
    for row in table_records("zones"):
        place = places[row["id"]]
        # the last word of a kind in the name, what stands in brackets left out
        matches = [*_KINDS.finditer(_BRACKETS.sub("", normalise(row["name"])))]
        last = matches[-1] if matches else None
        group = last.lastgroup if last else None
        zones.append(
            Zone(
                row["id"], row["name"], row["province_adcode"], place["adcode"],
                tuple(place["spans"].split(";")) if place["spans"] else (), row["level"],
                str(group).replace("_", "-") if group else "",
                last[group] if last and group else "",
                float(place["lon"]), float(place["lat"]), float(place["uncertainty_km"]),
            )
        )  # fmt: skip
    return tuple(zones)


def _whole_names(zone: Zone) -> set[str]:
    """Return the name of the catalogue, with and without the province before it and brackets."""
    name = normalise(zone.name)
    names = {name, _BRACKETS.sub("", name)}
    province = gazetteer(LAST_YEAR).by_adcode[zone.province_adcode]
    if not province.name.endswith("市"):
        names |= {n.removeprefix(province.short_name) for n in names}
    if not zone.kind:  # its own word stands behind city or county: 甘其毛都口岸加工园区
        county = gazetteer(LAST_YEAR).by_adcode[zone.adcode]
        names |= {n.removeprefix(w) for n in names for w in _names_around(county)}
    # without the province a name must still say a place
    return {n for n in names if not _KINDS.fullmatch(n)}


@functools.cache
def _of_catalogue_year() -> dict[tuple[str, str], tuple[Division, ...]]:
    """Return the divisions of the catalogue's year by province and code of today."""
    found: dict[tuple[str, str], list[Division]] = defaultdict(list)
    for d in gazetteer(CATALOGUE_YEAR).current:
        found[d.province_adcode, d.current_adcode].append(d)
    return {key: tuple(group) for key, group in found.items()}


def _place_words(zone: Zone) -> set[tuple[str, str]]:  # noqa: C901, one step after the other
    """Return (code of a division, place word) by which a zone is known there.

    The word is what the name says before its kind, with and without the names of the divisions
    that hold the zone; "" stands where it is a division's own name, in that division only.
    """
    name = _BRACKETS.sub("", normalise(zone.name))
    if not zone.kind:
        return set()
    stem = name[: name.rindex(zone.kind_word)] if zone.kind_word in name else name
    stem = _TRAILING.sub("", stem) if stem.endswith(("国家", "国家级")) else stem
    today = gazetteer(LAST_YEAR)
    province = today.by_adcode[zone.province_adcode]
    county = today.by_adcode.get(zone.adcode)
    city = today.by_adcode.get(county.city_adcode) if county is not None else None
    if county is not None and county.level == "city":
        county, city = None, county
    if county is not None and city is None and not province.name.endswith("市"):
        city = county  # a county directly under the province
    # names of the catalogue's year count, too: 襄阳县, 莱芜市
    old = _of_catalogue_year().get((zone.province_adcode, zone.adcode), ())
    own: list[tuple[str, Division]] = []  # name -> the division that is meant by it
    # 吉林 is the city rather than the province: what comes first is meant
    for division in (city, county, *old, province):
        if division is not None:
            own += [(t, division) for t in (division.name, division.short_name) if len(t) > 1]
    own.sort(key=lambda pair: len(pair[0]), reverse=True)
    # what is left when the names at its beginning are taken off one by one, and whose the last was
    left: dict[str, Division | None] = {stem: None}
    for _ in range(3):
        for word in [*left]:
            for text, division in own:
                if word.startswith(text) and word[len(text) :] not in left:
                    left[word[len(text) :]] = division
    scopes = {zone.province_adcode, zone.adcode, *zone.spans}
    if zone.adcode[2:4] != "90":
        scopes |= {code[:4] + "00" for code in (zone.adcode, *zone.spans) if code}
    found = {(code, word) for word in left for code in scopes if word and code}
    if "" in left and (division := left[""]) is not None:
        # the city's own zone is known so in the whole city, a county's in the county
        of_province = division.level == "province"
        if not of_province or division.name.endswith("市"):
            found.add((division.current_adcode or zone.adcode, ""))
    return {(c, _TRAILING.sub("", w) if len(w) > 2 else w) for c, w in found} | found
