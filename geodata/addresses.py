"""Resolve addresses and company names to divisions, and to the development zone they name.

An address names its divisions at its beginning, as a chain: province, city, county. Only the
chain counts, never a place word behind it, so that roads, malls, towns, firms' names and what
stands in brackets (陕西南路, 上海城, 重庆市场, 丰台镇) cannot win. A zone is named right behind
the chain (see `geodata.zone_names`). A company's name has its place before the word of its branch,
in parentheses (...(深圳)有限公司) or at the beginning (北京...). What the columns for province,
city and county say binds; what stays open is reported with its candidates.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from geodata.gazetteer import (
    UNIT_EN,
    Division,
    Gazetteer,
    Link,
    letters_of,
    names_with_codes,
    town_at,
)
from geodata.names import normalise
from geodata.resolver import Resolution, level_of, renamed
from geodata.words import Listed, Message, Words
from geodata.zone_names import zone_named

# Words that turn a place name before them into the name of a road or a building. A direction or
# a number may stand between the two: 陕西南路, 南京东路, 江汉二路.
_WHERE = r"[东南西北中上下前后新老一二三四五六七八九十0-9]{0,3}"
_ROAD = r"大?(?:道|路|街(?!道))|巷|弄|胡同"
_BUILDING = r"大厦|大学|学院|银行|酒店|饭店|宾馆|市场|商场|苑|花园|小区|人家|菜"
# Words for a town, a village, a farm or a park: the place name before them is the name of that.
_UNIT = r"镇|乡|街道|村|屯|社区|居委会|苏木|农场|林场|牧场|渔场|管理区|工业城|农垦"
# A county's short form before one of these is part of a longer name, not a place by itself: many
# counties have everyday words as short forms, so the list is long.
_INSIDE_COUNTY = re.compile(
    rf"{_WHERE}(?:{_ROAD}|{_BUILDING}|{_UNIT}|里|环|线|桥|园|新村|庄|广场|中心|公寓|公园|超市|医院|学校|"
    r"中学|城(?![东南西北中厢关郊区内]|镇)|航空|机场|饭馆|餐|湾|山|岛|寺|塘|坝|根|楼|阁|轩|府|湖|河|江|港|站|"
    r"火车站|门|体育|国际|保险|证券)"
)
# The short form of a city or province is a place more often (上海江桥, 武汉江汉路): a shorter list.
_INSIDE_CITY = re.compile(
    rf"{_WHERE}(?:{_ROAD}|{_BUILDING}|{_UNIT}|城(?![东南西北中厢关郊]|区|镇)|湾|里)"
)
# One character more before the word of a unit: 长阳铺镇, 太平川镇, 河北屯乡, 东营子开发区 are names
# of their own, of which the short form is a piece.
_PIECE = re.compile(rf"(?!农村|新村|乡村)[\u4e00-\u9fff](?:{_UNIT}|开发区|工业园|工业区)")
# Words of zones behind a county's short form: they belong to it only where it has such a zone.
_ZONE_WORD = re.compile(
    r"(?:经济|高新|工业|产业|科技|物流|创业|农业|技术|保税)[\u4e00-\u9fff]{0,8}?[区园]|开发区|园区|"
    r"高新区|经开区|新区"
)
# The county's own town: 孟连县城, 宜丰城关.
_OWN_TOWN = re.compile(r"县城|城区|市区|城关|城[东南西北中厢郊]|城镇")
# Words between the links of a chain and before it that name no division: the country, labels
# (注册地址:), words of old tables (市辖区, 省直辖县级行政区划), the Xinjiang corps, its divisions,
# free-trade zones and new areas, punctuation. A 县 alone is passed over only where another county
# follows it.
_FILLERS = re.compile(
    r"(?:中国|中华人民共和国|[^,:]{0,4}(?:地址|住所):?|[^,:]{0,6}(?:地区|所在地|位置|场所|地点):|"
    r"市辖区|市辖县|县(?=[\u4e00-\u9fff]{2,6}县)|"
    r"(?:省|自治区)?直辖县?级?行政(?:区划|单位)|直辖县级|"
    r"新疆生产建设兵团|(?:生产)?建设兵团|兵团|(?:第|农)[一二三四五六七八九十]+师|"
    r"自由贸易试验区|自贸(?:试验)?区|[\u4e00-\u9fff]{2,4}片区|雄安新区|西咸新区|贵安新区|"
    r"[()\[\]【】<>,、。;:._·\-–—/|])+"
)
# The first characters that a filler can have at a place where nothing else begins: asking for them
# is quicker than the pattern.
_FILLER_STARTS = frozenset("中市县省自直新生建兵第农雄西贵()[]【】<>,、。;:._·-–—/|")
# What begins so lies abroad, where the tables hold nothing.
_ABROAD = re.compile(r"日本|韩国|朝鲜|美国|英国|德国|法国|新加坡|越南|泰国|俄罗斯")
# Cities of Taiwan, known by their names only.
_TAIWAN = re.compile(
    r"(?:中国)?(?:台北|高雄市|新北市|台中市|台南市|桃园市|基隆市|新竹[市县]|嘉义市)"
)
# Full names of districts, now or then, that are everyday words: they count only behind their city.
_NEED_CITY = frozenset(
    "东区 西区 南区 北区 城区 郊区 矿区 市区 新区 一区 二区 市郊区 城中区 城东区 城西区 城北区 "
    "城南区 南城区 北城区 东市区 西市区 中市区 北市区 南市区 东郊区 西郊区 南郊区 北郊区 新城区 "
    "开元区 "
    "向阳区 东风区 东方红区 立新区 永红区 前进区 先锋区 城关区 公园区 茶坊区".split()
)
# How good the evidence of each kind of name is, the best first; a full name that a division had
# goes before a short form or an alias of another one (东乡县 before 东乡族自治县).
_FULL_NOW, _FULL_THEN, _SHORT_NOW, _SHORT_THEN = range(4)
# Prefectures within a prefecture: Tacheng and Altay in Ili.
_INNER_PREFECTURES = {"654000": ("654200", "654300")}


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
        Whether the last link is a full name, or an alias with a unit.
    end, links
        Where reading stopped, and after how many links.
    first
        What the first link means, where that is one division.
    refused
        A full name that contradicts the scope.
    starts
        Where each link begins.
    """

    candidates: tuple[Division, ...] = ()
    kind: str = ""
    full: bool = False
    end: int = 0
    links: int = 0
    first: Division | None = None
    refused: str = ""
    starts: tuple[int, ...] = ()

    @property
    def from_province(self) -> bool:
        """Whether the chain begins with a province that is no municipality."""
        first = self.first
        return bool(first and first.level == "province" and not first.name.endswith("市"))


