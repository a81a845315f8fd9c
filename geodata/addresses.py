"""Resolve addresses and company names to divisions.

An address names its divisions at its beginning, as a chain: province, city, county. Only the chain
counts, never a place word behind it, so that roads, malls and firms' names (陕西南路, 上海城,
重庆市场) cannot win. A company's name has its place before 分公司, in parentheses
(...(深圳)有限公司) or at the beginning (北京...). What the columns for province and city say binds;
what stays open is reported with its candidates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.gazetteer import Division, Gazetteer, NameMatch, names_with_codes
from geodata.names import normalise
from geodata.resolver import Resolution, level_of, renamed
from geodata.words import Listed, Message, Words

# Words that turn a place name before them into the name of a road or a building. A direction or
# a number may stand between the two: 陕西南路, 南京东路, 江汉二路.
_WHERE = r"[东南西北中上下前后新老一二三四五六七八九十0-9]{0,3}"
_ROAD = r"大?(?:道|路|街(?!道))|巷|弄|胡同"
_BUILDING = r"大厦|大学|学院|银行|酒店|饭店|宾馆|市场|商场|苑|花园|小区|人家|菜"
# A county's short form before one of these is part of a longer name, not a place by itself: many
# counties have everyday words as short forms, so the list is long.
_INSIDE_COUNTY = re.compile(
    rf"{_WHERE}(?:{_ROAD}|{_BUILDING}|里|环|线|桥|城|园|新村|村|庄|广场|中心|公寓|公园|超市|医院|学校|中学|"
    r"航空|机场|饭馆|餐|湾|山|岛|寺|塘|坝|根|楼|阁|轩|府|湖|河|江|港|站|火车站|门|体育|国际|保险|证券)"
)
# The short form of a city or province is a place more often (上海江桥, 武汉江汉路): a shorter list.
_INSIDE_CITY = re.compile(rf"{_WHERE}(?:{_ROAD}|{_BUILDING}|城(?![东南西北中厢关郊]|区))")
# Words before and between the links of a chain that name no division: the country, labels
# (注册地址:), words of old tables (市辖区, 省直辖县级行政区划), the Xinjiang corps, its divisions,
# free-trade zones and new areas, punctuation. A 县 alone is passed over only where another county
# follows it.
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
# Full names of districts that are everyday words: they count only behind their city.
_NEED_CITY = frozenset("东区 西区 城区 郊区 矿区 城中区 城东区 城西区 城北区".split())
# How good the evidence of each kind of name is, the best first.
_RANK = {"name": 0, "short": 1, "alias": 2, "former": 3}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the columns for province, city and county say; None where they say nothing."""

    province: Division | None = None
    city: Division | None = None
    county: Division | None = None

    @property
    def finest(self) -> Division | None:
        """The finest of them."""
        return self.county or self.city or self.province

    def holds(self, division: Division) -> bool:
        """Whether a division may be the answer."""
        if self.province and division.province_adcode != self.province.adcode:
            return False
        if division.level == "county" and self.county is not None:
            return is_same(division, self.county)
        if self.city is None or division.level == "province":
            return True
        if division.level == "county":
            return in_city(division, self.city)
        return is_same(division, self.city)


@dataclass(slots=True)
class DivisionChain:
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


