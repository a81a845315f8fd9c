"""Read the chain of divisions at the beginning of an address: province, city, county.

Only the chain counts, never a place word behind it, so that roads, malls and firms' names
(陕西南路, 上海城, 重庆市场) cannot win.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.gazetteer import Division, Gazetteer, NameMatch

# A short form that one of these follows is part of a longer name, not a place by itself.
_INSIDE = re.compile(
    r"[东南西北中上下前后新老一二三四五六七八九十0-9]{0,3}"
    r"(?:大?道|路|街|巷|弄|里|胡同|环|线|桥|城|苑|园|小区|新村|村|庄|大厦|广场|中心|公寓|酒店|饭店|"
    r"宾馆|商场|市场|超市|医院|学校|中学|大学|学院|银行|航空|饭馆|餐|湾|山庄|楼|阁|轩|府|湖|河|江|港|"
    r"站|门|菜|人家)"
)
# Words between the links of a chain that name no division.
_FILLERS = re.compile(
    r"(?:中国|中华人民共和国|市辖区|自治区直辖县级行政区划|省直辖县级行政区划|直辖县级|"
    r"[()\[\]【】,、。;:·\-—/]|地址|注册地)+"
)
# Full names of districts that mean a direction or nothing outside their city.
_NEED_CITY = frozenset("东区 西区 城区 郊区 矿区 城中区 城东区 城西区 城北区".split())
_RANK = {"name": 0, "short": 1, "alias": 2, "former": 3}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the columns for province and city say; None where they say nothing."""

    province: Division | None = None
    city: Division | None = None

    def holds(self, division: Division) -> bool:
        """Whether a division may be the answer."""
        if self.province and division.province_adcode != self.province.adcode:
            return False
        if self.city is None or division.level == "province":
            return True
        if division.level == "county":
            return in_city(division, self.city)
        return division.current_adcode == self.city.current_adcode


@dataclass(slots=True)
class Chain:
    """The divisions read so far.

    Attributes
    ----------
    candidates
        All divisions the last link may mean.
    kind
        How the last link was found: ``name``, ``short``, ``alias`` or ``former``.
    end, links
        Where reading stopped, and after how many links.
    refused
        A full name that contradicts the scope.
    """

    candidates: tuple[Division, ...] = ()
    kind: str = ""
    end: int = 0
    links: int = 0
    refused: str = ""


def read_chain(text: str, start: int, scope: Scope, gazetteer: Gazetteer) -> Chain:
    """Read the chain of divisions that begins at `start` of a normalised text."""
    chain = Chain(end=start)
    while True:
        filler = _FILLERS.match(text, chain.end)
        at = filler.end() if filler else chain.end
        step = _next_link(text, at, chain.candidates, scope, gazetteer)
        if step is None:
            return chain
        divisions, match = step
        if not divisions:
            chain.refused = match.text
            return chain
        chain.candidates, chain.kind = divisions, match.kind
        chain.end, chain.links = at + len(match.text), chain.links + 1


def without_fillers(text: str) -> str:
    """Return a normalised text without the words at its beginning that name no division."""
    filler = _FILLERS.match(text)
    return text[filler.end() :] if filler else text


def in_city(county: Division, city: Division) -> bool:
    """Whether a county belongs to a city, then or today; a county is in itself."""
    if city.level == "county":
        return county.current_adcode == city.current_adcode
    return county.city_adcode == city.adcode or county.current_adcode[:4] == city.adcode[:4]


def _next_link(
    text: str, at: int, before: tuple[Division, ...], scope: Scope, gazetteer: Gazetteer
) -> tuple[tuple[Division, ...], NameMatch] | None:
    """Return the next link's divisions; none but a match where a full name contradicts."""
    for end in range(min(len(text), at + gazetteer.max_length), at + 1, -1):
        matches = gazetteer.everywhere.get(text[at:end])
        if matches is None or (text[at:end] in _NEED_CITY and not before and not scope.city):
            continue
        full = any(m.text == d.name for m in matches for d in m.divisions)
        if text.startswith("场", end) and text[end - 1] == "市":
            continue  # 重庆市场
        found = _allowed(matches, before, scope)
        inside = not full and _INSIDE.match(text, end)
        # 呼和浩特新城区: what looks like the tail of a longer name may be the next link
        if inside and not (found and _next_link(text, end, found[0], scope, gazetteer)):
            return None
        if found:
            return found
        if full and not before:
            return (), matches[0]
    return None


def _allowed(
    matches: tuple[NameMatch, ...], before: tuple[Division, ...], scope: Scope
) -> tuple[tuple[Division, ...], NameMatch] | None:
    """Return the divisions that fit what was read before and the columns.

    Names of the year go before former ones. Of one name the higher level is meant (南昌 is the
    city, not the county; a county-level city that gave its prefecture the name is its seat).
    """
    for match_rank in (range(3), range(3, 4)):
        fitting = [
            (d, m)
            for m in matches
            for d in m.divisions
            if _RANK[m.kind] in match_rank and scope.holds(d) and _follows(d, before)
        ]
        for level in ("province", "city", "county"):
            chosen = {d.current_adcode or d.adcode: (d, m) for d, m in fitting if d.level == level}
            if chosen:
                _, match = next(iter(chosen.values()))
                return tuple(d for d, _ in chosen.values()), match
    return None


def _follows(division: Division, before: tuple[Division, ...]) -> bool:
    """Whether a division lies in one of those read before it."""
    return not before or any(
        (b.level == "province" and division.level != "province"
         and division.province_adcode == b.adcode)
        or (b.level == "city" and division.level == "county" and in_city(division, b))
        for b in before
    )  # fmt: skip
