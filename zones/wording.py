"""Words of tables and messages in English and Chinese; numbers' formats beside them."""

from __future__ import annotations

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
    "threshold_km": ("Threshold (km)", "阈值（公里）", ",.0f"),
    "surely": ("Surely beyond", "必在阈值外（个）", ",.0f"),
    "possibly": ("Possibly beyond", "可能在阈值外（个）", ",.0f"),
    "beyond_area_pct": ("Zone area beyond (%)", "阈值以外面积（%）", ".1f"),
    "beyond_prefectures": ("Beyond, prefectures", "地级市口径（个）", ",.0f"),
    "beyond_listed": ("Beyond, listed", "上市公司口径（个）", ",.0f"),
    "beyond_registrations": ("Beyond, registrations", "注册企业口径（个）", ",.0f"),
    "beyond_cores": ("Beyond, cores", "核心城市口径（个）", ",.0f"),
    "k": ("Cities", "城市数", ",.0f"),
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
    "gdp": "GDP",
    "place": "乡镇或园区",
    "county": "区县驻地",
    "city": "城市驻地",
    "province": "省会",
    "great-circle": "大圆距离",
    "geodesic": "椭球测地线",
}
EN_VALUES = {
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
}

TITLES = {
    "types": ("Development zones by level and type", "各级各类开发区"),
    "provinces": ("The regional gap by province", "各省份的区域差距"),
    "clusters_vs_rest": (
        "Zhejiang, Guangdong and Beijing against the other provinces",
        "浙粤京与其他省份",
    ),
    "threshold_curve": ("Zones beyond a threshold", "阈值以外的开发区数"),
    "sensitivity": (
        "Sensitivity to hubs, distance, GDP vintage and land year",
        "对枢纽、距离、GDP口径与用地年份的敏感性",
    ),
    "where_next": ("Where next: cities that bring the most within reach", "下一步：新增枢纽城市"),
    "reconciliation": ("Published figures and ours", "报告数字与本工具对照"),
}

NOTES = {
    "beyond": (
        "Beyond: strictly farther than {threshold_km:g} km from the nearest hub; "
        "hubs: {layer}; distance: {method}.",
        "阈值以外：距最近枢纽严格大于{threshold_km:g}公里；枢纽：{layer}；距离：{method}。",
    ),
    "where_next": (
        "Best k prefecture-level cities for {weight} within {threshold_km:g} km (great circle), "
        "beyond what the hubs ({layer}) reach; optimum proved by the solver where the gap is 0.",
        "在{threshold_km:g}公里（大圆距离）内按{weight}计的最优k个地级市，不含现有枢纽（{layer}）已覆盖者；"
        "间隙为0表示已证明最优。",
    ),
    "band": (
        "Surely / possibly beyond, low / high: beyond even if every zone lay nearer / farther by "
        "its uncertainty_km (90 % radius of its position), all at once: the widest band.",
        "下限／上限：所有开发区同时按位置的不确定半径（90%）靠近／远离枢纽后仍在阈值外的个数，为最宽区间。",
    ),
    "gdp": (
        "Zone GDP is an estimate: approved area × provincial GDP ({gdp}) / urban land ({land}).",
        "开发区GDP为估算值：核准面积×全省GDP（{gdp}）÷城市用地（{land}）。",
    ),
    "source": (
        "Source: zonegap {version}; catalogue of development zones 2018; {sources}.",
        "资料来源：zonegap {version}；《中国开发区审核公告目录》（2018年版）；{sources}。",
    ),
}


# figure of the 2020 report -> short words with the unit
FIGURES = {
    "zones_total": ("Zones", "开发区数（个）"),
    "zones_area": ("Zone area (10,000 km²)", "开发区面积（万平方公里）"),
    "zones_area_share": ("Zone area in urban land (%)", "占城市用地（%）"),
    "zones_gdp": ("Zone GDP 2018 (trillion CNY)", "开发区GDP（万亿元）"),
    "zones_gdp_share": ("Zone GDP in national GDP (%)", "占全国GDP（%）"),
    "registrations_total": ("Registrations", "注册企业数（家）"),
    "registrations_capital": ("Registered capital (100 million CNY)", "注册资本（亿元）"),
    "registrations_core": ("Registrations in the three", "三省市注册企业数（家）"),
    "registrations_core_capital": (
        "Capital in the three (100 million CNY)",
        "三省市注册资本（亿元）",
    ),
    "registrations_core_capital_share": ("Capital in the three (%)", "三省市注册资本占比（%）"),
    "registrations_other_capital": (
        "Capital in the other 28 (100 million CNY)",
        "其他28省份注册资本（亿元）",
    ),
    "registrations_other_capital_share": (
        "Capital in the other 28 (%)",
        "其他28省份注册资本占比（%）",
    ),
    "zones_other28": ("Zones in the other 28 provinces", "其他28省份开发区数（个）"),
    "zones_gdp_other28": ("Their zone GDP (trillion CNY)", "其开发区GDP（万亿元）"),
    "zones_gdp_other28_share": ("Their share of zone GDP (%)", "其占开发区GDP（%）"),
    "zones_beyond_500km": ("Zones beyond 500 km", "500公里以外开发区数（个）"),
    "threshold_km": ("Threshold with that many beyond (km)", "与报告个数相应的阈值（公里）"),
}

REASONS = {
    "catalogue": ("the catalogue's own count", "目录本身的个数"),
    "area": (
        "{area_km2:,.3f} km2 added up; the report rounds",
        "合计{area_km2:,.3f}平方公里；报告取整",
    ),
    "land": (
        "{land}; urban construction land 2018 is not public",
        "用地口径{land}；2018年城市建设用地未公开",
    ),
    "gdp": ("GDP {gdp}, land {land}", "GDP口径{gdp}，用地口径{land}"),
    "provincial_sum": ("of the sum of provincial GDP", "占各省GDP之和"),
    "ratio": ("ratio of the two above", "上两项之比"),
    "not_public": ("the 564 registrations are not public", "564家注册企业名单未公开"),
    "prefectures": (
        "every prefecture-level city of the three, for the 206",
        "以三省市全部地级市代替206家",
    ),
    "listed": ("cities of listed technology companies only", "仅上市科技公司所在城市"),
    "cores": ("Beijing, Hangzhou, Guangzhou, Shenzhen only", "仅北京、杭州、广州、深圳"),
    "registrations": ("places of the given registrations", "所给注册企业的所在地"),
    "file": ("hubs of the given file", "所给名单中的枢纽"),
    "given_companies": ("the given registrations", "所给注册企业名单"),
    "made_up_places": (
        "places of made-up companies (synthetic)",
        "虚构企业（synthetic）的所在地",
    ),
    "made_up": (
        "made-up companies (synthetic): equal by construction",
        "虚构企业（synthetic）：按构造相等",
    ),
    "narrowed": ("hubs of {provinces} only", "仅{provinces}的枢纽"),
    "own_table": ("the given table's own count", "所给名录本身的个数"),
    "interval": ("any threshold from low to high gives the count", "下限至上限之间个数相同"),
    "too_few": ("the table has fewer zones than that", "名录的开发区数不足"),
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