def read_division_chain(text: str, start: int, scope: Scope, gazetteer: Gazetteer) -> DivisionChain:
    """Read the chain of divisions that begins at `start` of a normalised text."""
    chain = DivisionChain(end=start)
    while True:
        # a link begins behind the words that name nothing
        filler = _FILLERS.match(text, chain.end)
        at = filler.end() if filler else chain.end
        step = _next_link(text, at, chain.candidates, scope, gazetteer)
        if step is None and filler is None and at > start and text[at - 1] == "市":
            # 济南市中区: the 市 belongs to the city and to the district
            step = _next_link(text, at - 1, chain.candidates, scope, gazetteer)
            at -= 1
        # the chain ends where no name follows, or one that the columns exclude
        if step is None:
            return chain
        divisions, match = step
        if not divisions:
            chain.refused = match.text
            return chain
        # an alias (恩施州) is as good as a full name: nothing is cut off it
        chain.full = match.kind == "alias" or any(match.text == d.name for d in match.divisions)
        # each link replaces the one before it: the last is the finest
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
    """Return the next link: its divisions and the name that was found.

    The divisions are empty where a full name contradicts the columns. None where no name follows.
    """
    # the longest name first; names have at least two characters
    for end in range(min(len(text), at + gazetteer.max_length), at + 1, -1):
        matches = gazetteer.everywhere.get(text[at:end])
        if matches is None or (text[at:end] in _NEED_CITY and not before and not scope.city):
            continue
        full = any(m.text == d.name for m in matches for d in m.divisions)
        # the last character may belong to the next word: a market is no municipality
        if text.startswith("场", end) and text[end - 1] == "市":
            continue  # 重庆市场
        found = _allowed(matches, before, scope)
        # a short form inside the name of a road or a building is no place
        of_county = found is not None and found[0][0].level == "county"
        inside = not full and (_INSIDE_COUNTY if of_county else _INSIDE_CITY).match(text, end)
        # 呼和浩特新城区: what looks like the tail of a longer name may be the next link
        if inside and not (found and _next_link(text, end, found[0], scope, gazetteer)):
            return None
        if found:
            return found
        # at the beginning, a full name that the columns exclude ends the search: a shorter name
        # inside it would be a wrong guess. Behind another link a shorter name may still fit.
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
    # names of the year first; former ones only where none of them fits
    for match_rank in (range(3), range(3, 4)):
        # what fits the columns and lies in the divisions read so far
        fitting = [
            (d, m)
            for m in matches
            for d in m.divisions
            if _RANK[m.kind] in match_rank and scope.holds(d) and _follows(d, before)
        ]
        # a full name is meant before a short form of that text: 达县 before 达县地区
        fitting = [(d, m) for d, m in fitting if m.text == d.name] or fitting
        # the highest level that fits; spells of one division today are one candidate
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


# What stands between the head office and the word branch: 平安银行股份有限公司(深圳)分行.
_BRANCH = re.compile(
    r"(?:公司|银行|集团)([^()公司]{2,12}?)(?:分公司|分行|分店|分部|支行|办事处|子公司)"
)
# What stands in a column for province or city and says nothing.
_EMPTY = re.compile(
    r"(?i:nan|none|null|n/a)|[-/\\.]+|无|未知|不详|县|其他|(?:省|自治区)?直辖.{0,6}|市辖区"
)
# Short and wrong names of provinces that no table of divisions has, with the right ones.
_PROVINCES = dict(
    pair.split("=")
    for pair in (
        "内蒙=内蒙古 广西省=广西 新疆省=新疆 宁夏省=宁夏 西藏省=西藏 "
        "新疆兵团=新疆 新疆生产建设兵团=新疆 Xizang=西藏 xizang=西藏"
    ).split()
)
# What may follow the English name of a province, in normal form: without spaces.
_ENGLISH_UNIT = re.compile(r"(?:province|municipality|autonomousregion)$")
# What may be a place in brackets: (深圳).
_PARENTHESES = re.compile(r"\(([^()]{2,12})\)")
# What an address goes on with after a county's short form: 余杭仓前街道, 昆山开发区.
_ADDRESS_WORD = re.compile(
    r".{0,8}?(?:镇|乡|街道|路|街|道|号|村|弄|巷|开发区|工业园|工业区|高新|新区|园区|大厦|广场)|$"
)
# A name of two characters inside an address counts only behind one of these.
_SEPARATORS = frozenset(" ,;:()/-_>|、。")
# Up to which character of an address a full name counts when none stands at its beginning.
SEARCH_CHARACTERS = 40


ABROAD = Message("abroad, in Hong Kong, Macao or Taiwan")


class ScopeError(ValueError):
    """The columns for province and city say nothing usable.

    Parameters
    ----------
    message
        Why.
    """

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


def scope_of(province: str, city: str, gazetteer: Gazetteer, county: str = "") -> Scope:
    """Return the scope that the texts of the columns name.

    Raises
    ------
    ScopeError
        When a text is not empty and names no province, city or county, or they contradict.
    """
    # the column of the province: a name, or nothing
    province_text, city_text = _cell(province), without_fillers(_cell(city))
    home = province_named(province_text, gazetteer)
    if province_text and home is None:
        why = Message("province column {cell!r} names no province of {year}")
        raise ScopeError(why.fill(cell=province, year=gazetteer.year))
    scope = _with_city(city, city_text, home, gazetteer) if city_text else Scope(home)
    county_text = without_fillers(_cell(county))
    return _with_county(county, county_text, scope, gazetteer) if county_text else scope


