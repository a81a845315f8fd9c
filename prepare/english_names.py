"""English names of Chinese administrative divisions and development zones.

The specific part of a name is romanised in Hanyu Pinyin as GB/T 16159 and the national spelling
rules for place names lay down: one word, capitalised, no tone marks, an apostrophe before a later
syllable that begins with a, o or e. Minority-language names keep their official romanisation, and
the generic part is translated.

It reads three tables: ``place_names_en.csv`` (names whose English form the rules do not give, and
readings of polyphonic characters), ``zone_terms_en.csv`` (generic words of zone names) and
``divisions.csv`` (used to find the word boundaries in a zone name). Used at build time only; it
needs pypinyin.
"""

from __future__ import annotations

import csv
import re
from functools import cache

from pypinyin import lazy_pinyin

from geodata.registry import TABLES

# Translated generic parts, the longest first; a prefecture- or county-level city and a province
# go by the specific part alone.
GENERICS = {
    "特别行政区": "",
    "联合旗": "United Banner",
    "工矿区": "Industrial and Mining District",
    "工农区": "Gongnong District",
    "自治区": "",
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "林区": "Forestry District",
    "矿区": "Mining District",
    "特区": "Special District",
    "地区": "Prefecture",
    "省": "",
    "市": "",
    "盟": "League",
    "县": "County",
    "区": "District",
    "旗": "Banner",
}
# Districts whose specific part ends in 林: 万柏林区, 西林区, 杏林区 and so on.
ORDINARY_DISTRICTS = re.compile(r".*[柏北西金杏碑]林区$")

_GROUP_NAMES = (
    "维吾尔=Uygur 哈萨克=Kazakh 柯尔克孜=Kirgiz 塔吉克=Tajik 达斡尔=Daur 土家=Tujia 布依=Buyei "
    "仡佬=Gelao 仫佬=Mulao 毛南=Maonan 傈僳=Lisu 拉祜=Lahu 布朗=Blang 哈尼=Hani 纳西=Naxi "
    "普米=Pumi 独龙=Derung 景颇=Jingpo 朝鲜=Korean 蒙古=Mongol 东乡=Dongxiang 保安=Bonan "
    "撒拉=Salar 裕固=Yugur 锡伯=Xibe 满=Manchu 藏=Tibetan 回=Hui 苗=Miao 侗=Dong 壮=Zhuang "
    "瑶=Yao 彝=Yi 傣=Dai 白=Bai 佤=Va 怒=Nu 黎=Li 畲=She 羌=Qiang 水=Sui 土=Tu"
)
ETHNIC_GROUPS = dict(pair.split("=") for pair in _GROUP_NAMES.split())
ETHNIC_GROUPS["各"] = "Various Nationalities"
# 族 may be left out after the longer names only (和布克赛尔蒙古自治县).
_GROUP = re.compile(
    "(" + "|".join(f"{g}族" + ("?" if len(g) > 1 else "") for g in ETHNIC_GROUPS) + ")$"
)
SIDES = {"左": "Left", "右": "Right", "前": "Front", "中": "Middle", "后": "Rear"}
_BANNER = re.compile(r"(.+?)(左|右)?翼?(前|中|后)?旗$")

# Characters that place names read otherwise than running text does; the few names that differ
# again (长子, 泊头) stand in the table of fixed names.
READINGS = {"都": "du", "长": "chang", "乐": "le", "柏": "bai", "尾": "wei", "佛": "fo"}
READINGS |= {"蚌": "beng", "曾": "zeng", "莘": "shen", "尉": "wei", "圩": "xu"}

PUNCTUATION = {
    "—": "-",
    "-": "-",
    "·": " ",
    "、": ", ",
    "（": " (",
    "(": " (",
    "）": ")",
    ")": ")",
}


