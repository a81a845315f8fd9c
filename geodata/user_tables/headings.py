"""What the heading of a column means: its words, the datum or the unit that stands beside them.

No patterns guess: a heading is taken apart, datum, unit and role are taken off, and what is left
must equal a known stem. Whatever else resembles one is unknown, and its account says so.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

# Longitude and latitude that a reader has made of a geometry, in WGS-84: no heading of a user's.
GEOMETRY_LON, GEOMETRY_LAT = "geometry: longitude", "geometry: latitude"

# meaning -> stems, without signs and capitals, the preferred first where a table has several
STEMS: dict[str, tuple[str, ...]] = {
    meaning: tuple(stems.split())
    for meaning, stems in {
        "lon": (
            "经度 经度坐标 经度值 东经 中心经度 中心点经度 lon lng long longitude longitud "
            "decimallongitude jd jingdu x坐标 坐标x x xcoord xcoordinate pointx coordx centroidx"
        ),
        "lat": (
            "纬度 纬度坐标 纬度值 北纬 中心纬度 中心点纬度 lat latitude latitud decimallatitude "
            "wd weidu y坐标 坐标y y ycoord ycoordinate pointy coordy centroidy"
        ),
        "lonlat": (
            "经纬度 经纬度坐标 位置坐标 中心点坐标 坐标 lnglat lonlat longlat location "
            "coordinates coordinate coords latlng latlon latlong 纬经度"
        ),
        "datum": (
            "坐标系 坐标系统 坐标类型 坐标基准 大地基准 基准 datum crs srs epsg coordtype "
            "coordinatesystem"
        ),
        "geometry": "几何 空间数据 geometry geom thegeom wkbgeometry wkt geojson shape",
        "zone_name": (
            "开发区名称 开发区 开发区名 园区名称 园区 园区名 产业园区名称 产业园区 产业园名称 "
            "工业园区名称 工业园区 工业园名称 高新区名称 集聚区名称 区域名称 zonename zone "
            "parkname park sez developmentzone developmentzonename kfqmc yqmc"
        ),
        "company_name": (
            "企业名称 公司名称 企业全称 公司全称 企业名 公司名 单位名称 机构名称 主体名称 "
            "商事主体名称 市场主体名称 纳税人名称 企业 公司 证券简称 companyname company firmname "
            "firm enterprisename enterprise organizationname organization conm"
        ),
        "hub_name": (
            "hub 枢纽 枢纽名称 站名 车站 车站名 车站名称 高铁站 站点名称 站点 港口 港口名称 港名 "
            "机场 机场名称 学校 学校名称 高校 高校名称 大学 院校名称 医院名称 点位名称 "
            "地点 地名 hubname port portname station stationname airport airportname school "
            "schoolname university universityname college poi poiname place placename"
        ),
        "any_name": "名称 全称 name title",
        "weight": (
            "权重 权数 人口 常住人口 年末常住人口 人口数 企业数 企业数量 从业人员 从业人数 "
            "就业人数 weight weights population pop employment firms"
        ),
        "name_en": "英文名称 英文名 nameen englishname",
        "province": (
            "所属省份 省份 所在省份 所属省 所在省 省 省级 注册省份 归属省份 省份名称 省名 省市 "
            "省区市 省区 省自治区直辖市 省市区 所属省市 所在省市 province prov provincename sheng"
        ),
        "province_adcode": "省份代码 省代码 provinceadcode provincecode",
        "city": (
            "所属城市 城市 所在城市 所属市 所在市 市 地级市 地市 市州 设区市 市级 所属地市 "
            "所在地市 注册城市 城市名 城市名称 地市名称 city cityname prefecture prefname "
            "prefecturename shi"
        ),
        "county": (
            "所属区县 区县 所在区县 所属县区 县区 所在县区 县市区 区县市 所在县 所属县 所在区 "
            "所属区 县 区 区县名称 县级 注册区县 行政区 county countyname district districtname "
            "xian quxian"
        ),
        "region": "地区 区域 所在地 属地 行政区划 所在地区 所属地区 region",
        "address": (
            "注册地址 登记地址 企业注册地址 公司注册地址 住所 住所地 企业住所 注册地 注册地址住所 "
            "住所经营场所 企业地址 公司地址 单位地址 详细地址 地址 经营场所 主要经营场所 经营地址 "
            "办公地址 通讯地址 通信地址 registeredaddress regaddr address addr fulladdress "
            "streetaddress officeaddress"
        ),
        "adcode": (
            "行政区划代码 区划代码 区县代码 县代码 城市代码 adcode countycode citycode gbcode "
            "xzqdm divisioncode"
        ),
        "area": (
            "核准面积 批准面积 批复面积 审批面积 审核面积 公告面积 四至面积 核准规划面积 规划面积 "
            "规划总面积 总面积 面积 approvedarea plannedarea area totalarea hzmj"
        ),
        "other_area": (
            "建成区面积 已开发面积 实际面积 占地面积 用地面积 工业用地面积 建筑面积 房屋核准面积 "
            "builtarea landarea shapearea"
        ),
        "capital": (
            "注册资本 注册资金 注册资本金 认缴注册资本 认缴出资额 registeredcapital regcapital "
            "regcap capital"
        ),
        "currency": "币种 注册资本币种 资本币种 货币 币别 货币种类 currency capitalcurrency",
        "credit_code": (
            "统一社会信用代码 社会统一信用代码 社会信用代码 信用代码 统一信用代码 统一代码 "
            "纳税人识别号 税号 creditcode unifiedsocialcreditcode uscc usci shxydm"
        ),
        "status": (
            "登记状态 经营状态 企业状态 公司状态 存续状态 状态 status operatingstatus "
            "registrationstatus regstatus"
        ),
        "company_type": "企业类型 公司类型 市场主体类型 主体类型 companytype enterprisetype",
        "zone_type": "开发区类型 园区类型 zonetype parktype",
        "any_type": "类型 类别 性质 type category kind",
        "level": (
            "级别 开发区级别 园区级别 层级 批准级别 审批级别 等级 批准机关 审批机关 批准单位 "
            "level grade tier zonelevel kfqjb"
        ),
        "approved": (
            "批准时间 批准日期 批准年份 批准年月 批准年 获批时间 批复时间 批复日期 设立时间 "
            "设立年份 成立时间 成立日期 成立年份 升级时间 approved approvaldate dateofapproval "
            "approvalyear yearapproved established pzsj"
        ),
        "extended": "扩区时间 扩区日期 extended",
        "code": "代码 开发区代码 园区代码 code zonecode",
        "id": "编号 id zoneid",
        "industries": "主导产业 主要产业 产业 industries industry",
        "remark": "备注 说明 remark remarks note notes",
        "uncertainty": (
            "不确定度 误差半径 定位误差 uncertainty coordinateuncertainty positionerror"
        ),
        # a table of what the way from a zone to a hub takes
        "origin": "起点 起点名称 出发地 出发点 origin originname originid from fromid fromname",
        "destination": (
            "终点 终点名称 目的地 到达地 destination destinationname destinationid dest to toid "
            "toname"
        ),
        "travel": (
            "时间 用时 时长 耗时 通行时间 出行时间 行驶时间 行车时间 驾车时间 旅行时间 通勤时间 "
            "距离 里程 路程 行驶距离 行车距离 驾车距离 道路距离 路网距离 成本 出行成本 费用 "
            "traveltime drivetime drivingtime time duration minutes hours distance "
            "traveldistance roaddistance networkdistance dist cost travelcost impedance "
            "value 值 数值"
        ),
        "unit_words": "单位 计量单位 unit units",
        "position_source": "positionsource 位置来源 坐标来源",
        # a table of zonegap's own: how a position was found, and what was made of it
        "geocode_level": "geocodelevel",
        "geocode_method": "geocodemethod",
        "geocode_source": "geocodesource",
        "geocode_candidates": "geocodecandidates",
        "geocode_reason": "geocodereason",
        "spans": "spans",
    }.items()
}
_MEANING = {stem: (meaning, n) for meaning, stems in STEMS.items() for n, stem in enumerate(stems)}
# initials and axes: degrees only where the values are, so their order is behind all words
BARE = frozenset(
    "jd wd x y x坐标 y坐标 坐标x 坐标y xcoord ycoord xcoordinate ycoordinate pointx pointy coordx "
    "coordy centroidx centroidy".split()
)
# latitude stands first in a cell that holds both
LAT_FIRST = frozenset("latlng latlon latlong 纬经度".split())

# The words that name each datum; CGCS2000 and WGS-84 differ by centimetres and count as one.
_DATUM_WORDS = {
    "WGS-84": (
        "wgs84 wgs1984 wgs epsg4326 4326 gps cgcs2000 cgcs 国家2000 大地2000 "
        "2000国家大地 国家大地2000 epsg4490 4490 天地图 tianditu 84坐标 84坐标系"
    ),
    "GCJ-02": (
        "gcj02 gcj 火星坐标系 火星坐标 火星 高德 高德坐标 高德坐标系 高德地图 "
        "腾讯 腾讯坐标 腾讯坐标系 腾讯地图 国测局 国测局坐标 amap gaode tencent qqmap mars"
    ),
    "BD-09": "bd09 bd09ll bd 百度 百度坐标 百度坐标系 百度地图 baidu bmap baidumap",
}
_DATUM_OF = {word: datum for datum, words in _DATUM_WORDS.items() for word in words.split()}
# names of a datum, or of a grid in metres, that say nothing usable
UNUSABLE_DATUMS = frozenset(
    "谷歌 谷歌坐标 谷歌地图 google googlemaps bd09mc 3857 epsg3857 webmercator 西安80 "
    "北京54 xian80 beijing54 utm".split()
)
# in these only, 84 alone is a datum: lon84, x_84
_POSITION = ("lon", "lat", "lonlat")

AREA_UNITS = frozenset(
    "公顷 万公顷 万平方米 平方公里 平方千米 亩 万亩 平方米 万m2 hm2 km2 m2 ha hectare "
    "hectares sqkm squarekm squarekilometers squarekilometres sqm mu 万㎡".split()
)
_LENGTH_UNITS = {"km": "km", "公里": "km", "千米": "km", "m": "m", "米": "m", "meters": "m",
                 "metres": "m", "inmeters": "m", "inmetres": "m"}  # fmt: skip
_TIME_UNITS = {word: unit for unit, words in {
    "h": "h hr hrs hour hours 小时 钟头", "min": "min mins minute minutes 分钟 分",
    "s": "s sec secs second seconds 秒 秒钟",
}.items() for word in words.split()}  # fmt: skip
_TRAVEL_UNITS = _LENGTH_UNITS | _TIME_UNITS
_UNITS_BY_LENGTH = sorted(AREA_UNITS | set(_TRAVEL_UNITS), key=lambda unit: (-len(unit), unit))
_MONEY = re.compile(r"(?:万亿|亿|千万|百万|十万|万|千|百)?(?:人民币|美|港|欧|日)?元$|(?:万|亿)$")
# what may stand in front of a stem and says whose the column is
_ROLES = tuple(
    "中心点 中心 位置 坐标 园区 开发区 企业注册地 注册地 注册 企业 公司 单位 机构 项目 学校 "
    "站点 项目地 map location centroid center centre geo coordinate site company firm park "
    "zone school port station hub point gis".split()
)
_LANGUAGES = {"cn": "", "zh": "", "chn": "", "chinese": "", "en": "en", "eng": "en",
              "english": "en", "中文": "", "英文": "en"}  # fmt: skip
_SEPARATORS = re.compile(r"[\s_\-./:*\\|,，、;+=~#\"“”]+")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|\{([^{}]*)\}")
_BORDERS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z0-9])(?=[㐀-鿿])|(?<=[㐀-鿿])(?=[A-Za-z])")
# words that one token was cut into: bd 09, wgs 84, epsg 4326
_JOINED = re.compile(r"\b(wgs|bd|gcj|epsg|cgcs)\s+(84|1984|09|02|09ll|09mc|4326|4490|3857|2000)\b")
_SQUARES = re.compile(r"\b(k|h)?m\s+2\b")
# traditional characters of headings: 經度, 園區名稱, 縣市
_SIMPLIFIED = str.maketrans(
    "經緯縣區發園稱號碼積註冊資單構學車場準審態狀類時間聯絡電話標準詳細營業處級別業產開國產點機關東"
    "總額劃據應實繳認幣種備說優資訊鄉鎮鐵線灣衛關設擴況聯屬於計貨記錄",
    "经纬县区发园称号码积注册资单构学车场准审态状类时间联络电话标准详细营业处级别业产开国产点机关东"
    "总额划据应实缴认币种备说优资讯乡镇铁线湾卫关设扩况联属于计货记录",
)
_LONGEST = 200  # a heading beyond this is text, not a heading


@dataclass(frozen=True)
class Heading:
    """What a heading says.

    Attributes
    ----------
    text
        As it stands.
    meaning
        A key of `STEMS`; "" where it is unknown.
    stem, rank
        The words that say it, and their place among the meaning's stems: the first go first.
    datum
        WGS-84, GCJ-02 or BD-09; "" for none.
    unusable
        A word for a datum that cannot be used, as 谷歌 or a grid in metres; "" for none.
    unit
        Of an area, a capital or a length, as it stands; "" for none.
    owner
        Words in front that say whose the column is (企业, map).
    remark
        What stands in brackets and is neither datum nor unit.
    looks_like
        The meaning that an unknown heading resembles, "" for none.
    """

    text: str
    meaning: str = ""
    stem: str = ""
    rank: int = 0
    datum: str = ""
    unusable: str = ""
    unit: str = ""
    owner: str = ""
    remark: str = ""
    looks_like: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether only initials or an axis stand there: x, jd."""
        return self.stem in BARE


