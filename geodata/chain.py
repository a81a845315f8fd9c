"""Read the chain of divisions at the beginning of an address: province, city, county.

Only the chain counts, never a place word behind it, so that roads, malls and firms' names
(陕西南路, 上海城, 重庆市场) cannot win.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.gazetteer import Division, Gazetteer, NameMatch

_WHERE = r"[东南西北中上下前后新老一二三四五六七八九十0-9]{0,3}"
_ROAD = r"大?(?:道|路|街(?!道))|巷|弄|胡同"
_BUILDING = r"大厦|大学|学院|银行|酒店|饭店|宾馆|市场|商场|苑|花园|小区|人家|菜"
# A county's short form that one of these follows is part of a longer name, not a place by itself;
_INSIDE_COUNTY = re.compile(
    rf"{_WHERE}(?:{_ROAD}|{_BUILDING}|里|环|线|桥|城|园|新村|村|庄|广场|中心|公寓|公园|超市|医院|学校|中学|"
    r"航空|机场|饭馆|餐|湾|山|岛|寺|塘|坝|根|楼|阁|轩|府|湖|河|江|港|站|火车站|门|体育|国际|保险|证券)"
)
# that of a city or province is a place more often (上海江桥, 武汉江汉路).
_INSIDE_CITY = re.compile(rf"{_WHERE}(?:{_ROAD}|{_BUILDING}|城(?![东南西北中厢关郊]|区))")
# Words between the links of a chain that name no division.
_FILLERS = re.compile(
    r"(?:中国|中华人民共和国|[^,:]{0,4}(?:地址|住所):?|市辖区|市辖县|县(?=[一-鿿]{2,6}县)|"
    r"(?:省|自治区)?直辖县?级?行政(?:区划|单位)|直辖县级|"
    r"新疆生产建设兵团|(?:生产)?建设兵团|兵团|(?:第|农)[一二三四五六七八九十]+师|"
    r"自由贸易试验区|自贸(?:试验)?区|[一-鿿]{2,4}片区|雄安新区|西咸新区|贵安新区|"
    r"[()\[\]【】<>,、。;:._·\-–—/|])+"
)
# What begins so lies abroad, in Hong Kong, Macao or Taiwan, whose divisions the tables do not hold.
_ABROAD = re.compile(
    r"(?:中国)?(?:台湾|香港|澳门|台北|高雄|新北|台中|台南|桃园市|基隆|新竹|嘉义市|"
    r"日本|韩国|朝鲜|美国|英国|德国|法国|新加坡|越南|泰国|俄罗斯)"
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
        return is_same(division, self.city)


@dataclass(slots=True)
class Chain:
    """The divisions read so far.

    Attributes
    ----------
    candidates
        All divisions the last link may mean.
    kind
        How the last link was found: ``name``, ``short``, ``alias`` or ``former``.
    full
        Whether the last link is a full name.
    end, links
        Where reading stopped, and after how many links.
    first
        What the first link means, where that is one division.
    refused
        A full name that contradicts the scope.
    """

    candidates: tuple[Division, ...] = ()
    kind: str = ""
    full: bool = False
    end: int = 0
    links: int = 0
    first: Division | None = None
    refused: str = ""

    @property
    def from_province(self) -> bool:
        """Whether the chain begins with a province that is no municipality."""
        first = self.first
        return bool(first and first.level == "province" and not first.name.endswith("市"))


def is_abroad(text: str) -> bool:
    """Whether a normalised text begins with a place outside the tables."""
    return _ABROAD.match(text) is not None


def read_chain(text: str, start: int, scope: Scope, gazetteer: Gazetteer) -> Chain:
    """Read the chain of divisions that begins at `start` of a normalised text."""
    chain = Chain(end=start)
    while True:
        filler = _FILLERS.match(text, chain.end)
        at = filler.end() if filler else chain.end
        step = _next_link(text, at, chain.candidates, scope, gazetteer)
        if step is None and filler is None and at > start and text[at - 1] == "市":
            # 济南市中区: the 市 belongs to the city and to the district
            step = _next_link(text, at - 1, chain.candidates, scope, gazetteer)
            at -= 1
        if step is None:
            return chain
        divisions, match = step
        if not divisions:
            chain.refused = match.text
            return chain
        chain.full = match.kind == "alias" or any(match.text == d.name for d in match.divisions)
        chain.candidates, chain.kind = divisions, match.kind
        if chain.links == 0 and len(divisions) == 1:
            chain.first = divisions[0]
        chain.end, chain.links = at + len(match.text), chain.links + 1


def without_fillers(text: str) -> str:
    """Return a normalised text without the words at its beginning that name no division."""
    filler = _FILLERS.match(text)
    return text[filler.end() :] if filler else text


def is_same(one: Division, other: Division) -> bool:
    """Whether two divisions are one today; a code of today that is not known equals no other."""
    return one.adcode == other.adcode or (
        one.current_adcode == other.current_adcode and one.current_adcode != ""
    )


def in_city(county: Division, city: Division) -> bool:
    """Whether a county belongs to a city, then or today; a county is in itself."""
    if city.level == "county":
        return is_same(county, city)
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
        of_county = found is not None and found[0][0].level == "county"
        inside = not full and (_INSIDE_COUNTY if of_county else _INSIDE_CITY).match(text, end)
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
        # a full name is meant before a short form of that text: 达县 before 达县地区
        fitting = [(d, m) for d, m in fitting if m.text == d.name] or fitting
        for level in ("province", "city", "county"):
            chosen = {d.current_adcode or d.adcode: (d, m) for d, m in fitting if d.level == level}
            if chosen:
                _, match = next(iter(chosen.values()))
                return tuple(d for d, _ in chosen.values()), match
    return None


def _follows(division: Division, before: tuple[Division, ...]) -> bool:
    """Whether a division lies in one of those read before it."""
    return not before or any(
        is_same(b, division)  # 北京市北京市, 浙江省浙江省
        or (b.level == "province" and division.level != "province"
         and division.province_adcode == b.adcode)
        or (b.level == "city" and division.level == "county" and in_city(division, b))
        for b in before
    )  # fmt: skip
