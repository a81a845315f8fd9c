"""Our numbers beside the 2020 report's: published, ours, difference, reason."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata.loaders import load_published_figures
from zones.parameters import (
    CLUSTERS,
    GDP_VINTAGES,
    HA_PER_KM2,
    LAND_YEARS,
    PUBLISHED_BEYOND_ID,
    THRESHOLD_KM,
    YI_PER_TRILLION,
)
from zones.pipeline import StudyResult
from zones.thresholds import count_beyond

NOT_PUBLIC = "needs the report's 564 registrations, a commercial extract that is not public"


@dataclass(frozen=True)
class Ours:
    """Our value of a published figure, in its unit, with the reason for a difference."""

    value: float
    reason: str
    low: float = float("nan")
    high: float = float("nan")
    case: str = ""


def reconciliation_table(result: StudyResult) -> pd.DataFrame:
    """Return every published figure with ours beside it; the count once for each hub layer.

    Returns
    -------
    pandas.DataFrame
        ``figure_id``, ``figure``, ``case`` (hub layer), ``unit``, ``published``, ``ours``,
        ``low`` and ``high`` (band), ``difference_pct``, ``reason``. ``ours`` is nan where the
        report's source is not public.
    """
    ours = _ours(result)
    rows = []
    for figure_id, published in load_published_figures().iterrows():
        rows += [
            {
                "figure_id": figure_id,
                "figure": published["figure"],
                "case": mine.case,
                "unit": published["unit"],
                "published": published["value"],
                "ours": mine.value,
                "low": mine.low,
                "high": mine.high,
                "difference_pct": 100.0 * (mine.value / published["value"] - 1.0),
                "reason": mine.reason,
            }
            for mine in ours.get(str(figure_id), [Ours(float("nan"), NOT_PUBLIC)])
        ]
    return pd.DataFrame(rows)


def _ours(result: StudyResult) -> dict[str, list[Ours]]:
    study, zones, provinces = result.study, result.zones, result.provinces
    outside = ~zones["province_adcode"].isin(CLUSTERS.values())
    area_km2 = zones["area_ha"].sum() / HA_PER_KM2
    land_km2 = provinces[LAND_YEARS[study.land]].sum()
    gdp = zones["gdp_yi_cny"].sum()
    gdp_outside = zones.loc[outside, "gdp_yi_cny"].sum()
    land_note = f"{study.land} instead of urban construction land 2018, which is not public"
    one = {
        "zones_total": Ours(len(zones), "the catalogue's own count"),
        "zones_area": Ours(
            area_km2 / 1e4, f"approved areas add up to {area_km2:,.3f} km2; report rounds"
        ),
        "zones_area_share": Ours(100.0 * area_km2 / land_km2, land_note),
        "zones_gdp": Ours(gdp / YI_PER_TRILLION, f"GDP {study.gdp}; {land_note}"),
        "zones_gdp_share": Ours(
            100.0 * gdp / provinces[GDP_VINTAGES[study.gdp]].sum(),
            "of the sum of provincial GDP, as the density is provincial",
        ),
        "zones_other28": Ours(int(outside.sum()), "the catalogue's own count"),
        "zones_gdp_other28": Ours(gdp_outside / YI_PER_TRILLION, "as above"),
        "zones_gdp_other28_share": Ours(100.0 * gdp_outside / gdp, "ratio of the two above"),
    }
    cases = {figure_id: [value] for figure_id, value in one.items()}
    cases[PUBLISHED_BEYOND_ID] = [_beyond(result, layer) for layer in result.layers()]
    return cases


def _beyond(result: StudyResult, layer: str) -> Ours:
    """Count the zones beyond the report's own threshold under a hub layer."""
    reasons = {
        "prefectures": "hubs rebuilt: every prefecture-level city of the three, instead of the 206",
        "listed": "hubs: head-office cities of listed technology companies only",
        "cores": "hubs: Beijing, Hangzhou, Guangzhou, Shenzhen only",
        "file": "hubs: the given file",
    }
    distance_km = result.distance_under(layer, result.study.distance_method)
    counts = count_beyond(distance_km, result.zones["uncertainty_km"], [THRESHOLD_KM]).iloc[0]
    return Ours(
        int(counts["beyond"]), reasons[layer], int(counts["surely"]), int(counts["possibly"]), layer
    )