def plain_heading(heading: str) -> str:
    """Return a heading in the form it is compared in."""
    return unicodedata.normalize("NFKC", heading).translate(_SIMPLIFIED).casefold().strip()


def datum_of(text: str) -> str:
    """Return the datum that a text names, "" for none."""
    return _DATUM_OF.get(_signless(plain_heading(text)), "")


def travel_unit(text: str) -> str:
    """Return the unit of length or time that a text names: km, m, h, min or s; "" for none.

    Examples
    --------
    >>> travel_unit("分钟"), travel_unit("公里"), travel_unit("亩")
    ('min', 'km', '')
    """
    return _TRAVEL_UNITS.get(_signless(plain_heading(text)), "")


def is_unusable_datum(text: str) -> bool:
    """Whether a text names a datum, or a grid in metres, that cannot be used."""
    return _signless(plain_heading(text)) in UNUSABLE_DATUMS


def _signless(plain: str) -> str:
    return _SEPARATORS.sub("", plain).replace("(", "").replace(")", "")


@functools.lru_cache(maxsize=4096)
def read_heading(text: str) -> Heading:
    """Take a heading apart.

    Examples
    --------
    >>> read_heading("经度_WGS84").meaning, read_heading("经度_WGS84").datum
    ('lon', 'WGS-84')
    >>> read_heading("面积/公顷").unit, read_heading("bd_lng").datum
    ('公顷', 'BD-09')
    """
    if text == GEOMETRY_LON:
        return Heading(text, "lon", text, -1, "WGS-84")
    if text == GEOMETRY_LAT:
        return Heading(text, "lat", text, -1, "WGS-84")
    if not text.strip() or len(text) > _LONGEST:
        return Heading(text)
    folded = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).strip()
    # the whole without signs first: 省(区、市), 所属区/县, 住所(经营场所)
    whole = _signless(folded.casefold())
    if whole in _MEANING:
        return _known(text, whole)
    found = Heading(text)
    # what stands in brackets is a datum, a unit or a remark
    for groups in _BRACKETS.findall(folded):
        inside = next((group for group in groups if group), "")
        found = _with_remark(found, inside)
    outside = _BRACKETS.sub(" ", folded)
    # lower to upper case and between scripts are borders, too: lngGCJ02, WGS84经度
    spaced = _SEPARATORS.sub(" ", _BORDERS.sub(" ", outside)).casefold()
    spaced = _SQUARES.sub(r"\1m2", _JOINED.sub(r"\1\2", spaced))
    found, words = _affixes(found, spaced.split())
    return _stem(found, words)


