"""Headings and words of tables in English and Chinese; numbers' formats beside them."""

from __future__ import annotations

from geodata.vocabulary import NOT_STATED

# column: (English heading, Chinese heading, format of its numbers)
COLUMNS: dict[str, tuple[str, str, str]] = {
    "level": ("Level", "级别", ""),
    "type": ("Type", "类型", ""),
    "province": ("Province", "省份", ""),
    "group": ("Group", "分组", ""),
    "zones": ("Zones", "开发区数（个）", ",.0f"),
    "area_km2": ("Area (km²)", "面积（平方公里）", ",.1f"),
    "urban_land_km2": ("Urban land (km²)", "城市用地（平方公里）", ",.0f"),
    "share_land_pct": ("Zones in urban land (%)", "占城市用地（%）", ".1f"),
    "gdp_yi_cny": ("Zone GDP (100 million CNY)", "开发区GDP（亿元）", ",.0f"),
    "province_gdp_yi_cny": ("Provincial GDP (100 million CNY)", "全省GDP（亿元）", ",.0f"),
    "median_km": ("Median distance (km)", "距离中位数（公里）", ",.0f"),
    "beyond": ("Zones beyond", "阈值以外（个）", ",.0f"),
    "beyond_zones_pct": ("Zones beyond (%)", "阈值以外（%）", ".1f"),
    "area_beyond_km2": ("Area beyond (km²)", "阈值以外面积（平方公里）", ",.1f"),
    "gdp_beyond_yi_cny": ("Zone GDP beyond (100 million CNY)", "阈值以外GDP（亿元）", ",.0f"),
    "listed_companies": ("Listed technology companies", "上市科技公司（家）", ",.0f"),
    "share_zones_pct": ("Share of zones (%)", "占开发区数（%）", ".1f"),
    "share_zone_gdp_pct": ("Share of zone GDP (%)", "占开发区GDP（%）", ".1f"),
    "registrations": ("Registered companies", "注册企业（家）", ",.0f"),
    "registered_capital_yi_cny": (
        "Registered capital (100 million CNY)",
        "注册资本（亿元）",
        ",.2f",
    ),
    "share_registrations_pct": ("Share of registered companies (%)", "占注册企业（%）", ".1f"),
    "share_capital_pct": ("Share of capital (%)", "占注册资本（%）", ".1f"),
    "share_listed_pct": ("Share of listed companies (%)", "占上市公司（%）", ".1f"),
    "threshold_km": ("Threshold (km)", "阈值（公里）", ",.10g"),
    "surely": ("Surely beyond", "必在阈值外（个）", ",.0f"),
    "possibly": ("Possibly beyond", "可能在阈值外（个）", ",.0f"),
    "beyond_area_pct": ("Zone area beyond (%)", "阈值以外面积（%）", ".1f"),
    "beyond_prefectures": ("Beyond, prefectures", "地级市口径（个）", ",.0f"),
    "beyond_listed": ("Beyond, listed", "上市公司口径（个）", ",.0f"),
    "beyond_registrations": ("Beyond, registrations", "注册企业口径（个）", ",.0f"),
    "beyond_cores": ("Beyond, cores", "核心城市口径（个）", ",.0f"),
    "grouping": ("Grouping", "分组方式", ""),
    "hub": ("Hub left out", "剔除的枢纽", ""),
    "zones_served": ("Zones it serves", "所服务开发区（个）", ",.0f"),
    "more_beyond": ("More beyond", "阈值以外增加（个）", ",.0f"),
    "median_added_km": ("Median way added (km)", "距离增加中位数（公里）", ",.0f"),
    "low_5_pct": ("5 %", "5%分位", ",.0f"),
    "median": ("Median", "中位数", ",.0f"),
    "high_95_pct": ("95 %", "95%分位", ",.0f"),
    "k": ("Number of cities", "城市数", ",.0f"),
    "cities": ("Best choice", "最优选择", ""),
    "zones_reached": ("Zones reached", "新覆盖开发区（个）", ",.0f"),
    "area_reached_km2": ("Area reached (km²)", "新覆盖面积（平方公里）", ",.0f"),
    "gdp_reached_yi_cny": ("GDP reached (100 million CNY)", "新覆盖GDP（亿元）", ",.0f"),
    "zones_left_beyond": ("Zones left beyond", "仍在阈值外（个）", ",.0f"),
    "optimality_gap": ("Gap", "最优性间隙", ".2g"),
    "greedy_city": ("Greedy: next", "贪心：下一个", ""),
    "greedy_pct": ("Greedy / best (%)", "贪心／最优（%）", ".1f"),
    "hub_layer": ("Hub layer", "枢纽口径", ""),
    "distance_method": ("Distance", "距离算法", ""),
    "gdp": ("GDP vintage", "GDP口径", ""),
    "land": ("Land", "用地口径", ""),
    "zone_gdp_trillion_cny": ("Zone GDP (trillion CNY)", "开发区GDP（万亿元）", ".2f"),
    "gdp_beyond_trillion_cny": ("Zone GDP beyond (trillion CNY)", "阈值以外GDP（万亿元）", ".2f"),
    "beyond_gdp_pct": ("Zone GDP beyond (%)", "阈值以外GDP（%）", ".1f"),
    "gdp_other_provinces_pct": ("Zone GDP of other provinces (%)", "其他省份GDP（%）", ".1f"),
    "figure": ("Figure", "指标", ""),
    "case": ("Hubs", "枢纽口径", ""),
    "published": ("Published", "报告值", ",.10g"),
    "ours": ("Ours", "本工具", ",.6g"),
    "low": ("Low", "下限", ",.5g"),
    "high": ("High", "上限", ",.5g"),
    "difference_pct": ("Difference (%)", "差异（%）", "+.1f"),
    "reason": ("Reason", "原因", ""),
}

