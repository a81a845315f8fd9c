"""Resolve the name of a development zone to a division of its province.

Rules, in this order, before any score:

1. The province of the zone's code binds; a name of another province cannot win.
2. The province's own name at the start is no place (江苏铜山..., 黑龙江虎林...), unless nothing
   else is found (吉林高新技术产业开发区 is in 吉林市).
3. The longest name wins at each position, a name of the year before a former one of that text.
4. County beats city; where the text names a city, the county must lie in it (梧州...资源 is not
   资源县), and then a former name will do (南京白下).
5. One short form for a county and for another city's or its own prefecture's name
   (南昌县, 南昌市) means the prefecture-level city; a county-level city that gave the prefecture
   its name (大理市 in 大理州) is its seat and wins.
6. A name that still means more than one division after these rules is ambiguous; the result says
   so and lists all of them.
"""

from __future__ import annotations

from typing import NamedTuple

from geodata.gazetteer import LAST_YEAR, Division, Gazetteer, NameMatch, gazetteer, names_with_codes
from geodata.names import normalise
from geodata.words import Message, Words
from geodata.zone_names import ZoneMatch

_XPCC = ("新疆生产建设兵团", "兵团")


class Resolution(NamedTuple):
    """What a text resolves to.

    Attributes
    ----------
    level
        ``county``, ``city`` or ``province``; "" where it stays open.
    divisions
        One division, or all candidates of an ambiguous name.
    method
        ``name``, ``short``, ``alias``, ``former`` or ``province``; ``column`` where only the
        columns beside the text say it.
    reason
        Why it is not a plain county match, None when it is.
    end
        Where in the normalised text the names end; 0 where that means nothing.
    zone
        The development zone that an address names behind them.
    """

    level: str
    divisions: tuple[Division, ...]
    method: str
    reason: Words | None
    end: int = 0
    zone: ZoneMatch | None = None


def resolve_zone(name: str, province_adcode: str, names: Gazetteer) -> Resolution:
    """Resolve a zone's name within its province.

    Parameters
    ----------
    name
        The zone's name as printed.
    province_adcode
        GB/T 2260 code of the province, e.g. ``330000``.
    names
        Of the catalogue's year.

    """
    province = province_of(province_adcode, names)
    text = normalise(name)
    matches = names.matches(_without_province(text, province), province_adcode)
    if not matches:
        # 吉林高新...: the prefecture-level city that has the province's name
        whole = names.matches(text, province_adcode)
        matches = [m for m in whole[:1] if m.text == province.short_name]
    if not matches:
        reason = Message(
            "no division name of {province} in the zone's name", province=province.name
        )
        return Resolution("province", (province,), "province", reason)
    return _choose(matches)


def province_of(province_adcode: str, names: Gazetteer) -> Division:
    """Return a province; today's where the year had not got it yet (重庆, 海南)."""
    return names.by_adcode.get(province_adcode) or gazetteer(LAST_YEAR).by_adcode[province_adcode]


def level_of(division: Division) -> str:
    """Return the level; a municipality is a city."""
    if division.level == "province" and division.name.endswith("市"):
        return "city"
    return division.level


def _without_province(text: str, province: Division) -> str:
    """Return a zone's name without its province's name at the beginning (江苏铜山 -> 铜山)."""
    for prefix in (province.name, province.short_name, *_XPCC):
        text = text.removeprefix(prefix)
    return text


def _choose(matches: list[NameMatch]) -> Resolution:
    """Choose among the names found in a zone's name, by the rules 4 and 5 of this module."""
    # the cities that the name mentions; one that has ended binds nothing
    cities = [d for m in matches for d in m.divisions if d.level == "city" and m.kind != "former"]
    if cities:
        # the first county inside one of them wins, a former name of a county included
        named = {d.adcode[:4] for d in cities}
        for match in matches:
            inside = tuple(d for d in _counties(match) if _city_prefix(d) in named)
            if inside:
                return _county(inside, match)
        # counties elsewhere are namesakes: the city is the answer
        return _city(cities[0], matches)
    # without a city, a name of the year is better evidence than a former one
    for match in [m for m in matches if m.kind != "former"] or matches:
        if counties := _counties(match):
            return _county(counties, match)
    # all that was found means prefecture-level cities, by former names
    return _city(matches[0].divisions[0], matches)


def _city_prefix(county: Division) -> str:
    """Return the first four digits of the code of the city that holds a county today."""
    return (county.current_adcode or county.adcode)[:4]


def _city(city: Division, matches: list[NameMatch]) -> Resolution:
    """Return a city as the answer, with the counties of like names as further candidates."""
    namesakes = [d for m in matches for d in m.divisions if d.level == "county"]
    reason = Message("only the city {city} is named", city=city.name)
    if namesakes:
        reason = Message(
            "only the city {city} is named; {county} has the same short form or lies elsewhere",
            city=city.name,
            county=namesakes[0].name,
        )
    return Resolution("city", (city, *namesakes), matches[0].kind, reason)


def _counties(match: NameMatch) -> tuple[Division, ...]:
    """Return the counties of a match, none where its text means the prefecture-level city."""
    counties = tuple(d for d in match.divisions if d.level == "county")
    cities = {d.adcode for d in match.divisions if d.level == "city"}
    if not cities:
        return counties
    # the text means a city, too: only its own seat of that name counts (大理市 in 大理州)
    return tuple(d for d in counties if d.name.endswith("市") and d.city_adcode in cities)


def _county(counties: tuple[Division, ...], match: NameMatch) -> Resolution:
    """Return a county as the answer, or all of them where the name does not tell them apart."""
    if len(counties) > 1:
        # a full name is meant before the short form of another county
        exact = tuple(d for d in counties if d.name == match.text)
        counties = exact if len(exact) == 1 else counties
    if len(counties) > 1:
        reason = Message(
            "{text!r} is ambiguous: {names}", text=match.text, names=names_with_codes(counties)
        )
        return Resolution("county", counties, match.kind, reason)
    former = match.kind == "former"
    return Resolution("county", counties, match.kind, renamed(counties[0]) if former else None)


def renamed(division: Division) -> Message:
    """Return the reason of a division that is found by a former name."""
    return Message(
        "{name} was renamed or merged after {year}", name=division.name, year=division.valid_to
    )


def no_seat(division: Division, year: int) -> Message:
    """Return the reason of a division whose place is not known in a year."""
    return Message("no seat is known of {name} ({year})", name=division.name, year=year)
