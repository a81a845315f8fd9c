"""Analysis of the zones: distances, thresholds, GDP, tables, the command.

From Python, frame in and frame or series out on the same index::

    import zones

    table = zones.run_study(zones.Study()).zones
    hubs = zones.hub_layer("cores")
    table["nearest_km"] = zones.nearest(table, hubs)["nearest_km"]
    table["far"] = zones.beyond(table, 300)
    print(zones.gap_table(table, "province", threshold_km=300))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zones.distance.nearest_hub import cluster_distances, nearest
    from zones.distance.sphere import nearest_on_sphere
    from zones.gdp import gdp_density, zone_gdp
    from zones.groups import gap_table
    from zones.hubs import hub_layer
    from zones.leave_one_out import leave_one_hub_out
    from zones.maximal_covering import where_next
    from zones.monte_carlo import simulate_beyond
    from zones.pipeline import StudyResult, run_study
    from zones.study import Study, read_study
    from zones.thresholds import beyond, beyond_band, count_beyond, threshold_for_count

# name -> module, imported when first asked for, so that the command starts at once
_PUBLIC = {
    "Study": "study",
    "StudyResult": "pipeline",
    "beyond": "thresholds",
    "beyond_band": "thresholds",
    "cluster_distances": "distance.nearest_hub",
    "count_beyond": "thresholds",
    "gap_table": "groups",
    "gdp_density": "gdp",
    "hub_layer": "hubs",
    "leave_one_hub_out": "leave_one_out",
    "nearest": "distance.nearest_hub",
    "nearest_on_sphere": "distance.sphere",
    "read_study": "study",
    "run_study": "pipeline",
    "simulate_beyond": "monte_carlo",
    "threshold_for_count": "thresholds",
    "where_next": "maximal_covering",
    "zone_gdp": "gdp",
}
__all__ = [
    "Study", "StudyResult", "beyond", "beyond_band", "cluster_distances", "count_beyond",
    "gap_table", "gdp_density", "hub_layer", "leave_one_hub_out", "nearest",
    "nearest_on_sphere", "read_study", "run_study", "simulate_beyond", "threshold_for_count",
    "where_next", "zone_gdp",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        text = f"module 'zones' has no attribute {name!r}"
        raise AttributeError(text)
    found = getattr(importlib.import_module(f"zones.{_PUBLIC[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