def is_abroad(text: str) -> bool:
    """Whether a normalised text begins with a place outside the tables."""
    return _ABROAD.match(text) is not None


def read_division_chain(
    text: str, start: int, scope: Scope, gazetteer: Gazetteer, chain: DivisionChain | None = None
) -> DivisionChain:
    """Read the chain of divisions that begins at `start` of a normalised text.

    A chain that was read up to there is continued.
    """
    chain = chain or DivisionChain(end=start)
    while True:
        # a link begins behind the words that name nothing
        at = chain.end
        filler = None
        if chain.links == 0 or text[at : at + 1] in _FILLER_STARTS:
            filler = _FILLERS.match(text, at)
            at = filler.end() if filler else at
        step = _next_link(text, at, chain.candidates, scope, gazetteer)
        if step is None and filler is None and at > start and text[at - 1] == "市":
            # 济南市中区: the 市 belongs to the city and to the district
            step = _next_link(text, at - 1, chain.candidates, scope, gazetteer)
            at -= 1
        # the chain ends where no name follows, or one that the columns exclude
        if step is None:
            return chain
        divisions, kind, full, word = step
        if not divisions:
            chain.refused = word
            return chain
        # an alias with its unit (恩施州, 孟连县) is as good as a full name; so is one that reaches
        # to the division's own town
        chain.full = full or (kind == "alias" and word[-1] in "州县旗区市")
        # each link replaces the one before it: the last is the finest
        chain.candidates, chain.kind = divisions, kind
        if chain.links == 0 and len(divisions) == 1:
            chain.first = divisions[0]
        chain.starts += (at,)
        chain.end, chain.links = at + len(word), chain.links + 1


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
    return (
        county.city_adcode == city.adcode
        or county.current_adcode[:4] == city.adcode[:4]
        or county.city_adcode in _INNER_PREFECTURES.get(city.adcode, ())
    )


