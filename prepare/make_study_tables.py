"""Make the study's own tables from the collected facts (see tables/README.md for sources).

Run: python -m prepare.make_study_tables FOLDER
FOLDER holds zones_2018.csv, provinces.csv, tech_listed.csv and published_figures.csv.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from geodata.names import short_name
from geodata.registry import TABLES
from prepare.english_names import place_name_en, zone_name_en

# What the digitised catalogue prints wrong or doubtful. The catalogue's own words are kept.
REMARKS = {
    "G372026": "printed 湽博 for 淄博",
    "S337081": "printed area looks ten times too large; used as printed",
    "S377018-1": "the digitised source gives code S377018 to two zones and S377017 to none",
    "S377018-2": "the digitised source gives code S377018 to two zones and S377017 to none",
    "S237008": "industries printed with a stray full stop",
}


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a UTF-8 CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: list[dict[str, object]]) -> None:
    """Write a table with the columns of its first row."""
    with (TABLES / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def make_zones(source: Path) -> None:
    """Give each zone a unique id, an English name and ISO dates; keep the catalogue's order."""
    facts = read(source)
    times = Counter(f["code"] for f in facts)
    seen: Counter[str] = Counter()
    rows: list[dict[str, object]] = []
    for f in facts:
        seen[f["code"]] += 1
        zone_id = f["code"] if times[f["code"]] == 1 else f"{f['code']}-{seen[f['code']]}"
        approved, _, extended = f["approved"].replace(".", "-").partition("/")
        province_adcode = f["code"][1:3] + "0000"
        rows.append(
            {
                "id": zone_id,
                "code": f["code"],
                "name": f["name"],
                "name_en": zone_name_en(f["name"], province_adcode),
                "province_adcode": province_adcode,
                "province": f["province"],
                "level": f["level"],
                "type": f["type"],
                "approved": approved,
                "extended": extended,
                "area_ha": f["area_ha"],
                "industries": f["industries"],
                "remark": REMARKS.get(zone_id, ""),
            }
        )
    write("zones", rows)


def make_provinces(source: Path) -> None:
    """Add official English and short names and give the columns their units."""
    rows: list[dict[str, object]] = []
    for f in read(source):
        row: dict[str, object] = {
            "province_adcode": f["adcode"],
            "province": f["province"],
            "province_short": short_name(f["province"]),
            "province_en": place_name_en(f["province"], f["adcode"]),
            "gdp_2018_first_yi_cny": f["gdp_2018_first_yi"],
            "gdp_2018_census4_yi_cny": f["gdp_2018_census4_yi"],
            "gdp_2018_nbs2025_yi_cny": f["gdp_2018_nbs2025_yi"],
        }
        row |= {f"built_up_{y}_km2": f[f"built_up_{y}_km2"] for y in range(2014, 2018)}
        rows.append(row)
    write("provinces", rows)


def make_listed_companies(source: Path) -> None:
    """Keep what the hub layer needs of each listed company."""
    rows: list[dict[str, object]] = [
        {
            "symbol": f["symbol"],
            "name": f["name"],
            "province": f["province"],
            "city": f["city"],
            "city_adcode": f["city_adcode"],
            "industry_group": f["industry_group"],
            "industry": f["industry"],
            "market_cap_class": f["market_cap_class"],
            "listing": f["listing"],
        }
        for f in read(source)
    ]
    write("listed_companies", sorted(rows, key=lambda r: str(r["symbol"])))


def make_published_figures(source: Path) -> None:
    """Keep the report's figures with their place in the report."""
    rows: list[dict[str, object]] = [
        {
            "figure_id": f["id"],
            "figure": f["figure"],
            "value": f["value"],
            "unit": f["unit"],
            "stated_in": f["where"],
        }
        for f in read(source)
    ]
    # the threshold behind the last figure, so that its inverse can be reconciled too
    rows.append(
        {
            "figure_id": "threshold_km",
            "figure": "threshold of that count",
            "value": "500",
            "unit": "km",
            "stated_in": "figure 15",
        }
    )
    write("published_figures", rows)


def main(folder: Path) -> None:
    """Make the four tables."""
    make_zones(folder / "zones_2018.csv")
    make_provinces(folder / "provinces.csv")
    make_listed_companies(folder / "tech_listed.csv")
    make_published_figures(folder / "published_figures.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
