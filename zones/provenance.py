"""What made an output: parameters, tables with their hashes, versions, counts, warnings."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geodata.registry import registry, sha256
from zones.pipeline import StudyResult

try:
    VERSION = version("zonegap")
except PackageNotFoundError:  # run from a source tree that is not installed
    VERSION = "0+unknown"

LIBRARIES = ("numpy", "pandas", "scipy", "pyproj", "geopandas", "pyogrio", "pyarrow", "folium")


def manifest(result: StudyResult, outputs: dict[str, Path]) -> dict[str, Any]:
    """Describe a finished study; holds no time stamp, so that equal runs are equal.

    Parameters
    ----------
    result
        The study's result.
    outputs
        Name inside the output folder -> written file.
    """
    study, zones = result.study, result.zones
    inputs = {
        name: {"file": entry.file, "sha256": entry.sha256, "licence": entry.licence}
        for name, entry in sorted(registry().items())
    }
    for path in (study.zones_table, study.hub_file):
        if path is not None:
            inputs[path.name] = {"file": path.name, "sha256": sha256(path), "licence": "user's own"}
    return {
        "zonegap": VERSION,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "parameters": study.parameters(),
        "inputs": inputs,
        "outputs": {name: sha256(path) for name, path in sorted(outputs.items())},
        "counts": {
            "zones": len(zones),
            "hubs": len(result.hubs),
            "geocode_level": _counts(zones, "geocode_level"),
            "geocode_method": _counts(zones, "geocode_method"),
            **{c: int(zones[c].sum()) for c in zones.columns if c.startswith("beyond_")},
        },
        "warnings": warnings_of(result),
    }


def warnings_of(result: StudyResult) -> list[str]:
    """Return what a reader of the outputs should know, one sentence each."""
    zones = result.zones
    coarse = zones[zones["geocode_level"].isin(["city", "province"])]
    ambiguous = zones[(zones["geocode_level"] == "county") & (zones["adcode"] == "")]
    flagged = zones[zones["remark"] != ""]
    sentences = []
    if len(coarse):
        counts = coarse["geocode_level"].value_counts()
        listed = ", ".join(f"{n} by {level}" for level, n in counts.items())
        sentences.append(f"located no better than by city or province: {listed}")
    if len(ambiguous):
        names = ", ".join(ambiguous["name"])
        sentences.append(f"ambiguous names: {names}")
    sentences += [f"{row['name']}: {row['remark']}" for _, row in flagged.iterrows()]
    return sentences


def _counts(zones: Any, column: str) -> dict[str, int]:
    return {str(k): int(n) for k, n in zones[column].value_counts().sort_index().items()}


def write_json(data: object, path: Path) -> None:
    """Write JSON in UTF-8 with a final newline."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