# divisions (none where a full name contradicts the columns), kind, whether full, the word
_Step = tuple[tuple[Division, ...], str, bool, str]


def _next_link(
    text: str, at: int, before: tuple[Division, ...], scope: Scope, gazetteer: Gazetteer
) -> _Step | None:
    """Return the next link: its divisions and the name that was found.

    The divisions are empty where a full name contradicts the columns. None where no name follows.
    """
    # the longest name first; most places begin no name at all
    links = gazetteer.links
    for length in gazetteer.link_lengths.get(text[at : at + 2], ()):
        end = at + length
        word = text[at:end]
        if len(word) < length or word not in links:
            continue
        if word in _NEED_CITY and not before and not scope.city:
            continue
        # the last character may belong to the next word: a market is no municipality
        if word[-1] == "市" and text.startswith("场", end):
            continue  # 重庆市场
        found, full = _allowed(word, before, scope, gazetteer)
        # a short form inside the name of a road, a town or a building is no place
        # 呼和浩特新城区: what looks like the tail of a longer name may be the next link
        if (
            not full
            and _is_inside(text, end, found)
            and (found is None or not _next_link(text, end, found[0], scope, gazetteer))
        ):
            return None
        if found:
            return found[0], found[1], full and found[2], word
        # at the beginning, a full name that the columns exclude ends the search: a shorter name
        # inside it would be a wrong guess. Behind another link a shorter name may still fit.
        if full and not before:
            return (), "name", True, word
    return None


def _is_inside(text: str, end: int, found: tuple[tuple[Division, ...], str, bool] | None) -> bool:
    """Whether a short form that ends at `end` is a piece of a longer name."""
    of_county = found is not None and found[0][0].level == "county"
    if found is not None and found[1] == "alias" and text[end - 1] in "州县旗":
        return False  # 孟连县城东路
    if (_INSIDE_COUNTY if of_county else _INSIDE_CITY).match(text, end):
        return True
    if _PIECE.match(text, end):
        return True
    # 城北工业园 is no park of 城北 in Xining, unless that has one
    if of_county and found is not None and _ZONE_WORD.match(text, end):
        return not any(zone_named(text, end, d) for d in found[0])
    return False


def _allowed(
    word: str, before: tuple[Division, ...], scope: Scope, gazetteer: Gazetteer
) -> tuple[tuple[tuple[Division, ...], str, bool] | None, bool]:
    """Return the divisions of a name that fit; and whether it is the full name of any division.

    Names of the year go before former ones. Of one name the higher level is meant (南昌 is the
    city, not the county; a county-level city that gave its prefecture the name is its seat).
    """
    # names and what stands before them repeat from row to row
    cache = gazetteer.allowed_links
    key = (word, before, scope if scope.province else None)
    if key not in cache:
        if len(cache) > _MOST_KEPT:
            cache.clear()
        links = gazetteer.links[word]
        cache[key] = _fitting(links, before, scope), any(link.full for link in links)
    known: tuple[tuple[tuple[Division, ...], str, bool] | None, bool] = cache[key]
    return known


_MOST_KEPT = 300_000


