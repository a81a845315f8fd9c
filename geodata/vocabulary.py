"""Terms that every part shares: provinces, levels, types, datums, the country's rectangle."""

from __future__ import annotations

from geodata.words import Message, Words, in_context

# Mean radius R1 = (2a + b) / 3 of the WGS-84 ellipsoid (Moritz, Geodetic Reference System 1980).
EARTH_RADIUS_KM = 6371.0088
PROVINCES = tuple(
    "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 "
    "浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 "
    "重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 "
    "新疆维吾尔自治区".split()
)
# The catalogue's levels and types of zones, with their words in every language.
LEVEL_WORDS: dict[str, Words] = {
    "国家级": Message("National"),
    "省级": Message("Provincial"),
}
TYPE_WORDS: dict[str, Words] = {
    "经济技术开发区": Message("Economic and technological development zone"),
    "高新技术产业开发区": Message("High-tech industrial development zone"),
    "海关特殊监管区域": Message("Customs special supervision area"),
    "边境/跨境经济合作区": Message("Border or cross-border economic cooperation zone"),
    "其他类型开发区": Message("Other national zone"),
    "经济开发区": Message("Economic development zone"),
    "高新技术产业园区": Message("High-tech industrial park"),
    "工业园区": Message("Industrial park"),
}
# The four regions of the National Bureau of Statistics.
REGION_WORDS: dict[str, Words] = {
    "东部地区": Message("East"),
    "中部地区": Message("Central"),
    "西部地区": Message("West"),
    "东北地区": Message("North-east"),
}
REGIONS = tuple(REGION_WORDS)
# the same in names of columns
LEVEL_KEYS = dict(zip(LEVEL_WORDS, ("national", "provincial"), strict=True))
TYPE_KEYS = dict(
    zip(
        TYPE_WORDS,
        (
            "economic_technological high_tech customs border other_national economic "
            "high_tech_park industrial_park"
        ).split(),
        strict=True,
    )
)
ZONE_LEVELS, ZONE_TYPES = tuple(LEVEL_WORDS), tuple(TYPE_WORDS)
# how a text to be geocoded is read
TEXT_KINDS = ("auto", "address", "company")
NOT_STATED = "未注明"  # level or type of a zone whose table says none
NOT_STATED_WORDS = Message("not stated")
# Datums of longitude and latitude that are read; everything inside is in the first.
DATUMS = ("WGS-84", "GCJ-02", "BD-09")
# The country's rectangle with a margin, degrees: what lies outside is no place in China.
CHINA_LON_DEG, CHINA_LAT_DEG = (73.0, 136.0), (3.0, 54.0)
# `uncertainty_km` holds the true place in about 90 % of cases; three times it, nearly always.
TIMES_UNCERTAINTY = 3.0
# How fine a position is, the finest first: the values of `geocode_level`.
LEVELS: dict[str, Words] = {
    "place": in_context("how fine a position is", "place"),
    "county": in_context("how fine a position is", "county"),
    "city": in_context("how fine a position is", "city"),
    "province": in_context("how fine a position is", "province"),
}
