"""Add up the urban construction land of the cities by province and year, and name the gaps.

Run: python -m prepare.make_construction_land FILE
FILE has `city_code`, `name` and one column `construction_land_YYYY_km2` a year, a city a row, as
in the China Urban Construction Statistical Yearbook. The sums go to construction_land.csv, the
cities without a value to construction_land_missing.csv. Which cities there were in a year is read
in the gazetteer, not in FILE, so run it after `prepare.make_divisions`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from geodata.registry import TABLES
from prepare.make_study_tables import read, write

YEARS = range(2014, 2020)


def cities_of(year: int) -> dict[str, dict[str, str]]:
    """Return the cities at the end of a year, of prefecture and county level, by code of today."""
    provinces = {row["province_adcode"] for row in read(TABLES / "provinces.csv")}
    return {
        row["current_adcode"] or row["adcode"]: row
        for row in read(TABLES / "divisions.csv")
        if row["name"].endswith("市")
        and row["province_adcode"] in provinces
        and int(row["valid_from"]) <= year <= int(row["valid_to"])
    }


def main(source: Path) -> None:
    """Write the table of the sums and that of the cities without a value."""
    facts = read(source)
    in_source = {row["city_code"] for row in facts}
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    missing: list[dict[str, object]] = []
    for year in YEARS:
        column = f"construction_land_{year}_km2"
        stated = {row["city_code"]: row[column] for row in facts if row[column]}
        # sums in decimals, so that no figure of two places gets a tail
        for code, land_km2 in stated.items():
            # the source has numbers such as 66.36999999999999
            sums[code[:2] + "0000", year] += round(Decimal(land_km2), 2)
        for code, city in sorted(cities_of(year).items()):
            # a city may stand under its code of today or of its year
            codes = {code, city["adcode"]}
            if not codes & stated.keys():
                missing.append(
                    {
                        "year": year,
                        "city_adcode": city["adcode"],
                        "city": city["name"],
                        "province_adcode": city["province_adcode"],
                        "reason": "blank" if codes & in_source else "absent",
                    }
                )
    by_province: list[dict[str, object]] = []
    for row in read(TABLES / "provinces.csv"):
        province = row["province_adcode"]
        land = {f"construction_land_{year}_km2": sums[province, year] for year in YEARS}
        by_province.append({"province_adcode": province, "province": row["province"], **land})
    write("construction_land", by_province)
    write("construction_land_missing", missing)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
