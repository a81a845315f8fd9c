"""Write tables/zone_positions.csv: where every zone of the catalogue is, as the geocoder finds it.

The built-in study reads this table instead of geocoding 2,543 names at every start; a test holds
it equal to what `geodata.zone_geocoder.geocode_zones` gives without OpenStreetMap, so that its
licence binds nobody who has not asked for it. Run after any table of the geocoder was remade:
python -m prepare.make_zone_positions, then make_registry.
"""

from __future__ import annotations

from geodata.loaders import load_zones
from geodata.registry import TABLES
from geodata.zone_geocoder import geocode_zones


def main() -> None:
    """Geocode the catalogue with the built-in tables, OpenStreetMap's aside, and write it."""
    positions = geocode_zones(load_zones())
    # all digits, so that reading gives back the very numbers
    text = positions.to_csv(lineterminator="\n")
    (TABLES / "zone_positions.csv").write_text(text, encoding="utf-8", newline="")
    print(f"zone_positions.csv: {len(positions)} zones")


if __name__ == "__main__":
    main()
