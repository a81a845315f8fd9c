"""What the name of an OpenStreetMap point says about a development zone or a town.

A zone's name and a point's name are cut the same way into place, type words and rest:
安吉经济开发区管委会 is 安吉 + 经济开发区 + 管委会. Place and type must agree; the rest says how
good the evidence is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.gazetteer import Gazetteer
from geodata.names import normalise

# type words by kind, longest first where one begins with another
KINDS = {
    "tech": "新技术产业开发区 新技术开发区 高技术开发区 高新技术产业开发区 高新技术产业示范区 "
    "高新技术产业园区 高新技术产业园 高新技术开发区 高新产业开发区 高技术产业开发区 高新技术园区 "
    "高新开发区 高新区",
    "bonded": "综合保税区 综合保税港区 保税港区 保税物流园区 保税区 出口加工区",
    "border": "边境经济合作区 边境合作区",
    "resort": "国家旅游度假区 旅游度假区",
    "taiwan": "台商投资区",
    "park": "工业集中发展区 工业集中区 工业集聚区 产业集聚区 工业园区 产业园区 工业园 产业园 "
    "工业区",
    "other": "工业示范基地 产业基地 示范基地 工业新区 经济区 示范园区 加工园区 科技园区 "
    "科技园 软件园 投资区 工业港 经济核心区 产业功能区 互市贸易区 经济合作区 金融贸易区",
    "eco": "新兴技术开发区 经济技术开发区 经济开发区 经开区 开发区",
}
# a zone cut into this rest is still the whole zone; with any other it is a part of one
_WHOLE = re.compile(r"(?:[东西南北]区|及?[A-Z]区(?:、[A-Z]区)*|及.+园区|.+片及.+片)?")
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
_TYPE = re.compile("|".join(sorted(_KIND_OF, key=len, reverse=True)))
_BRACKETS = re.compile(r"[(（].*?[)）]")
# words between place and type that do not tell zones apart
_FILLER = re.compile(r"(?:产业转移|循环经济|国家级|国家|省级|特色|市级)$")
# offices whose names stand between place and type: 合肥市公安局高新技术开发区分局
_ORGAN = re.compile(r"^(.*?)(?:税务总局|[税公国自生环市工规水人].{1,9}?局|(?:支|大|总)队|人民法院)")
_ROAD = re.compile(
    r"^.{0,2}?(?:路|大道|大街|街(?!道)|桥|立交|隧道|地铁)|收费站|高速|服务区|互通|欢迎|标志"
)
_OFFICE = re.compile(
    r"^\(?(?:党工委)?(?:管委会|管理委员会|行政中心|政务中心|管委)(?:$|[A-Z\d一二东西办大综机])"
)
_AREA = re.compile(r"^\(?(?:[东西南北中]区|[A-Z一二三]区|[一二三]期|核心区|起步区)?\)?$")
_PART = re.compile("新区|片区|组团|.管委会|.管理委员会")
_TRADE = re.compile(
    "店|宾馆|支行|分理处|银行|信用社|公司|厂|小区|花园|公寓|宿舍|公租房|安置|加油|超市|超级市场"
)
_TRADE_CLASSES = frozenset(
    "hotel motel hostel guesthouse bank atm restaurant fast_food cafe bar supermarket convenience "
    "clothes mobile_phone_shop furniture_shop car_dealership bakery bicycle_rental "
    "residential tower".split()
)

# how a town is written in the table of seats, several with a stroke between
_TOWN_SPLIT = re.compile(r"[（()）/、，,]|一带|附近")
_TOWN = re.compile(r"([一-鿿]{2,5}?)(?:镇|乡|街道|街办|苏木)?")
# brands and trades that stand in names where a town could stand
_NO_TOWNS = frozenset(
    "临港 空港 港口 海港 滨江 滨海 沿海 新区 新城 新站 机场 航空 航天 火车站 高新 科技 "
    "环保 稀土 汽车 石化 化工 化学 电子 陶瓷 轴承 铝业 矿区 信息 火炬 医药 财富 现代 首府 胜利 "
    "西区 大桥 长江大桥 金融 生态 矿泉 煤电 五金 华侨".split()
)
_HALL = re.compile(
    r"(?:镇|乡|街道|苏木|民族乡|农场)?(?:党委)?(?:人民政府|政府|办事处|街道办|党群服务中心|便民服务中心|政务服务中心)"
)
_SITE = re.compile(r"镇|乡|街道|苏木|民族乡|农场")
_VILLAGE = re.compile("[村屯号]")
_SERVICE = re.compile(
    r"(?:第?[一二三四五]|中心|高级|初级|实验|边防|职工|人民|九年一贯制|公安|社区卫生服务|集贸)*"
    r"(?:小学|中学|学校|幼儿园|初中|高中|完小|医院|卫生院|中心|派出所|财政所|司法所|法庭|市场|火车站|站|口岸)$"
)


@dataclass(frozen=True, slots=True)
class ZoneName:
    """A name cut into parts.

    Attributes
    ----------
    place
        Town or brand, else the short name of the last division, "" where neither stands.
    own
        Whether `place` is a town or brand, not a division.
    kind, words
        Kind of zone and the type words as printed.
    rest
        What follows the type words.
    """

    place: str
    own: bool
    kind: str
    words: str
    rest: str


def city(adcode: str) -> str:
    """Return the part of a code that names the city, of a municipality the whole."""
    return adcode[:2] if adcode[:2] in ("11", "12", "31", "50") else adcode[:4]


def towns_in(text: str) -> list[str]:
    """Return the towns in a text like ``暮云镇/大托（天心区）`` without 镇, 乡, 街道."""
    found = (_TOWN.fullmatch(part.strip()) for part in _TOWN_SPLIT.split(text))
    return [m[1] for m in found if m and m[1] not in _NO_TOWNS]


def is_town(town: str, province_adcode: str, gazetteer: Gazetteer) -> bool:
    """Exclude divisions (忻州, 江海区: the seat of today) and other zones (火炬开发区)."""
    return split_place(town, province_adcode, gazetteer)[1] and not _TYPE.search(town)


def same_type(zone: ZoneName, point: ZoneName) -> bool:
    """Respect the type; a 综合保税区 may have grown from another bonded zone, never shrunk."""
    if zone.words == point.words or zone.kind not in ("bonded", "other"):
        return zone.kind == point.kind
    if zone.kind == "other":
        return False  # 中关村软件园 is not 中关村科技园区
    short = point.words == "保税区" and zone.words in ("综合保税区", "保税港区")
    return short or (point.words == "综合保税区" and zone.words != "保税物流园区")


def cut(name: str, province_adcode: str, gazetteer: Gazetteer, *, last: bool) -> ZoneName | None:
    """Cut a name at its type words, None where it has none.

    Parameters
    ----------
    name
        Of a zone or a point.
    province_adcode
        Where it lies.
    gazetteer
        Division names to tell from towns and brands.
    last
        Cut at the last type words (zones) or at the first (points, whose rest may name
        a park inside the zone).
    """
    text = normalise(name)
    if last:
        text = _BRACKETS.sub("", text)
    found = list(_TYPE.finditer(text))
    if not found:
        return None
    match = found[-1 if last else 0]
    before = text[: match.start()] if last else _without_organ(text[: match.start()])
    place, own = split_place(before, province_adcode, gazetteer)
    words = match.group()
    if last and not _WHOLE.fullmatch(text, match.end()):
        return None
    return ZoneName(place, own, _KIND_OF[words], words, text[match.end() :])


def _without_organ(text: str) -> str:
    while found := _ORGAN.match(text):
        text = text[found.end() :] or found[1]
    return text


def split_place(text: str, province_adcode: str, gazetteer: Gazetteer) -> tuple[str, bool]:
    """Return the town or brand behind the division names, else the last division's short name."""
    province = gazetteer.by_adcode[province_adcode]
    # 吉林 alone is the city
    text = text.replace("湽博", "淄博")  # a slip of the catalogue
    text = text.removeprefix("国家级").strip("·—“")
    for prefix in (province.name, province.short_name + "省", province.short_name):
        if text.startswith(prefix) and len(text) > len(prefix) + 1:
            text = text.removeprefix(prefix)
            break
    for _ in range(2):
        text = _FILLER.sub("", text)
    end, place, printed = 0, "", ""
    for match in gazetteer.matches(text, province_adcode):
        if match.start != end:
            break
        end, printed = match.start + len(match.text), match.text
        place = match.divisions[0].short_name or printed
    rest = text[end:]
    stripped = rest.lstrip("省市县区")
    if len(stripped) > 1:
        return stripped.removesuffix("镇"), True
    # one character is no town: 太仓港, 南通市北
    return (printed + rest, True) if stripped else (place, False)


