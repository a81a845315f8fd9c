"""Measure the geocoder against reference points, and calibrate its radii on them.

The reference is not part of the project: a CSV with columns code, name, lon, lat (WGS-84) and
precision, one zone a row. Rows whose reference is itself only the seat of a county (precision
区县, within 0.3 km of ours) say nothing about a zone and are left out of the calibration.

Run: python benchmarks/geocoding.py REFERENCE.csv [--calibrate]
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import pandas as pd

from geodata.geocoder import geocode_zones
from geodata.loaders import load_zones
from geodata.registry import TABLES
from zones.great_circle import haversine_km

COVERAGE = 0.90
MIN_POINTS = 30  # below it a method shares the radius of its level
SEAT_ONLY_KM = 0.3
QUANTILES = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p99": 0.99}


def compare(reference: Path) -> pd.DataFrame:
    """Return the located zones that have a reference point, with ``error_km``."""
    zones = load_zones().reset_index()
    points = pd.read_csv(reference, dtype={"code": str})
    points = points.rename(columns={"lon": "ref_lon", "lat": "ref_lat"})
    both = zones.merge(points[["code", "name", "ref_lon", "ref_lat", "precision"]]).set_index("id")
    both = both.join(geocode_zones(both))
    both["error_km"] = haversine_km(both["lon"], both["lat"], both["ref_lon"], both["ref_lat"])
    seat_only = (both["precision"] == "区县") & (both["error_km"] < SEAT_ONLY_KM)
    both["independent"] = ~seat_only
    return both


def summary(points: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return quantiles of the error and the share inside the stated radius, by group."""
    inside = points["error_km"] <= points["uncertainty_km"]
    groups = points.assign(inside=inside).groupby(by)
    table = groups["error_km"].quantile(list(QUANTILES.values())).unstack()
    table.columns = pd.Index([f"{name}_km" for name in QUANTILES])
    table.insert(0, "points", groups.size())
    table["inside_pct"] = 100.0 * groups["inside"].mean()
    return table.round(2)


def calibrate(points: pd.DataFrame) -> list[list[object]]:
    """Return the rows of tables/uncertainty.csv: level, method, radius in km, points used."""
    rows: list[list[object]] = []
    for level, of_level in points.groupby("geocode_level"):
        radius_km = of_level["error_km"].quantile(COVERAGE)
        rows.append([level, "any", round(radius_km, 1), len(of_level)])
        for method, of_method in of_level.groupby("geocode_method"):
            if len(of_method) >= MIN_POINTS:
                radius_km = of_method["error_km"].quantile(COVERAGE)
                rows.append([level, method, round(radius_km, 1), len(of_method)])
    return rows


def main() -> None:
    """Print the accuracy; write the radii when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--calibrate", action="store_true", help="write tables/uncertainty.csv")
    options = parser.parse_args()
    points = compare(options.reference)
    independent = points[points["independent"]]
    for title, chosen in (("all points", points), ("independent points", independent)):
        print(f"\n{title}")
        print(summary(chosen.assign(all="all"), ["all"]).to_string())
        print(summary(chosen, ["geocode_level", "geocode_method"]).to_string())
    if options.calibrate:
        # levels without reference points keep the radius they have
        with (TABLES / "uncertainty.csv").open(encoding="utf-8", newline="") as file:
            header, *old = csv.reader(file)
        rows = calibrate(independent)
        measured = {row[0] for row in rows}
        rows += [row for row in old if row[0] not in measured]
        with (TABLES / "uncertainty.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *sorted(rows, key=str)])


if __name__ == "__main__":
    main()