def _with_city(cell: str, text: str, home: Division | None, gazetteer: Gazetteer) -> Scope:
    """Return the scope that the column of the city narrows; see `scope_of`."""
    if text in ("吉林", "吉林市"):
        text = "吉林省吉林市"  # in this column the city is meant, not the province
    # the column of the city: a chain that fills the whole cell and means one division
    chain = read_division_chain(text, 0, Scope(home), gazetteer)
    found = chain.candidates
    if len(found) == 1 and chain.end == len(text):
        if found[0].level == "province":
            return Scope(found[0])  # a municipality stands in both columns
        return Scope(home or gazetteer.by_adcode[found[0].province_adcode], found[0])
    if home:
        why = (
            Message("city column {cell!r} names more than one city in {province} of {year}")
            if found
            else Message("city column {cell!r} names no city in {province} of {year}")
        ).fill(province=home.name)
    elif found:
        why = Message("city column {cell!r} names more than one city of {year}")
    else:
        why = Message("city column {cell!r} names no city of {year}")
    raise ScopeError(why.fill(cell=cell, year=gazetteer.year))


def _with_county(cell: str, text: str, scope: Scope, gazetteer: Gazetteer) -> Scope:
    """Return the scope that the column of the county narrows; see `scope_of`."""
    chain = read_division_chain(text, 0, scope, gazetteer)
    found = chain.candidates
    if len(found) == 1 and chain.end == len(text):
        one = found[0]
        home = scope.province or gazetteer.by_adcode[one.province_adcode]
        if one.level == "county":
            return Scope(home, scope.city, one)
        # a city without counties, or one that stands in both columns
        return Scope(home, scope.city or (one if one.level == "city" else None))
    why = Message("county column {cell!r} names no county that the other columns allow in {year}")
    if found:
        why = Message("county column {cell!r} names more than one county of {year}")
    raise ScopeError(why.fill(cell=cell, year=gazetteer.year))