def _known(text: str, stem: str) -> Heading:
    meaning, rank = _MEANING[stem]
    return Heading(text, meaning, stem, rank)


def _with_remark(found: Heading, inside: str) -> Heading:
    """Return a heading with what its brackets say."""
    plain = _signless(plain_heading(inside)).removeprefix("单位")
    if plain in _DATUM_OF:
        return replace(found, datum=found.datum or _DATUM_OF[plain])
    if plain in UNUSABLE_DATUMS:
        return replace(found, unusable=inside)
    if plain in _TRAVEL_UNITS:
        return replace(found, unit=found.unit or _TRAVEL_UNITS[plain])
    if plain in AREA_UNITS or _MONEY.fullmatch(plain):
        return replace(found, unit=found.unit or inside.rsplit(":", maxsplit=1)[-1].strip())
    return replace(found, remark=(found.remark or inside).strip())


def _affixes(found: Heading, words: list[str]) -> tuple[Heading, list[str]]:
    """Take off words that are a datum, a unit of area or length, or a language."""
    left: list[str] = []
    for word in words:
        if word in _DATUM_OF and not found.datum:
            found = replace(found, datum=_DATUM_OF[word])
        elif word in UNUSABLE_DATUMS:
            found = replace(found, unusable=word)
        elif word in AREA_UNITS and left and not found.unit:
            found = replace(found, unit=word)
        elif word in _TRAVEL_UNITS and left and not found.unit:
            found = replace(found, unit=_TRAVEL_UNITS[word])
        elif word == "84" and left and not found.datum:
            found = replace(found, datum="WGS-84")
        else:
            left.append(word)
    # a language behind: province_cn; an English name is a column of its own
    while len(left) > 1 and left[-1] in _LANGUAGES:
        if _LANGUAGES[left.pop()] == "en" and "name" in left[-1]:
            return found, ["nameen"]
    return found, left