# English word of a value -> Chinese, and the catalogue's Chinese terms -> English
ZH_VALUES = {
    "total": "合计",
    "three clusters": "三省市合计",
    "other provinces": "其他省份",
    "Beijing": "北京",
    "Zhejiang": "浙江",
    "Guangdong": "广东",
    "prefectures": "地级市",
    "listed": "上市公司",
    "cores": "核心城市",
    "registrations": "注册企业",
    "file": "自备名单",
    "Other": "其他",
    "zones": "开发区数",
    "area": "面积",
    "unknown": "不详",
    "gdp": "GDP",
    "place": "乡镇或园区",
    "county": "区县驻地",
    "city": "城市驻地",
    "province": "省会",
    "great-circle": "大圆距离",
    "geodesic": "椭球测地线",
    "2018-first": "2018年首次公布数",
    "2018-census4": "2018年四经普修订数",
    "2018-nbs2025": "2018年最新修订数",
    **{f"built-up-{year}": f"{year}年建成区" for year in range(2014, 2018)},
}
EN_VALUES = {
    NOT_STATED: "not stated",
    "国家级": "National",
    "省级": "Provincial",
    "经济技术开发区": "Economic and technological development zone",
    "高新技术产业开发区": "High-tech industrial development zone",
    "海关特殊监管区域": "Customs special supervision area",
    "边境/跨境经济合作区": "Border or cross-border economic cooperation zone",
    "其他类型开发区": "Other national zone",
    "经济开发区": "Economic development zone",
    "高新技术产业园区": "High-tech industrial park",
    "工业园区": "Industrial park",
    "total": "Total",
    "three clusters": "Three clusters",
    "other provinces": "Other provinces",
    "zones": "number of zones",
    "area": "zone area",
    "gdp": "zone GDP",
    "2018-first": "2018 as first published",
    "2018-census4": "2018 after the 4th census",
    "2018-nbs2025": "2018 as revised by 2025",
    **{f"built-up-{year}": f"built-up area {year}" for year in range(2014, 2018)},
}
GROUPING_NAMES = {
    "province": ("Province", "省份"),
    "level": ("Level", "级别"),
    "type": ("Type", "类型"),
    "period": ("Approval", "批准时期"),
    "cluster": ("Cluster", "集群"),
}


def pick(pair: tuple[str, str], language: str) -> str:
    """Return the English or Chinese of a pair."""
    return pair[1] if language == "zh" else pair[0]


def heading(column: str, language: str) -> str:
    """Return a column's heading, with its unit; the column's own name where it has none."""
    if column not in COLUMNS:
        return column
    return pick(COLUMNS[column][:2], language)


def number_format(column: str) -> str:
    """Return the format of a column's numbers, "" for text."""
    return COLUMNS[column][2] if column in COLUMNS else ""


def value(text: str, language: str) -> str:
    """Return a table's word in the language; what is unknown stays as it is."""
    return (ZH_VALUES if language == "zh" else EN_VALUES).get(text, text)