def _rank(link: Link) -> int:
    if link.kind == "alias" and link.division.name[-1] in "县州旗区市":
        return _FULL_THEN  # 东乡县 may be either, unless a province stands before it
    if link.full:
        return _FULL_THEN if link.kind == "former" else _FULL_NOW
    return _SHORT_THEN if link.kind == "former" else _SHORT_NOW


def _fitting(
    links: tuple[Link, ...], before: tuple[Division, ...], scope: Scope
) -> tuple[tuple[Division, ...], str, bool] | None:
    """Return the divisions of a name that fit, how it was found, whether it is their full one."""
    for rank in (_FULL_NOW, _FULL_THEN, _SHORT_NOW, _SHORT_THEN):
        # what fits the columns and lies in the divisions read so far
        of_rank = [link for link in links if _rank(link) == rank and scope.holds(link.division)]
        fitting = [link for link in of_rank if _follows(link.division, before)]
        # the highest level that fits; spells of one division today are one candidate
        for level in ("province", "city", "county"):
            chosen = {
                d.current_adcode or d.adcode: link
                for link in fitting
                if (d := link.division).level == level
            }
            if chosen:
                first = next(iter(chosen.values()))
                return tuple(link.division for link in chosen.values()), first.kind, first.full
        # 杭州市浙江省: what was read already, written once more, names nothing new
        again = [link for link in of_rank if _repeats(link.division, before)]
        if again and (again[0].full or again[0].division.level == "province"):
            kept = tuple(b for b in before if any(_follows(b, (link.division,)) for link in again))
            return kept, again[0].kind, again[0].full
    return None


def _follows(division: Division, before: tuple[Division, ...]) -> bool:
    """Whether a division lies in one of those read before it."""
    return not before or any(
        is_same(b, division)  # 北京市北京市, 浙江省浙江省
        or (b.level == "province" and division.level != "province"
         and division.province_adcode == b.adcode)
        or (b.level == "city" and division.level == "county" and in_city(division, b))
        or (b.level == "city" and division.adcode in _INNER_PREFECTURES.get(b.adcode, ()))
        for b in before
    )  # fmt: skip


def _repeats(division: Division, before: tuple[Division, ...]) -> bool:
    """Whether a division holds one of those read before it."""
    return division.level != "county" and any(
        b.level != division.level and _follows(b, (division,)) for b in before
    )


# Words of a branch at the end of a name: 分公司, 支行, 杭州隐秀路店. What stands between the head
# office and the word says where it is.
_HEAD_OFFICE = r"公司|银行|集团|事务所|大学|学院|医院|信用社|合作社|研究院|中心|厂"
_BRANCH_WORD = (
    r"分公司|子公司|分行|支行|分店|分部|分所|分院|分校|分厂|分社|分局|办事处|代表处|"
    r"营业部|营业厅|营业所|门市部|经营部|销售部|服务部|销售处|专卖店|专营店|旗舰店|加盟店|"
    r"连锁店|体验店|直营店|超市|药店|餐厅|酒店|饭店|储蓄所|网点|项目部|校区|院区|工厂|店"
)
_BRANCH = re.compile(rf"(?:{_HEAD_OFFICE})\(?([^()公司]{{2,14}}?)\)?(?:{_BRANCH_WORD})(?:\(.*\))?$")
# A bank of a county bears its name, whatever else that means: 四川宣汉农村商业银行.
_COUNTY_BANK = re.compile(r"(?:.{0,6}(?:商业银行|村镇银行|农商银?行|信用合作|信用社|农信))")
# What stands in brackets and is not the place of the firm but of a campus or a yard.
_CAMPUS = re.compile(r"(?:校区|院区|园区|分校|分院|厂区|店)$")
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
# What an address goes on with after a county's short form: 余杭仓前街道, 昆山前进中路.
_ADDRESS_WORD = re.compile(
    r".{0,8}?(?:镇|乡|街道|路|街|道|号|村|弄|巷|开发区|工业园|工业区|高新|新区|园区|大厦|广场)|$"
)
# The same, near and with a name of its own before it.
_NEAR_ADDRESS_WORD = re.compile(
    r"[\u4e00-\u9fff]{2,6}?(?:镇|乡|街道|路|街|大道|道|村|开发区|工业园|工业区)|$"
)
# A full name inside a text counts behind one of these, or at the end of a longer word.
_SEPARATORS = frozenset(" ,;:()/-_>|、。")
_WORD_ENDS = frozenset("区园镇乡路街号村厦楼室场院部社处")
# Up to which character of an address a full name counts when none stands at its beginning.
SEARCH_CHARACTERS = 40
_HAN = re.compile(r"[\u4e00-\u9fff]")
# The name of a division with one character wrong: what it may look like.
_LIKE_DIVISION = re.compile(r"[\u4e00-\u9fff]{1,5}?[市县区旗州盟]")


