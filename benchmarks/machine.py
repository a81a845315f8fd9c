"""The machine that figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from zones.distance.sphere import cores


def machine() -> dict[str, str]:
    """Return what the figures hang on."""
    names = "numpy scipy numba pykdtree pynanoflann napf scikit-learn geopandas duckdb".split()
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [x for x in info.read_text(encoding="utf-8").splitlines() if "model name" in x]
        cpu = models[0].split(":")[1].strip() if models else cpu
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "cpu": cpu,
        "cores": str(cores()),
        "load": load,
        "python": platform.python_version(),
        **versions,
    }
