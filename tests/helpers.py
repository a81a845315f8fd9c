"""What tests share: brute force, an assertion for numeric columns, the command as a process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod

from geodata.words import Words
from zones.distance.great_circle import haversine_km
from zones.parameters import EARTH_RADIUS_KM


def brute_force_km(points: pd.DataFrame, hubs: pd.DataFrame) -> np.ndarray:
    """Return all great-circle distances, shape (points, hubs), by haversine."""
    return haversine_km(
        points["lon"].to_numpy()[:, None],
        points["lat"].to_numpy()[:, None],
        hubs["lon"].to_numpy()[None, :],
        hubs["lat"].to_numpy()[None, :],
    )


def true_km(points: pd.DataFrame, hubs: pd.DataFrame) -> np.ndarray:
    """Return all great-circle distances in extended precision, good at any distance (atan2)."""
    degree = np.longdouble("3.14159265358979323846264338327950288") / 180
    lam, phi = (points[c].to_numpy(np.longdouble)[:, None] * degree for c in ("lon", "lat"))
    hub_lam, hub_phi = (hubs[c].to_numpy(np.longdouble)[None, :] * degree for c in ("lon", "lat"))
    turn = hub_lam - lam
    across = np.cos(hub_phi) * np.sin(turn)
    along = np.cos(phi) * np.sin(hub_phi) - np.sin(phi) * np.cos(hub_phi) * np.cos(turn)
    ahead = np.sin(phi) * np.sin(hub_phi) + np.cos(phi) * np.cos(hub_phi) * np.cos(turn)
    return EARTH_RADIUS_KM * np.arctan2(np.hypot(across, along), ahead)


def brute_force_geodesic_km(points: pd.DataFrame, hubs: pd.DataFrame) -> np.ndarray:
    """Return all distances on the ellipsoid, shape (points, hubs)."""
    n, m = len(points), len(hubs)
    _, _, metres = Geod(ellps="WGS84").inv(
        np.repeat(points["lon"].to_numpy(), m),
        np.repeat(points["lat"].to_numpy(), m),
        np.tile(hubs["lon"].to_numpy(), n),
        np.tile(hubs["lat"].to_numpy(), n),
    )
    return np.asarray(metres).reshape(n, m) / 1000.0


def frame(lon: object, lat: object, prefix: str = "p") -> pd.DataFrame:
    """Return points with labels that are not their row numbers."""
    table = pd.DataFrame({"lon": np.asarray(lon, float), "lat": np.asarray(lat, float)})
    table.index = [f"{prefix}{i}" for i in range(len(table))]
    return table


def assert_numbers(column: pd.Series, index: pd.Index, **expected: float) -> None:
    """Compare sum, mean, min, max and count of a column, and its index."""
    assert column.index.equals(index)
    for name, value in expected.items():
        assert np.isclose(getattr(column, name)(), value, rtol=1e-9), name


def stated_beyond() -> int:
    """Return the count beyond 500 km that README states, the published answer of this project.

    `tests/test_docs.py` holds README against the study; other tests take the count from here.
    """
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(r"\*\*([\d,]+) of the 2,543 zones", text)
    assert found is not None
    return int(found[1].replace(",", ""))


def said_in(language: str, words: Iterable[Words]) -> list[str]:
    """Return words in a language."""
    return [each.in_language(language) for each in words]


def zonegap(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "zonegap", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
    )
