"""Make tables/towns.csv: populated places of GeoNames with Chinese names (CC BY 4.0).

Run: python -m prepare.make_towns
"""

from __future__ import annotations

import csv

from geodata.registry import TABLES
from prepare.sources import geonames_places


def main() -> None:
    """Write one place a row, ordered by GeoNames id."""
    with (TABLES / "towns.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["geonameid", "name_en", "names_zh", "lon", "lat", "population"])
        for p in sorted(geonames_places(), key=lambda p: p.geonameid):
            names = "|".join(p.names_zh)
            out.writerow([p.geonameid, p.name, names, f"{p.lon:.5f}", f"{p.lat:.5f}", p.population])


if __name__ == "__main__":
    main()