def _rows(file: str) -> list[dict[str, str]]:
    """Read one of the tables."""
    with (TABLES / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def _fixed() -> dict[tuple[str, str], str]:
    """Map Chinese name and province code ("" for any province) to the English name."""
    return {(r["name"], r["province_adcode"]): r["name_en"] for r in _rows("place_names_en.csv")}


@cache
def _terms() -> dict[str, str]:
    """Map the generic words of zone names to English."""
    return {r["term"]: r["name_en"] for r in _rows("zone_terms_en.csv")}


def _split(name: str) -> tuple[str, list[str], str]:
    """Split a division name into specific part, ethnic groups and Chinese generic part."""
    for generic in GENERICS:
        stem = name.removesuffix(generic)
        if not stem or stem == name or (generic == "林区" and ORDINARY_DISTRICTS.match(name)):
            continue
        if generic in "省市县区" or len(stem) > 1:  # 社旗 and 西盟 are specific parts
            break
    else:
        return name, [], ""
    groups: list[str] = []
    while (found := _GROUP.search(stem)) and found.start() > 1:
        key = found[0] if found[0] in ETHNIC_GROUPS else found[0].removesuffix("族")
        groups.insert(0, ETHNIC_GROUPS[key])
        stem = stem[: found.start()]
    return stem, groups, generic


@cache
def _places(province: str) -> dict[str, str]:
    """Map the places to look for inside a zone name of a province to English."""
    # 西区 is a division of a few provinces, and a direction in the zone names of the others.
    found = {
        name: english
        for (name, where), english in _fixed().items()
        if where == province or (not where and name not in _terms())
    }
    for row in _rows("divisions.csv"):
        if row["province_adcode"] == province:
            name = row["name"]
            stem, _, generic = _split(name)
            found[name] = place_name_en(name, province)
            found.setdefault(stem, _specific(stem, province))
            if generic == "自治县":
                found.setdefault(stem + "县", found[stem] + " County")  # 肃南县
    # A single character would match anywhere.
    return {name: english for name, english in found.items() if len(name) > 1}


def pinyin_word(text: str) -> str:
    """Romanise a specific name as one word.

    Parameters
    ----------
    text : str
        Chinese characters without a generic part.

    Returns
    -------
    str
        Capitalised pinyin; characters outside Chinese stay as they are.
    """
    word = ""
    readings = lazy_pinyin(text, v_to_u=True)
    if len(readings) == len(text):  # Chinese throughout: one reading a character
        readings = [READINGS.get(c, reading) for c, reading in zip(text, readings, strict=True)]
    for syllable in readings:
        word += ("'" if word and syllable[0] in "aoe" else "") + syllable
    return word[:1].upper() + word[1:]


def _specific(stem: str, province: str) -> str:
    """Romanise a specific part, by the table of fixed names where it has one."""
    fixed = _fixed()
    return fixed.get((stem, province)) or fixed.get((stem, "")) or pinyin_word(stem)


def place_name_en(name: str, province_adcode: str = "") -> str:
    """Name an administrative division or place in English.

    Parameters
    ----------
    name : str
        Chinese name, with or without the generic part (余杭区, 余杭).
    province_adcode : str
        Six-digit code of the province; tells apart names that are read differently.

    Returns
    -------
    str
        The English name: "Yuhang District", "Hangzhou", "Yuping Dong Autonomous County".
    """
    fixed = _fixed()
    if whole := fixed.get((name, province_adcode)) or fixed.get((name, "")):
        return whole
    banner = _BANNER.match(name)
    if banner and len(name) > 2 and not re.search("自治|联合", name):
        sides = [SIDES[side] for side in banner.groups()[1:] if side]
        return " ".join([_specific(banner[1], province_adcode), *sides, "Banner"])
    stem, groups, generic = _split(name)
    if generic == "市" and len(stem) == 1:
        return pinyin_word(name)  # 芒市 is Mangshi, never Mang
    english = GENERICS.get(generic, "")
    listed = ", ".join(groups[:-1]) + (" and " if len(groups) > 1 else "") + "".join(groups[-1:])
    parts = (_specific(stem, province_adcode), listed if english else "", english)
    return " ".join(part for part in parts if part)


def split_zone_name(name: str, province_adcode: str) -> list[tuple[str, str]]:
    """Split a zone name into places, generic words, punctuation and unknown words.

    Parameters
    ----------
    name : str
        Chinese name of the zone.
    province_adcode : str
        Six-digit code of its province: only divisions of the province are recognised.

    Returns
    -------
    list of tuple of str
        Kind ("place", "term", "mark" or "other") and text of each piece, in order.
    """
    places, terms = _places(province_adcode), _terms()
    # best[i]: the cheapest way to read the first i characters. A known piece costs about 1 whatever
    # its length, so long pieces win; an unknown word costs 1.5 and 1 a character.
    best: list[tuple[float, list[tuple[str, str]]]] = [(0.0, [])]
    for end in range(1, len(name) + 1):
        options: list[tuple[float, list[tuple[str, str]]]] = []
        for start in range(end):
            cost, pieces = best[start]
            text = name[start:end]
            if text in places:
                options.append((cost + 1, [*pieces, ("place", text)]))
            elif text in terms:
                options.append((cost + 0.95, [*pieces, ("term", text)]))
            elif text in PUNCTUATION:
                options.append((cost, [*pieces, ("mark", text)]))
            elif not any(c in PUNCTUATION for c in text):
                lone = 1.5 if len(text) == 1 else 0.0  # 茶园 is one word, not 茶 and 园
                options.append((cost + 1.5 + len(text) + lone, [*pieces, ("other", text)]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def zone_name_en(name: str, province_adcode: str) -> str:
    """Name a development zone in English.

    Parameters
    ----------
    name : str
        Chinese name of the zone in the catalogue.
    province_adcode : str
        Six-digit code of its province.

    Returns
    -------
    str
        The English name: "Zhejiang Yuhang Economic Development Zone".
    """
    english = ""
    for kind, text in split_zone_name(name, province_adcode):
        if kind == "mark":
            english += PUNCTUATION[text]
            continue
        known = {"place": _places(province_adcode), "term": _terms(), "other": {}}[kind]
        english += "" if not english or english[-1] in "-( " else " "
        english += known.get(text) or pinyin_word(text)
    return english