def resolve_address(text: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve an address by the chain of divisions at its beginning.

    Parameters
    ----------
    text
        The address as given.
    scope
        What the columns for province and city say.
    gazetteer
        Of the year of the address.

    Returns
    -------
    Resolution
        ``level`` is "" and ``divisions`` are the candidates when it stays open.
    """
    words = normalise(text)
    # the quick way: most addresses begin with the full names of province, city and county
    whole = gazetteer.county_by_full_names(words)
    if whole is not None and scope.holds(whole[0]):
        return Resolution("county", (whole[0],), "name", None, whole[1])
    if is_abroad(words):
        return _result(DivisionChain(), scope, ABROAD)
    # the chain at the beginning; weak where it is nothing, or one short form
    chain = read_division_chain(words, 0, scope, gazetteer)
    weak = chain.links <= 1 and not chain.full and not chain.refused
    if weak and (not chain.candidates or chain.candidates[0].level == "county"):
        # an address that begins with a park, a building or a short form: a chain behind it counts.
        # It needs two links to win over a county's short form, one where nothing was found
        later = _later_chain(words, scope, gazetteer, 1 if not chain.candidates else 2)
        if later is not None:
            return _result(later, scope)
    # a short form alone may be a brand (平安大厦), unless a town or a road follows
    if (
        not (scope.city or scope.county)
        and _may_be_a_brand(chain)
        and not _ADDRESS_WORD.match(words, chain.end)
    ):
        return _brand(words, chain, scope)
    return _result(chain, scope)


def _later_chain(
    words: str, scope: Scope, gazetteer: Gazetteer, links: int
) -> DivisionChain | None:
    """Return the first chain behind the beginning that ends in a full name and is long enough.

    `links` is the least number of its links.
    """
    for start in range(1, min(len(words), SEARCH_CHARACTERS)):
        found = read_division_chain(words, start, scope, gazetteer)
        # only full names of the year: short forms are everywhere in names of firms and roads
        if not found.full or found.kind != "name" or found.links < links:
            continue
        # a name cut out of a longer one is none: 台州市北区, 河南县
        before = words[start - 1]
        short = found.links == 1 and found.end - start <= 2
        if before in "市县州国省" or (short and before not in _SEPARATORS):
            continue
        return found
    return None


def resolve_company(name: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve a company's name: branch, then parentheses, then its beginning."""
    words = normalise(name)
    if is_abroad(words):
        return _result(DivisionChain(), scope, ABROAD)
    # the place of the branch, then what stands in brackets
    branch = _BRANCH.search(words)
    texts = [branch[1]] if branch else []
    for text in (*texts, *_PARENTHESES.findall(words)):
        chain = read_division_chain(text, 0, scope, gazetteer)
        # a county must fill the text, since other words in brackets begin like one
        rest = text[chain.end :]
        city = bool(chain.candidates) and chain.candidates[0].level != "county"
        if chain.candidates and (rest in ("", "市", "县", "区") or city):
            return _result(chain, scope)
    # then the beginning of the name, where it cannot be a brand
    chain = read_division_chain(words, 0, scope, gazetteer)
    if not (scope.city or scope.county) and _may_be_a_brand(chain):
        return _brand(words, chain, scope)
    return _result(chain, scope)


def _may_be_a_brand(chain: DivisionChain) -> bool:
    """Whether a short form is too weak: 平安, 长安, 阿里, 河北长安; not 北京, 深圳, 杭州余杭."""
    if not chain.candidates or chain.full or chain.links > 2:
        return False
    first = chain.candidates[0]
    if chain.links == 2:  # province and county: 山东泰山, 河北长安
        return first.level == "county" and chain.from_province
    return first.level == "county" or not first.name.endswith(("市", "省", "自治区"))


def _brand(words: str, chain: DivisionChain, scope: Scope) -> Resolution:
    """Return what is known in spite of a short form that may be a brand: the province, if any."""
    reason = Message(
        "{words} may be a brand as well as {names}",
        words=words[: chain.end],
        names=Listed(d.name for d in chain.candidates),
    )
    home = scope.finest
    if chain.from_province and home is None:
        home = chain.first
    if home is None:
        return Resolution("", chain.candidates, "", reason)
    return Resolution(level_of(home), (home, *chain.candidates), "column", reason)


def _cell(text: str) -> str:
    """Return a cell of a column in normal form, "" where it says nothing."""
    words = normalise(text)
    return "" if _EMPTY.fullmatch(words) else words


def province_named(text: str, gazetteer: Gazetteer) -> Division | None:
    """Return the province that a whole text names, None for none.

    Its full or short Chinese name, the short one also before 自治区, or its English name.

    Examples
    --------
    >>> from geodata.gazetteer import gazetteer
    >>> [province_named(text, gazetteer(2018)).name for text in ("湖北", "广西自治区", "Hubei")]
    ['湖北省', '广西壮族自治区', '湖北省']
    >>> province_named("吉林市", gazetteer(2018))  # a city
    """
    text = _cell(text)
    text = _PROVINCES.get(text, text)
    for match in gazetteer.everywhere.get(text, ()):
        if match.divisions[0].level == "province":
            return match.divisions[0]
    latin = _ENGLISH_UNIT.sub("", text.casefold())
    for province in gazetteer.provinces.values():
        region = province.name.endswith("自治区") and text == f"{province.short_name}自治区"
        if region or latin == normalise(province.name_en).casefold():
            return province
    return None


def _result(chain: DivisionChain, scope: Scope, why: Words | None = None) -> Resolution:
    """Return what a chain resolves to; where it stays open, the columns give the coarser place."""
    divisions = chain.candidates
    home = scope.finest
    if len(divisions) == 1:
        one = divisions[0]
        # the column of the county is finer than a text that ends at the city
        if scope.county is not None and one.level != "county":
            return Resolution("county", (scope.county,), "column", why)
        return Resolution(level_of(one), divisions, chain.kind, _reason(one, chain), chain.end)
    # more than one division has the name: all of them are candidates
    if divisions:
        reason = Message("ambiguous: {names}", names=names_with_codes(divisions))
        if home is None:
            return Resolution("", divisions, chain.kind, reason)
        return Resolution(level_of(home), (home, *divisions), "column", reason)
    # no name was read
    why = why or Message("no division at the beginning of the text")
    if chain.refused:
        why = Message("the text says {name}, the columns say otherwise", name=chain.refused)
    if home is None:
        return Resolution("", (), "", why)
    return Resolution(level_of(home), (home,), "column", why)


def _reason(division: Division, chain: DivisionChain) -> Words | None:
    """Say why a chain is no plain match of a county, None where it is one."""
    if chain.kind == "former":
        return renamed(division)
    if division.level != "county":
        return Message("no county is named, only {name}", name=division.name)
    return None
