"""Measure the geocoder against reference points, and calibrate its radii on them.

The reference is not part of the project: a CSV with columns code, name, lon, lat (WGS-84) and
precision, one zone a row. Rows of precision 区县 know only the county, so their point is its seat
and says nothing about the zone: they are left out of the calibration.

Zones are located as a study does without OpenStreetMap, and once more with it; the radii of
positions from OpenStreetMap are measured on the second, all others and the table of errors on the
first.

Run: python benchmarks/geocoding.py REFERENCE.csv [--calibrate] [--figure FILE.png]
"""

from __future__ import annotations

import argparse
import csv
import zlib
from pathlib import Path

import pandas as pd

from geodata.loaders import load_zones
from geodata.registry import TABLES
from geodata.zone_geocoder import geocode_zones
from zones.distance.great_circle import haversine_km

COVERAGE = 0.90
MIN_POINTS = 30  # below it a pool takes the radius of its level
FOLDS = 10
SEAT_ONLY = "区县"
FROM_OSM = "OpenStreetMap"
# Zones whose reference point is plainly another place, each with the reason.
REFERENCE_ERRORS = Path(__file__).with_name("reference_errors.csv")
QUANTILES = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p99": 0.99}
# Methods that rest on one kind of evidence share a radius, so that few points are not trusted
# too much; in each list the surer pool stands first, and its radius is never the larger one.
POOLS: dict[str, list[list[str]]] = {
    "place": [
        ["osm-named-area", "osm-named-public", "osm-named-office", "osm-type"],
        ["recalled-near", "seat-high"],
        ["recalled-far", "osm-town-seat", "osm-town-name", "seat-medium", "seat-low"],
    ],
    "county": [
        ["county-town-high", "county-town-medium"],
        ["county-town-low", "name", "short", "alias", "former"],
        ["seat-high", "seat-medium", "seat-low"],
    ],
}


def compare(reference: Path, *, openstreetmap: bool) -> pd.DataFrame:
    """Return the located zones that have a reference point, with ``error_km``."""
    zones = load_zones().reset_index()
    points = pd.read_csv(reference, dtype={"code": str})
    points = points.rename(columns={"lon": "ref_lon", "lat": "ref_lat"})
    both = zones.merge(points[["code", "name", "ref_lon", "ref_lat", "precision"]]).set_index("id")
    both = both.join(geocode_zones(both, openstreetmap=openstreetmap))
    both["error_km"] = haversine_km(both["lon"], both["lat"], both["ref_lon"], both["ref_lat"])
    errors = pd.read_csv(REFERENCE_ERRORS)["name"]
    both["reference_wrong"] = both["name"].isin(errors)
    both["independent"] = both["precision"] != SEAT_ONLY
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


def calibrate(points: pd.DataFrame, with_osm: pd.DataFrame) -> list[tuple[str, str, float, int]]:
    """Return the rows of tables/uncertainty.csv: level, method, radius in km, points used.

    `with_osm` are the same zones located with OpenStreetMap; its own positions count from there.
    """
    rows = []
    points = pd.concat([points, with_osm[with_osm["geocode_source"] == FROM_OSM]])
    for level, pools in POOLS.items():
        of_level = points[points["geocode_level"] == level]
        any_km = float(of_level["error_km"].quantile(COVERAGE))
        rows.append((level, "any", round(any_km, 1), len(of_level)))
        surer_km = 0.0
        for pool in pools:
            errors_km = of_level.loc[of_level["geocode_method"].isin(pool), "error_km"]
            own_km = float(errors_km.quantile(COVERAGE)) if len(errors_km) >= MIN_POINTS else any_km
            surer_km = max(surer_km, own_km)
            rows += [(level, method, round(surer_km, 1), len(errors_km)) for method in pool]
    return rows


