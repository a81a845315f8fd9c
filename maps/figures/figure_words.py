"""Words of the figures in English and Chinese."""

from __future__ import annotations

from geodata.loaders import load_provinces
from zones.parameters import SYNTHETIC
from zones.report.source_line import sources
from zones.study import Study
from zones.versions import VERSION
from zones.words.wording import pick

WORDS: dict[str, tuple[str, str]] = {
    "type_title": ("Development zones by level and type", "各级各类开发区数量"),
    "map_title": (
        "Development zones beyond {t:,g} km from the nearest technology hub",
        "距最近科技企业枢纽{t:,g}公里以外的开发区",
    ),
    "curve_title": (
        "Development zones beyond a distance from the nearest technology hub",
        "距最近科技企业枢纽一定距离以外的开发区数量",
    ),
    "province_title": (
        "Distance of development zones from the nearest technology hub, by province",
        "各省份开发区到最近科技企业枢纽的距离",
    ),
    "gdp_title": ("Estimated GDP of development zones, by province", "各省份开发区GDP（估算）"),
    "zones": ("Zones", "开发区/个"),
    "gdp_beyond": ("Beyond", "以外/万亿元"),
    "zones_axis": ("Zones (number)", "开发区/个"),
    "share": ("Share (%)", "占比/%"),
    "beyond": ("Beyond", "以外/个"),
    "beyond_pct": ("Beyond (%)", "以外/%"),
    "median": ("Median (km)", "中位数/公里"),
    "within_km": ("within {t:,g} km of a hub", "距枢纽{t:,g}公里以内"),
    "beyond_km": ("beyond {t:,g} km", "{t:,g}公里以外"),
    "gdp_axis": ("Zone GDP (trillion CNY)", "开发区GDP/万亿元"),
    "gdp": ("Trillion CNY", "GDP/万亿元"),
    "distance_axis": ("Distance to the nearest hub (km)", "到最近枢纽的距离/公里"),
    "km": ("{t:,g} km", "{t:,g}公里"),
    "published": ("2020 report: {n:,}", "2020年报告：{n:,}个"),
    "reached": ("{layer}: {t:.0f} km", "{layer}：{t:.0f}公里"),
    "legend_title": (
        "{n:,} of {total:,} zones beyond {t:,g} km",
        "{total:,}个开发区中{n:,}个在{t:,g}公里以外",
    ),
    "surely": ("surely beyond: {n:,}", "必在其外：{n:,}个"),
    "unsure": (
        "either side, given the position's radius: {n:,}",
        "不确定（在位置误差半径内）：{n:,}个",
    ),
    "within": ("surely within: {n:,}", "必在其内：{n:,}个"),
    "hub": ("technology hub ({n:,})", "科技企业枢纽（{n:,}个）"),
    "line": ("{t:,g} km from the nearest hub", "距最近枢纽{t:,g}公里"),
    "north": ("{n}°N", "{n}°N"),
    "east": ("{n}°E", "{n}°E"),
}
LAYERS = {
    "prefectures": ("Prefecture-level cities", "地级及以上城市"),
    "listed": ("Cities of listed companies", "上市公司所在城市"),
    "cores": ("Four core cities", "四个核心城市"),
    "registrations": ("Places of registered companies", "注册企业所在地"),
    "file": ("Hubs of the given file", "自备名单"),
}
# the built-in layers in full, for a note; narrowed to some provinces their short names do
LAYERS_IN_FULL = {
    "prefectures": (
        "prefecture-level cities of Zhejiang and Guangdong, and Beijing",
        "浙江、广东各地级市及北京",
    ),
    "listed": (
        "cities of listed companies in Zhejiang, Guangdong and Beijing",
        "浙江、广东、北京的上市公司所在城市",
    ),
    "cores": ("Beijing, Hangzhou, Guangzhou and Shenzhen", "北京、杭州、广州、深圳"),
}
COAST = ("coast: Natural Earth", "海岸线：Natural Earth")
MADE_UP = (" (made up)", "（虚构）")
METHODS = {
    "great-circle": ("great circle on the mean sphere", "平均半径球面上的大圆距离"),
    "geodesic": ("geodesic on WGS-84", "WGS-84椭球面上的测地线"),
}
CLUSTERS = {
    "Beijing": ("Beijing", "北京"),
    "Zhejiang": ("Zhejiang", "浙江"),
    "Guangdong": ("Guangdong", "广东"),
}
NOTES = {
    "beyond": (
        "Beyond: strictly farther than {t:,g} km from the nearest hub. ",
        "以外：距最近枢纽严格大于{t:,g}公里。",
    ),
    "hubs": (
        "Hubs: {layer}{provinces}; distance: {method}.",
        "枢纽：{layer}{provinces}；距离：{method}。",
    ),
    "quantiles": (
        "Dot: median; line: 10th to 90th percentile of the province's zones. Provinces by median.",
        "圆点为中位数，横线为该省开发区的第10至第90百分位；按中位数排序。",
    ),
    "gdp": (
        "Zone GDP is an estimate: approved area × provincial GDP ({vintage}) / urban land "
        "({land}). All zones: {gdp:,.2f} trillion CNY, {beyond_gdp:,.2f} ({pct:.1f} %) of it "
        "beyond.",
        "开发区GDP为估算值：核准面积×全省GDP（{vintage}）÷城市用地（{land}）。"
        "合计{gdp:,.2f}万亿元，其中{beyond_gdp:,.2f}万亿元（{pct:.1f}%）在阈值以外。",
    ),
    "band": (
        "Bands: were all zones nearer, or all farther, by their position's 90 % radius at once; "
        "the widest band.",
        "色带：假设所有开发区同时按位置误差半径（90%）靠近或远离枢纽，为最宽区间。",
    ),
    "dots": (
        " Dots: the distance at which a layer of hubs gives the report's count.",
        "圆点：各枢纽口径的个数与报告相同时的距离。",
    ),
    "projection": (
        "Albers equal-area projection, standard parallels 25° and 47° N, central meridian 105° E, "
        "WGS-84.",
        "阿尔伯斯等积圆锥投影，标准纬线25°N、47°N，中央经线105°E，WGS-84坐标系。",
    ),
    "no_standard_map": (
        "Not a standard map; no borders are shown. Points are approximate and say nothing of zone "
        "boundaries.",
        "本图非标准地图，不表示任何边界；点位为近似位置，不代表开发区范围。",
    ),
    "source": ("Source: zonegap {version}; {sources}.", "资料来源：zonegap {version}；{sources}。"),
}


