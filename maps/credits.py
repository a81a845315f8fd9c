"""Whom a map must name: what was read for it, by its study or by the look of its frame."""

from __future__ import annotations

import pandas as pd

from zones.report.source_line import OPENSTREETMAP, PLACES

COAST = ("; coast: Natural Earth", "；海岸线：Natural Earth")
# what the licences want on the map itself, where the credits name it
ON_MAP = ("© OpenStreetMap contributors", "GeoNames", "Natural Earth")

Pair = tuple[str, str]


def frame_credits(zones: pd.DataFrame) -> Pair | None:
    """Return the sources of positions that this package found; None where none of them is its own.

    A frame of one's own says nothing of its sources; one that zonegap located has the column
    ``geocode_source``.
    """
    if "geocode_source" not in zones:
        return None
    open_data = zones["geocode_source"].astype(str).str.contains("OpenStreetMap").any()
    english, chinese = (a + b * bool(open_data) for a, b in zip(PLACES, OPENSTREETMAP, strict=True))
    return english, chinese


def with_coast(sources: Pair | None) -> Pair:
    """Return the credits of a page: the sources and the coast it draws."""
    if sources is None:
        return COAST[0].removeprefix("; "), COAST[1].removeprefix("；")
    return sources[0] + COAST[0], sources[1] + COAST[1]


def on_map(credits_pair: Pair) -> str:
    """Return the line in the corner of the map."""
    return ", ".join(name for name in ON_MAP if name in credits_pair[0])
