"""The columns of a table of zones, the headings that name them, and units of area."""

from __future__ import annotations

import re
import unicodedata

from geodata.own_tables.headers import POSITION, PROVINCE, Vocabulary

SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": tuple(
        "开发区名称 名称 园区名称 开发区 园区 开发区名 园区名 集聚区名称 name zone zonename "
        "developmentzone park parkname".split()
    ),
    "id": tuple("id 编号 zoneid".split()),
    "code": tuple("code 代码 开发区代码 zonecode".split()),
    "name_en": tuple("nameen englishname 英文名称 英文名".split()),
    "province_adcode": tuple("provinceadcode provincecode 省份代码 省代码".split()),
    "province": (*PROVINCE, "省区市", "省(区、市)", "省自治区直辖市", "省市区"),
    "level": tuple("level 级别 开发区级别 层级".split()),
    "type": tuple("type 类型 开发区类型 类别".split()),
    "approved": tuple(
        "approved 批准时间 批准日期 获批时间 批准年份 批准年月 设立时间 成立时间 "
        "approvaldate dateofapproval".split()
    ),
    "extended": tuple("extended 扩区时间 扩区日期".split()),
    "area": tuple(
        "核准面积 批准面积 规划面积 面积 核准规划面积 areaha areakm2 area approvedarea "
        "approvedareaha approvedareakm2 areamu areasqkm".split()
    ),
    "industries": tuple("industries 主导产业 主要产业 产业".split()),
    "remark": tuple("remark 备注 说明 remarks".split()),
    **POSITION,
}
ZONE_TABLE = Vocabulary(
    SYNONYMS,
    "zones",
    ("name", "province", "area"),
    re.compile(
        r"(?<=面积)万?(?:公顷|平方公里|平方千米|平方米|亩)$|(?<=area)[ _](?:ha|km2|sqkm|mu)$"
    ),
)
# unit of area -> hectares; 15 mu are one hectare
_HA_PER = {
    unit: ha
    for ha, units in (
        (1.0, "公顷 ha hectare hectares hm2 万平方米"),
        (100.0, "平方公里 平方千米 km2 sqkm squarekm"),
        (1.0 / 15.0, "亩 mu"),
        (10_000.0 / 15.0, "万亩"),
        (10_000.0, "万公顷"),
        (1e-4, "平方米 m2 sqm"),
    )
    for unit in units.split()
}
AREA_UNITS = ("公顷", "ha", "平方公里", "km2", "亩", "万亩", "平方米", "m2")
# [zones] columns of a study file may name these; area_ha and area_km2 give the unit, too
CHOICES = (*SYNONYMS, "area_ha", "area_km2", "area_mu")


def ha_per_unit(words: str) -> float | None:
    """Return the hectares of one unit of area, None where the words are no unit."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    plain = re.sub(r"[\s_:.\-]+|单位", "", plain)
    return _HA_PER.get(plain)


def unit_of_choice(column: str) -> str:
    """Return the unit that a column's name in a study file gives: km2 of area_km2, else ""."""
    return column.removeprefix("area_") if column.startswith("area_") else ""