ABROAD = Message("abroad")
NOTHING_NAMED = Message("no division at the beginning of the text")


class ScopeError(ValueError):
    """The columns for province, city and county say something that is not usable.

    Parameters
    ----------
    message
        Why.
    rest
        What they say all the same; None for nothing.
    """

    def __init__(self, message: Words, rest: Scope | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.rest = rest


def scope_of(province: str, city: str, gazetteer: Gazetteer, county: str = "") -> Scope:
    """Return the scope that the texts of the columns name.

    Raises
    ------
    ScopeError
        When a text is not empty and names no province, city or county, or they contradict. The
        columns before that one still bind: `ScopeError.rest`.
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
    # another province's city contradicts; what names no city at all leaves the province as it is
    rest = Scope(home) if home and not _fills(text, gazetteer) else None
    if home:
        why = (
            Message("city column {cell!r} names more than one city in {province} of {year}")
            if found and chain.end == len(text)
            else Message("city column {cell!r} names no city in {province} of {year}")
        ).fill(province=home.name)
    elif found:
        why = Message("city column {cell!r} names more than one city of {year}")
    else:
        why = Message("city column {cell!r} names no city of {year}")
    raise ScopeError(why.fill(cell=cell, year=gazetteer.year), rest)


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
    rest = scope if scope.finest and not _fills(text, gazetteer) else None
    raise ScopeError(why.fill(cell=cell, year=gazetteer.year), rest)


def _fills(text: str, gazetteer: Gazetteer) -> bool:
    """Whether a cell is the full name of a division, anywhere."""
    chain = read_division_chain(text, 0, Scope(), gazetteer)
    return bool(chain.candidates) and chain.full and chain.end == len(text)


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
        ``level`` is "" and ``divisions`` are the candidates when it stays open. ``zone`` is the
        development zone named behind the divisions.
    """
    words = normalise(text)
    begun = plain_beginning(words, scope, gazetteer)
    if begun is not None:
        one, end = begun
        chain = DivisionChain((one,), "name", True, end, 1, one)
        return _result(chain, scope)._replace(zone=zone_named(words, end, one))
    return resolve_link_by_link(text, words, scope, gazetteer)


def resolve_link_by_link(text: str, words: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve an address that `plain_beginning` says nothing of; see `resolve_address`."""
    if is_abroad(words):
        return _result(DivisionChain(), scope, ABROAD)
    if words[:1] in "中台高新桃基嘉" and _TAIWAN.match(words) and scope.finest is None:
        words = "台湾省" + words.removeprefix("中国")
    if _HAN.search(words) is None:
        return _romanised(text, scope, gazetteer)
    chain = read_division_chain(words, 0, scope, gazetteer)
    # a zone's whole name says its place, whatever divisions its words look like
    chain = _of_whole_zone(words, chain, scope, gazetteer) or chain
    # weak is what is nothing, or one short form
    weak = chain.links <= 1 and not chain.full and not chain.refused
    if weak and (not chain.candidates or chain.candidates[0].level == "county"):
        # an address that begins with a park, a building or a short form: a chain behind it counts.
        # It needs two links to win over a county's short form, one where nothing was found
        later = _later_chain(words, scope, gazetteer, 1 if not chain.candidates else 2)
        if later is not None:
            return _with_zone(_result(later, scope), words, scope)
    if not (scope.city or scope.county) and not _is_trusted(words, chain, gazetteer):
        return _brand(words, chain, scope)
    # 天津经开区 is a zone rather than 南开区 with a wrong character
    plain = _with_zone(_result(chain, scope), words, scope)
    found = None if plain.zone else _one_character_off(words, chain, scope, gazetteer)
    return _with_zone(found, words, scope) if found else plain


def plain_beginning(words: str, scope: Scope, gazetteer: Gazetteer) -> tuple[Division, int] | None:
    """Return the division that an address begins with in plain full names, and where they end.

    The quick way, for most addresses; None where the chain must be read link by link, since the
    words are no plain chain, go on with a further name or one that looks like one, or lie outside
    what the columns say.
    """
    found = gazetteer.by_full_names(words)
    if found is None:
        return None
    division, end = found
    if scope.province is not None and (scope.county is not None or not scope.holds(division)):
        return None
    goes_on = division.level != "county" and _goes_on(words, end, division, scope, gazetteer)
    return None if goes_on else found


def _goes_on(words: str, end: int, division: Division, scope: Scope, gazetteer: Gazetteer) -> bool:
    """Whether a further name may follow a division that is no county."""
    before, starts = (division,), gazetteer.link_lengths
    if words[end : end + 1] in _FILLER_STARTS and _FILLERS.match(words, end):
        return True
    if words[end : end + 2] in starts and _next_link(words, end, before, scope, gazetteer):
        return True
    if words[end - 1] == "市":
        if words.startswith("场", end):
            return True
        last = words[end - 1 : end + 1]  # 济南市中区
        if last in starts and _next_link(words, end - 1, before, scope, gazetteer):
            return True
    like = _LIKE_DIVISION.match(words, end)
    return like is not None and bool(gazetteer.names_like(like[0], division))


def _of_whole_zone(
    words: str, chain: DivisionChain, scope: Scope, gazetteer: Gazetteer
) -> DivisionChain | None:
    """Return the chain of the county of a zone whose whole name begins where a link of it does."""
    filler = _FILLERS.match(words) if words[:1] in _FILLER_STARTS else None
    for start in dict.fromkeys((0, filler.end() if filler else 0, *chain.starts, chain.end)):
        found = zone_named(words, start, None)
        # what was read must be a part of the name
        if found is None or len(found.zones) > 1 or found.end < chain.end:
            continue
        zone = found.zones[0]
        county = gazetteer.by_adcode.get(zone.adcode)
        before = scope.finest
        if start > 0 and chain.first is not None and start != chain.starts[0]:
            before = before or chain.first
        if county is None or not scope.holds(county):
            continue
        if before is None or zone.reaches(before):
            return DivisionChain((county,), "zone", True, start, 1, county)
    return None


def _with_zone(found: Resolution, words: str, scope: Scope) -> Resolution:
    """Return a resolution with the zone that is named behind its divisions."""
    if not found.level or not found.divisions:
        return found
    home = found.divisions[0]
    if found.end == 0 and found.method == "column":
        # nothing was read of the text: it may begin with a zone of what the columns say
        filler = _FILLERS.match(words)
        start = filler.end() if filler else 0
    else:
        start = found.end
    if len(found.divisions) > 1:
        return found
    zone = zone_named(words, start, home)
    return found if zone is None else found._replace(zone=zone)


def _later_chain(
    words: str, scope: Scope, gazetteer: Gazetteer, links: int
) -> DivisionChain | None:
    """Return the first chain behind the beginning that ends in a full name and is long enough.

    `links` is the least number of its links.
    """
    depth = 0  # of brackets: what stands in them is a place nearby
    starts = gazetteer.link_lengths
    for start in range(min(len(words), SEARCH_CHARACTERS)):
        depth += (words[start] == "(") - (words[start] == ")")
        if start == 0 or words[start : start + 2] not in starts:
            continue
        found = read_division_chain(words, start, scope, gazetteer)
        if depth > 0 and found.end <= words.find(")", start):
            continue
        # only full names of the year: short forms are everywhere in names of firms and roads
        if not found.full or found.kind != "name" or found.links < links:
            continue
        # a name cut out of a longer one is none: 台州市北区, 河南县, 凯丰城市广场
        before = words[start - 1]
        if before in "市县州国省":
            continue
        alone = found.links == 1 and before not in _SEPARATORS and not before.isdigit()
        if alone and (found.end - start <= 2 or before not in _WORD_ENDS):
            continue
        return found
    return None


def _is_trusted(words: str, chain: DivisionChain, gazetteer: Gazetteer) -> bool:
    """Whether the words behind a short form say that it is a place and no brand or town."""
    if not _may_be_a_brand(chain):
        return True
    counties = [d for d in chain.candidates if d.level == "county"]
    if not counties:
        return _ADDRESS_WORD.match(words, chain.end) is not None
    # a county's own zone, town or seat behind its short form
    if _OWN_TOWN.match(words, chain.end):
        return True
    for county in counties:
        if zone_named(words, chain.end, county) or town_at(words, chain.end, county, gazetteer):
            return True
    near = _NEAR_ADDRESS_WORD.match(words, chain.end) is not None
    return near and (chain.links > 1 or all(d.name.endswith("市") for d in counties))


def _one_character_off(
    words: str, chain: DivisionChain, scope: Scope, gazetteer: Gazetteer
) -> Resolution | None:
    """Return what an address says whose next full name has one wrong character (杭洲市).

    The one division that it may be is taken where a full name of that division follows, and is a
    candidate where none does.
    """
    home = chain.candidates[0] if len(chain.candidates) == 1 else None
    if chain.refused or (home is not None and home.level == "county") or scope.county:
        return None
    if home is None:
        home = scope.finest
        if home is None or chain.candidates:
            return None
    match = _LIKE_DIVISION.match(words, chain.end)
    if match is None:
        return None
    found = gazetteer.names_like(match[0], home)
    found = tuple(d for d in found if scope.holds(d))
    if len(found) != 1:
        return None
    one = found[0]
    reason = Message("{text} is read as {name}", text=match[0], name=one.name)
    so_far = DivisionChain((one,), "name", True, match.end(), chain.links + 1, chain.first or one)
    further = read_division_chain(words, match.end(), scope, gazetteer, so_far)
    if further.links > chain.links + 1 and further.full and len(further.candidates) == 1:
        last = further.candidates[0]
        return Resolution(level_of(last), (last,), further.kind, reason, further.end)
    reason = Message("{text} may be {name}", text=match[0], name=one.name)
    return Resolution(level_of(home), (home, one), chain.kind or "column", reason, chain.end)


def _romanised(text: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve an address in Latin letters, which goes from small to large: ..., Hangzhou, Zhejiang.

    Its parts between commas are read from the end, as long as they name divisions.
    """
    chain = DivisionChain()
    for part in reversed(re.split(r"[,;\n]", text)):
        key = letters_of(part)
        if key in ("", "china", "prchina", "prc", "peoplesrepublicofchina"):
            continue
        step = _romanised_link(key, chain.candidates, scope, gazetteer)
        if step is None:
            # beside a name there may be a number: Hangzhou 310051; a street ends the chain
            break
        chain.candidates, chain.kind, chain.full = step
        chain.links += 1
        if chain.links == 1 and len(chain.candidates) == 1:
            chain.first = chain.candidates[0]
    return _result(chain, scope)


def _romanised_link(
    key: str, before: tuple[Division, ...], scope: Scope, gazetteer: Gazetteer
) -> tuple[tuple[Division, ...], str, bool] | None:
    """Return the divisions that a part of a romanised address names."""
    links = gazetteer.romanised.get(key) or gazetteer.romanised.get(UNIT_EN.sub("", key), ())
    found = _fitting(tuple(links), before, scope)
    # a county of that name alone may be a street or a firm
    if found is None or (not before and not found[2] and found[0][0].level == "county"):
        return None
    return found


def resolve_company(name: str, scope: Scope, gazetteer: Gazetteer) -> Resolution:
    """Resolve a company's name: branch, then parentheses, then its beginning.

    Outside the place that the name begins with, a branch needs a full name or a city.
    """
    words = normalise(name)
    if is_abroad(words):
        return _result(DivisionChain(), scope, ABROAD)
    head = read_division_chain(words, 0, scope, gazetteer)
    trusted = (
        scope.city is not None
        or scope.county is not None
        or not _may_be_a_brand(head)
        or (head.links == 2 and _COUNTY_BANK.match(words, head.end) is not None)
    )
    # the place of the branch, then what stands in brackets
    branch = _BRANCH.search(words)
    texts = [(branch[1], False)] if branch else []
    texts += [(text, True) for text in _PARENTHESES.findall(words)]
    for text, whole in texts:
        campus = _CAMPUS.search(text)
        found = _elsewhere(
            text[: campus.start()] if campus else text, head, trusted, scope, gazetteer
        )
        # in brackets nothing else may stand, since other words begin like a place
        if found is not None and (
            not whole or campus or text[found.end :] in ("", "市", "县", "区")
        ):
            return _result(found, scope)
    # then the beginning of the name, where it cannot be a brand
    if not trusted:
        return _brand(words, head, scope)
    return _result(head, scope)


def _elsewhere(
    text: str, head: DivisionChain, trusted: bool, scope: Scope, gazetteer: Gazetteer
) -> DivisionChain | None:
    """Return the place of a branch, near the head office or anywhere by a name that is sure.

    A short form of a county may be a quarter of the head office's city.
    """
    home = head.candidates[0] if trusted and len(head.candidates) == 1 else head.first
    if home is not None and scope.province is None:
        province = gazetteer.by_adcode.get(home.province_adcode)
        city = home if home.level == "city" else gazetteer.by_adcode.get(home.city_adcode)
        for inside in (Scope(province, city) if city else None, Scope(province)):
            found = read_division_chain(text, 0, inside, gazetteer) if inside else None
            if found and len(found.candidates) == 1:
                one = found.candidates[0]
                # a county's short form elsewhere in the province may be a quarter of the city
                near = inside is not None and inside.city is not None
                if near or found.full or one.level != "county" or city is None:
                    return found
    found = read_division_chain(text, 0, scope, gazetteer)
    if not found.candidates:
        return None
    first = found.candidates[0]
    city_wide = first.level != "county" and first.name.endswith(("市", "省", "自治区"))
    full = found.full and found.kind == "name"
    if home is None or scope.province is not None or full or found.links > 1 or city_wide:
        return found
    return None


def _may_be_a_brand(chain: DivisionChain) -> bool:
    """Whether a short form is too weak: 平安, 长安, 阿里, 河北长安; not 北京, 深圳, 杭州余杭."""
    if not chain.candidates or chain.full or chain.links > 2:
        return False
    first = chain.candidates[0]
    if chain.links == 2:  # province and county: 山东泰山, 河北长安
        return first.level == "county" and chain.from_province
    return first.level == "county" or not first.name.endswith(("市", "省", "自治区", "行政区"))


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
    why = why or NOTHING_NAMED
    if chain.refused:
        why = Message("the text says {name}, the columns say otherwise", name=chain.refused)
    if home is None:
        return Resolution("", (), "", why)
    return Resolution(level_of(home), (home,), "column", why)


def _reason(division: Division, chain: DivisionChain) -> Words | None:
    """Say why a chain is no plain match of a county, None where it is one."""
    return _reason_of(division, chain.kind)


@functools.cache
def _reason_of(division: Division, kind: str) -> Words | None:
    if kind == "former":
        return renamed(division)
    if division.level != "county" and kind != "zone":
        return Message("no county is named, only {name}", name=division.name)
    return None
