"""The development zones of China, and how far they lie from technology companies.

The front door of the package::

    import zonegap as zg

    result = zg.run_study(zg.Study(thresholds_km=(300.0, 500.0)))
    result.zones  # one row a zone: position with its uncertainty, distances, estimated GDP
    zg.count_beyond(result.zones["nearest_km"], result.zones["uncertainty_km"], 500)

A study goes one way. `geodata` reads the built-in tables and the user's own, and knows where zones,
addresses and companies are, and how surely. `zones` takes the places that count as hubs
(`HubLayer`, `hub_layer`; `read_hubs` and `read_zones` for your own), measures each zone's distance
to the nearest one (`nearest`), counts those beyond a threshold (`beyond`, `count_beyond`),
estimates their GDP (`zone_gdp`), makes the tables of the report (`report_tables`) and a panel by
county and year (`panel`). `maps` draws them (`zone_map`, `study_map`, `study_figures`). Each knows
only those before it; this package knows all three, and holds the command ``zonegap``.

Frames go in, frames or series come out on the same index; inputs stay as they are. Longitude and
latitude are WGS-84 degrees, units stand in the names (``distance_km``, ``area_ha``,
``gdp_estimate_yi_cny``: 100 million CNY). What a user can mend raises `ZonegapError`, in one
sentence.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata.address_geocoder import geocode_texts
    from geodata.errors import ZonegapError
    from geodata.words import Name
    from geodata.zone_geocoder import geocode_zones
    from maps.figures.files import study_figures
    from maps.page import study_map, zone_map
    from zones.companies import located_registrations
    from zones.count_law import count_intervals, count_law
    from zones.distance.nearest_hub import cluster_distances, nearest, pairs_within
    from zones.distance.sphere import nearest_on_sphere
    from zones.gdp import gdp_density, zone_gdp
    from zones.groups import gap_table
    from zones.hubs import HubLayer, hub_layer
    from zones.matching import match_companies
    from zones.panel import panel
    from zones.pipeline import StudyResult, run_study
    from zones.reading import read_hubs, read_zones
    from zones.report.comparison import Comparison, compare_studies
    from zones.report.files import write_tables
    from zones.report.tables import report_tables
    from zones.sensitivity import leave_one_hub_out
    from zones.study import Study, read_study
    from zones.thresholds import beyond, beyond_band, count_beyond, threshold_for_count
    from zones.where_next import next_best, where_next

# name -> module, imported when first asked for, so that the command starts at once
_PUBLIC = {
    "Comparison": "zones.report.comparison",
    "HubLayer": "zones.hubs",
    "Name": "geodata.words",
    "Study": "zones.study",
    "StudyResult": "zones.pipeline",
    "ZonegapError": "geodata.errors",
    "beyond": "zones.thresholds",
    "beyond_band": "zones.thresholds",
    "cluster_distances": "zones.distance.nearest_hub",
    "compare_studies": "zones.report.comparison",
    "count_beyond": "zones.thresholds",
    "count_intervals": "zones.count_law",
    "count_law": "zones.count_law",
    "gap_table": "zones.groups",
    "gdp_density": "zones.gdp",
    "geocode_texts": "geodata.address_geocoder",
    "geocode_zones": "geodata.zone_geocoder",
    "hub_layer": "zones.hubs",
    "leave_one_hub_out": "zones.sensitivity",
    "located_registrations": "zones.companies",
    "match_companies": "zones.matching",
    "nearest": "zones.distance.nearest_hub",
    "nearest_on_sphere": "zones.distance.sphere",
    "pairs_within": "zones.distance.nearest_hub",
    "panel": "zones.panel",
    "read_hubs": "zones.reading",
    "read_study": "zones.study",
    "read_zones": "zones.reading",
    "report_tables": "zones.report.tables",
    "run_study": "zones.pipeline",
    "study_figures": "maps.figures.files",
    "study_map": "maps.page",
    "threshold_for_count": "zones.thresholds",
    "next_best": "zones.where_next",
    "where_next": "zones.where_next",
    "write_tables": "zones.report.files",
    "zone_gdp": "zones.gdp",
    "zone_map": "maps.page",
}
__all__ = sorted(_PUBLIC)  # noqa: PLE0605, the table above is the only list


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from geodata.registry import product_version

        return product_version()
    if name not in _PUBLIC:
        text = f"module 'zonegap' has no attribute {name!r}"
        raise AttributeError(text)
    found = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__"})


def _check_neighbours() -> None:
    """Refuse to start where Python finds a foreign `geodata`, `zones` or `maps` before ours."""
    from importlib.util import find_spec
    from pathlib import Path

    here = Path(__file__).resolve().parent.parent
    for name, module in (("geodata", "registry"), ("zones", "study"), ("maps", "boundaries")):
        spec = find_spec(name)
        origin = spec.origin if spec is not None else None
        folder = Path(origin).parent if origin else None
        if folder is None or not (folder / f"{module}.py").is_file():
            found = origin or (list(spec.submodule_search_locations or ()) if spec else "nothing")
            text = (
                f"zonegap needs its own package {name!r} ({here / name}), but Python finds "
                f"{found} first: rename or remove that one, or run from another folder. "
                f"zonegap需要自己的{name!r}包，但Python先找到了{found}：请将其改名或移走，或换一个文件夹运行。"
            )
            raise ImportError(text)


_check_neighbours()