def word(key: str, language: str, **facts: float | str) -> str:
    """Return a label in the language, with its numbers in it."""
    return pick(WORDS[key], language).format(**facts)


def note(key: str, language: str, **facts: float | str) -> str:
    """Return a note in the language, with its numbers in it."""
    return pick(NOTES[key], language).format(version=VERSION, **facts)


def source_note(study: Study, *more: tuple[str, str]) -> str:
    """Return what a figure rests on, with further sources such as that of the coast."""
    joint = pick(("; ", "；"), study.language)
    parts = [sources(study), *(pick(words, study.language) for words in more)]
    return note("source", study.language, sources=joint.join(parts))


def layer_name(study: Study, layer: str) -> str:
    """Return a hub layer's name; of made-up companies it says so."""
    made_up = layer in ("registrations", "file") and SYNTHETIC in (
        study.registrations,
        study.hub_file,
    )
    return pick(LAYERS[layer], study.language) + pick(MADE_UP, study.language) * made_up


def hubs_note(study: Study, layer: str | None = None) -> str:
    """Return which hubs and which distance a figure rests on; every layer without one."""
    language = study.language
    if layer is None:
        layer_words = pick(
            ("as in the key, in Zhejiang, Guangdong and Beijing", "见图例，均在浙江、广东、北京"),
            language,
        )
        if study.hub_layer == "file" or study.hub_provinces:
            layer_words = pick(("as in the key", "见图例"), language)
    elif layer in LAYERS_IN_FULL and not study.hub_provinces:
        layer_words = pick(LAYERS_IN_FULL[layer], language)
    else:
        name = layer_name(study, layer).removeprefix("Hubs of ")
        layer_words = name[:1].lower() + name[1:]
    provinces = ""
    if study.hub_provinces:
        column = "province_short" if language == "zh" else "province_en"
        chosen = load_provinces().loc[list(study.hub_provinces), column]
        provinces = pick((" ({})", "（{}）"), language).format(
            pick((", ", "、"), language).join(map(str, chosen))
        )
    method = METHODS[study.distance_method]
    return note(
        "hubs",
        language,
        layer=layer_words,
        provinces=provinces,
        method=pick(method, language),
    )


def beyond_note(study: Study) -> str:
    """Return what beyond means in a study, with its hubs and distance."""
    text = note("beyond", study.language, t=study.thresholds_km[0])
    return text + hubs_note(study, study.hub_layer)