def _stem(found: Heading, words: list[str]) -> Heading:
    """Return a heading with the meaning of the words that are left."""
    # coordinateUncertaintyInMeters; 面积_单位_公顷
    words = [word for word in words if word not in ("in", "单位")]
    joined = "".join(words)
    if not joined and found.datum:  # 百度坐标: a datum, and nothing else
        return replace(found, meaning="lonlat", stem="坐标")
    for start in range(len(words) + 1):
        # roles in front, word by word: map bd lng, 企业 经度
        owner = "".join(words[:start])
        if start and owner not in _ROLES and not all(word in _ROLES for word in words[:start]):
            break
        meant = _attached(replace(found, owner=owner), "".join(words[start:]))
        if meant is not None:
            return meant
    # roles without a border: 企业经度, 园区面积
    for role in _ROLES:
        if joined.startswith(role):
            meant = _attached(replace(found, owner=role), joined.removeprefix(role))
            if meant is not None:
                return meant
    return replace(found, looks_like=_resembled(joined, words))


def _attached(found: Heading, text: str) -> Heading | None:
    """Return the meaning of a stem that a datum or a unit may be attached to; None for none."""
    for stem, datum, unit in _cuts(text):
        if stem not in _MEANING:
            continue
        meaning, rank = _MEANING[stem]
        # a number or code of a company is none of the row's
        if found.owner and meaning in ("id", "code", "remark"):
            continue
        if (datum or found.datum or found.unusable) and meaning not in (*_POSITION, "geometry"):
            continue
        if unit and meaning not in ("area", "other_area", "capital", "uncertainty", "travel"):
            continue
        # area_min is the least of some areas
        if (unit or found.unit) in _TIME_UNITS.values() and meaning != "travel":
            continue
        if unit and (meaning == "capital") != bool(_MONEY.fullmatch(unit)):
            continue
        return replace(
            found, meaning=meaning, stem=stem, rank=rank,
            datum=found.datum or datum, unit=found.unit or unit,
        )  # fmt: skip
    return None


