"""Fold worksheets of hand-compiled zone seats into tables/zone_seats.csv, in catalogue order.

Worksheets are tab-separated: code, name, county_adcode, county_name, place_name, geonameid,
spans, confidence, note. Every row is checked against the zones, the divisions of 2018 and the
towns before anything is written.

Run: python -m geodata.prepare.import_zone_seats WORKSHEET.tsv ...
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from geodata.gazetteer import CATALOGUE_YEAR, Gazetteer
from geodata.registry import TABLES

COLUMNS = "zone_id name adcode place_name geonameid spans confidence note".split()
CONFIDENCE = ("high", "medium", "low")


def main(worksheets: list[Path]) -> None:
    """Check and write the table; later worksheets override earlier rows of the same zone."""
    gazetteer = Gazetteer(CATALOGUE_YEAR)
    with (TABLES / "zones.csv").open(encoding="utf-8", newline="") as file:
        zones = {r["name"]: r for r in csv.DictReader(file)}
    with (TABLES / "towns.csv").open(encoding="utf-8", newline="") as file:
        towns = {r["geonameid"] for r in csv.DictReader(file)}
    seats: dict[str, dict[str, str]] = {}
    for sheet in worksheets:
        with sheet.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                zone = zones[row["name"]]
                county = row["county_adcode"]
                if county and gazetteer.by_adcode[county].name != row["county_name"]:
                    print(f"{sheet.name}: {row['name']}: {county} is not {row['county_name']}")
                if county[:2] not in ("", zone["province_adcode"][:2]):
                    sys.exit(f"{sheet.name}: {row['name']}: {county} is in another province")
                if row["geonameid"] and row["geonameid"] not in towns:
                    print(f"{sheet.name}: {row['name']}: no town {row['geonameid']}")
                    row["geonameid"] = ""
                if row["confidence"] not in CONFIDENCE:
                    sys.exit(f"{sheet.name}: {row['name']}: confidence {row['confidence']!r}")
                row["note"] = re.sub(r"\s*\[[^\]]*\]\s*$", "", row["note"]).rstrip(". ")
                own = {"zone_id": zone["id"], "adcode": county}
                seats[zone["id"]] = {c: row.get(c, "") for c in COLUMNS} | own
    with (TABLES / "zone_seats.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        out.writeheader()
        out.writerows(seats[z["id"]] for z in zones.values() if z["id"] in seats)
    print(f"{len(seats)} seats")


if __name__ == "__main__":
    main([Path(a) for a in sys.argv[1:]])
