"""Locate the zones of a user's own table: by its positions, else by name and province."""

from __future__ import annotations

import pandas as pd

from geodata.geocoder import geocode_zones
from geodata.loaders import load_zones
from geodata.own_tables.registration_places import GIVEN


def locate_zone_table(
    zones: pd.DataFrame, year: int, *, openstreetmap: bool = True
) -> pd.DataFrame:
    """Return where each zone is and how that is known; no row is dropped.

    Parameters
    ----------
    zones
        As `geodata.own_tables.zone_tables.load_zone_table` gives them.
    year, openstreetmap
        As for `geodata.geocoder.geocode_zones`.

    Returns
    -------
    pandas.DataFrame
        On the same index, the columns of `geodata.geocoder.geocode_zones`. A position of the file
        is taken as it is (``given``, uncertainty 0). A zone without position and province has no
        ``lon`` and ``lat``, ``geocode_level`` "" and the reason.
    """
    known = zones["province_adcode"] != ""
    located = geocode_zones(zones[known], year, openstreetmap=openstreetmap).reindex(zones.index)
    numbers = ["lon", "lat", "uncertainty_km"]
    located[numbers] = located[numbers].astype(float)
    texts = [c for c in located.columns if c not in numbers]
    located[texts] = located[texts].fillna("")
    located.loc[~known, "geocode_reason"] = zones.loc[~known, "province_reason"]
    given = zones["lon"].notna()
    for column in ("lon", "lat"):
        located[column] = zones[column].where(given, located[column])
    located.loc[given, "uncertainty_km"] = 0.0
    for column, text in (
        ("geocode_level", "place"), ("geocode_method", GIVEN), ("geocode_source", "the file"),
        ("spans", ""), ("geocode_candidates", ""), ("geocode_reason", ""),
    ):  # fmt: skip
        located.loc[given, column] = text
    return located


def english_names(zones: pd.DataFrame) -> pd.Series[str]:
    """Return each zone's own English name, else that of the catalogue's zone of that name."""
    catalogue = load_zones()
    pairs = zip(catalogue["name"], catalogue["province"], strict=True)
    known = dict(zip(pairs, catalogue["name_en"], strict=True))
    keys = zip(zones["name"], zones["province"], strict=True)
    found = pd.Series([known.get(key, "") for key in keys], index=zones.index)
    return zones["name_en"].where(zones["name_en"] != "", found)
