"""Make the tables of regions with their population, and of official figures of zone GDP.

Run: python -m prepare.make_regional_tables FOLDER
FOLDER holds regions.csv, population.csv and official_zone_gdp.csv (see tables/README.md).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

from prepare.make_study_tables import read, write

YEAR = "2018"  # of the GDP that stands beside it
VINTAGES = {"first_published": "first", "revised_after_2020_census": "census7"}


class Scope(NamedTuple):
    """What an official figure is of: its key and name, and the zones of the catalogue in it."""

    key: str
    name: str
    name_en: str
    types: str = ""
    zone_ids: str = ""
    administered_km2: str = ""


ECONOMIC = "经济技术开发区"
HIGH_TECH = "高新技术产业开发区"
PARK = "G321090"  # 苏州工业园区, which the high-tech zones' statistics count with them
SCOPES = {
    "National ETDZs": Scope(
        "economic", "国家级经开区", "National economic-technological zones", ECONOMIC
    ),
    "National high-tech zones": Scope(
        "high-tech", "国家高新区", "National high-tech zones", HIGH_TECH, PARK
    ),
    "ETDZs + high-tech zones together": Scope(
        "both", "国家级经开区和国家高新区", "Both together", f"{ECONOMIC};{HIGH_TECH}"
    ),
    "苏州工业园区": Scope(
        "suzhou-park", "苏州工业园区", "Suzhou Industrial Park", "", PARK, "278"
    ),
    "常州经开区": Scope("changzhou", "常州经开区", "Changzhou economic zone", "", "S327030"),
    "郑州经开区": Scope("zhengzhou", "郑州经开区", "Zhengzhou economic zone", "", "G411031"),
    "辽源经开区": Scope("liaoyuan", "辽源经开区", "Liaoyuan economic zone", "", "S227022"),
    "金坛经开区": Scope("jintan", "金坛经开区", "Jintan economic zone", "", "S327034", "171"),
    "杭州经开区 + 大江东": Scope(
        "hangzhou", "杭州经开区和大江东", "Hangzhou economic zone and Dajiangdong", "",
        "G331018;G332083;S339004", "531.7",
    ),
    "成都高新区": Scope(
        "chengdu", "成都高新区", "Chengdu high-tech zone", "", "G512045", "613"
    ),
    "苏州高新区": Scope("suzhou-high-tech", "苏州高新区", "Suzhou high-tech zone", "", "G322018"),
    "肇庆高新区": Scope("zhaoqing", "肇庆高新区", "Zhaoqing high-tech zone", "", "G442132"),
}  # fmt: skip
PUBLISHERS = {
    "Ministry of Commerce": "商务部",
    "Torch centre": "科技部火炬中心、中国科学院",
    "MOST + CAS": "科技部、中国科学院",
    "Tongji University": "同济大学发展研究院",
    "zone committee site": "各开发区管委会",
    "Changzhou zone committee": "各开发区管委会",
    "Zhengzhou Daily": "郑州日报",
    "zone committee": "各开发区管委会",
    "Jintan district paper": "金坛区报",
    "Hangzhou government": "杭州市政府网站",
    "China Daily": "中国日报政府门户",
}
PUBLISHERS_EN = {
    "商务部": "Ministry of Commerce",
    "科技部火炬中心、中国科学院": "Torch centre of the Ministry of Science and Technology, Chinese "
    "Academy of Sciences",
    "科技部、中国科学院": "Ministry of Science and Technology, Chinese Academy of Sciences",
    "同济大学发展研究院": "Tongji University development research institute",
    "各开发区管委会": "the zones' committees",
    "郑州日报": "Zhengzhou Daily",
    "金坛区报": "Jintan district paper",
    "杭州市政府网站": "city of Hangzhou",
    "中国日报政府门户": "China Daily",
}
CERTAINTY = {"preliminary": "preliminary", "expected": "expected", "'more than'": "at least"}


def make_regions(folder: Path) -> None:
    """Put each province's region and its resident population of 2018 side by side."""
    people = {
        (f["province_adcode"], f["vintage"]): f["population_10k"]
        for f in read(folder / "population.csv")
        if f["year"] == YEAR
    }
    rows: list[dict[str, object]] = []
    for f in read(folder / "regions.csv"):
        row: dict[str, object] = {
            "province_adcode": f["province_adcode"],
            "province": f["province"],
            "region": f"{f['region_zh']}地区",
        }
        row |= {
            f"population_{YEAR}_{column}_10k": people[f["province_adcode"], vintage]
            for vintage, column in VINTAGES.items()
        }
        rows.append(row)
    write("regions", rows)


def make_official_zone_gdp(source: Path) -> None:
    """Keep published totals of zones of the catalogue; shares, ratios and other areas are not."""
    rows: list[dict[str, object]] = []
    for f in read(source):
        scope = SCOPES.get(re.sub(r" \(.*\)$", "", f["scope"]))
        if scope is None or not f["gdp_yi_cny"]:
            continue
        said = f"{f['publisher']} {f['note']}"
        publisher = next(zh for en, zh in PUBLISHERS.items() if f["publisher"].startswith(en))
        rows.append(
            {
                "figure_id": f"{scope.key}-{f['year']}",
                "name": scope.name,
                "name_en": scope.name_en,
                "types": scope.types,
                "zone_ids": scope.zone_ids,
                "official_zones": f["zones"],
                "year": f["year"],
                "official_gdp_yi_cny": f["gdp_yi_cny"],
                "certainty": next((v for k, v in CERTAINTY.items() if k in said), ""),
                "administered_km2": scope.administered_km2,
                "publisher": publisher,
                "publisher_en": PUBLISHERS_EN[publisher],
                "stated_in": f["publisher"],
            }
        )
    write("official_zone_gdp", rows)


def main(folder: Path) -> None:
    """Make both tables."""
    make_regions(folder)
    make_official_zone_gdp(folder / "official_zone_gdp.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
