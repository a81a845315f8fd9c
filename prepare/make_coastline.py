"""Make tables/coastline.json: the coast of East Asia from public-domain Natural Earth, 1:50m.

The npm package world-atlas 2.0.2 carries it as TopoJSON (land-50m.json). Land polygons only: no
national border is in it. Cropped and simplified.

Run: python -m prepare.make_coastline land-50m.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from shapely.geometry import MultiPolygon, Polygon, box
from shapely.ops import unary_union

from geodata.registry import TABLES

WINDOW = (25.0, -12.0, 179.0, 77.0)  # west, south, east, north in degrees
TOLERANCE_DEG = 0.03  # about 3 km, below a pixel at the map's first zoom
MIN_AREA_DEG2 = 0.02


def rings(topology: dict) -> list[list[list[tuple[float, float]]]]:
    """Decode the land polygons of a TopoJSON topology to rings of lon, lat."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)

    def ring(indices: list[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for i in indices:
            points += arcs[i] if i >= 0 else arcs[~i][::-1]
        return points

    polygons = []
    for geometry in topology["objects"]["land"]["geometries"]:
        parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        polygons += [[ring(r) for r in part] for part in parts]
    return polygons


def main(source: Path) -> None:
    """Crop, simplify and write rings of rounded coordinates."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    window = box(*WINDOW)
    land = []
    for shell, *holes in rings(topology):
        polygon = Polygon(shell, holes).buffer(0)
        if polygon.intersects(window):
            land.append(polygon.intersection(window))
    merged = unary_union(land).simplify(TOLERANCE_DEG)
    parts = merged.geoms if isinstance(merged, MultiPolygon) else [merged]
    shells = [
        [[round(x, 2), round(y, 2)] for x, y in part.exterior.coords]
        for part in sorted(parts, key=lambda p: -p.area)
        if part.area > MIN_AREA_DEG2
    ]
    text = json.dumps({"window_deg": WINDOW, "rings": shells}, separators=(",", ":"))
    (TABLES / "coastline.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(shells)} rings, {sum(map(len, shells))} points")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