def _cuts(text: str) -> Iterable[tuple[str, str, str]]:
    """Give the ways to cut a word into a stem, a datum and a unit, the plain one first."""
    yield text, "", ""
    for word, datum in _DATUM_OF.items():
        if text.startswith(word):
            yield text.removeprefix(word), datum, ""
        if text.endswith(word):
            yield text.removesuffix(word), datum, ""
    if text.endswith("84"):
        yield text.removesuffix("84"), "WGS-84", ""
    # the longest first: 万平方米 ends in 平方米
    for unit in _UNITS_BY_LENGTH:
        if text.endswith(unit):
            yield text.removesuffix(unit), "", _TRAVEL_UNITS.get(unit, unit)
    money = _MONEY.search(text)
    if money:
        yield text[: money.start()], "", money[0]


# which unknown headings are named as looking like a known one: stem inside -> meaning
_TELLING = {
    stem: meaning
    for meaning in (
        "lon lat lonlat area other_area zone_name company_name hub_name any_name province city "
        "county address capital".split()
    )
    for stem in STEMS[meaning]
    if stem not in BARE and (len(stem) >= 2 if stem[0] > "㐀" else len(stem) >= 3)
}


def _resembled(joined: str, words: list[str]) -> str:
    """Return the meaning that an unknown heading resembles.

    A Chinese stem of two characters anywhere inside, or an English one that is a word.
    """
    for stem, meaning in sorted(_TELLING.items(), key=lambda each: -len(each[0])):
        if stem in joined if stem[0] > "㐀" else stem in words:
            return meaning
    return ""