def evidence(rest: str, fclass: str) -> str:
    """Return how good a point is: office, area (the zone itself), public, or "" for none.

    Roads, trade and housing carry the names of zones far beyond them, and a second type
    word or a 管委会 further on in the rest is a part of the zone with a place of its own.
    """
    if _ROAD.search(rest) or _TRADE.search(rest) or fclass in _TRADE_CLASSES:
        return ""
    if _OFFICE.search(rest):
        return "office"
    if _AREA.search(rest):
        return "area"
    return "" if _TYPE.search(rest) or _PART.search(rest) else "public"


def town_evidence(name: str, town: str, province_adcode: str, gazetteer: Gazetteer) -> str:
    """Return how a point is named after a town: hall, site (镇 is said), service or ""."""
    text = normalise(name)
    matches, end = gazetteer.matches(text, province_adcode), 0
    for match in matches:
        if match.start != end or text.startswith(town, end):
            break
        end = match.start + len(match.text)
    end += len(text[end:]) - len(text[end:].lstrip("省市县区"))
    if not text.startswith(town, end):
        return ""
    rest = text[end + len(town) :]
    if _ROAD.search(rest) or _TRADE.search(rest) or _TYPE.search(rest):
        return ""
    if _HALL.match(rest):
        return "hall"
    if _SITE.match(rest):
        return "" if _VILLAGE.search(rest) else "site"
    return "service" if _SERVICE.match(rest) else ""