def held_out_coverage(points: pd.DataFrame, with_osm: pd.DataFrame, tested: pd.DataFrame) -> float:
    """Return the share inside radii that were calibrated without the zones they are tested on.

    `points` and `with_osm` calibrate, `tested` is one of them.
    """

    def fold(frame: pd.DataFrame) -> pd.Index:
        return frame.index.map(lambda code: zlib.crc32(str(code).encode()) % FOLDS)

    inside = 0
    for k in range(FOLDS):
        rows = calibrate(points[fold(points) != k], with_osm[fold(with_osm) != k])
        radii = {(row[0], row[1]): row[2] for row in rows}
        test = tested[fold(tested) == k]
        for level, method, error_km in test[
            ["geocode_level", "geocode_method", "error_km"]
        ].itertuples(index=False):
            inside += error_km <= radii.get((level, method), radii[level, "any"])
    return inside / len(tested)


def figure(points: pd.DataFrame, path: Path) -> None:
    """Draw how often the true place lies within a multiple of the stated radius, by level."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
    for level, group in points.groupby("geocode_level"):
        ratio = (group["error_km"] / group["uncertainty_km"]).sort_values()
        share = [100.0 * (i + 1) / len(ratio) for i in range(len(ratio))]
        axes.step(ratio, share, where="post", label=f"{level} ({len(group)} points)")
    axes.axvline(1.0, color="0.6", linewidth=0.8)
    axes.axhline(100.0 * COVERAGE, color="0.6", linewidth=0.8)
    axes.set(
        xlim=(0, 3), ylim=(0, 100), xlabel="distance to the reference / uncertainty_km",
        ylabel="zones within (%)", title="Where the stated radius holds 90 %, lines cross",
    )  # fmt: skip
    axes.legend(loc="lower right")
    fig.savefig(path, dpi=150, metadata={"Software": None})


def write_radii(rows: list[tuple[str, str, float, int]]) -> None:
    """Write tables/uncertainty.csv; levels without reference points keep their rows."""
    path = TABLES / "uncertainty.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *old = csv.reader(file)
    kept = [row for row in old if row[0] not in POOLS]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *kept, *rows])


def write_errors(points: pd.DataFrame) -> None:
    """Write tables/position_errors.csv: each percentile of the error over the stated radius."""
    ratio = points["error_km"] / points["uncertainty_km"]
    shares = [i / 100 for i in range(101)]
    table = pd.DataFrame({"share": shares, "error_ratio": ratio.quantile(shares).round(4)})
    table.to_csv(TABLES / "position_errors.csv", index=False, lineterminator="\n")
    print(f"position_errors.csv: {len(ratio)} points")


def main() -> None:
    """Print the accuracy; write the tables and the figure when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    parser.add_argument(
        "--calibrate", action="store_true", help="write uncertainty.csv and position_errors.csv"
    )
    parser.add_argument("--figure", type=Path, help="write the calibration figure")
    options = parser.parse_args()
    located = {osm: compare(options.reference, openstreetmap=osm) for osm in (False, True)}
    independent = {osm: points[points["independent"]] for osm, points in located.items()}
    for osm, points in located.items():
        print(f"\n{'with' if osm else 'without'} OpenStreetMap")
        for title, chosen in (
            ("all points", points),
            ("without the listed errors of the reference", points[~points["reference_wrong"]]),
            ("independent points", independent[osm]),
        ):
            print(f"\n{title}")
            print(summary(chosen.assign(all="all"), ["all"]).to_string())
            print(summary(chosen, ["geocode_level", "geocode_method"]).to_string())
        share = held_out_coverage(independent[False], independent[True], independent[osm])
        print(f"\nheld-out coverage: {100 * share:.1f} % of {len(independent[osm])}")
    chosen = independent[False]
    if options.calibrate:
        write_radii(calibrate(chosen, independent[True]))
        # the errors are multiples of the radii, so of those that were just written
        radii = pd.read_csv(TABLES / "uncertainty.csv")
        radii = radii.set_index(["level", "method"])["uncertainty_km"]
        keys = zip(chosen["geocode_level"], chosen["geocode_method"], strict=True)
        chosen = chosen.assign(uncertainty_km=[radii.get(k, radii[k[0], "any"]) for k in keys])
        write_errors(chosen[~chosen["reference_wrong"]])
    if options.figure:
        figure(chosen, options.figure)


if __name__ == "__main__":
    main()
