"""Our numbers beside the 2020 report's: published, ours, difference, reason."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata.loaders import load_construction_land_missing, load_published_figures
from geodata.words import ENGLISH, Listed, Message, Name, Words
from zones.companies import footnote_7
from zones.hubs import HUB_LAYERS
from zones.parameters import (
    CITIES_2018,
    CLUSTERS,
    CONSTRUCTION_LAND_2018_NATIONAL_KM2,
    DEFAULT_LAND,
    GDP_VINTAGES,
    HA_PER_KM2,
    LAND_YEARS,
    PUBLISHED_BEYOND_ID,
    PUBLISHED_THRESHOLD_ID,
    THRESHOLD_KM,
    YI_PER_TRILLION,
)
from zones.pipeline import StudyResult
from zones.published_count import published_count
from zones.report.headings import value_words
from zones.thresholds import threshold_for_count

# figure of the 2020 report -> short words with the unit
FIGURES = {
    "zones_total": Message("Zones"),
    "zones_area": Message("Zone area (10,000 km²)"),
    "zones_area_share": Message("Zone area in urban land (%)"),
    "zones_gdp": Message("Zone GDP 2018 (trillion CNY)"),
    "zones_gdp_share": Message("Zone GDP in national GDP (%)"),
    "registrations_total": Message("Registrations"),
    "registrations_capital": Message("Registered capital (100 million CNY)"),
    "registrations_core": Message("Registrations in the three"),
    "registrations_core_capital": Message("Capital in the three (100 million CNY)"),
    "registrations_core_capital_share": Message("Capital in the three (%)"),
    "registrations_other_capital": Message("Capital in the other 28 (100 million CNY)"),
    "registrations_other_capital_share": Message("Capital in the other 28 (%)"),
    "zones_other28": Message("Zones in the other 28 provinces"),
    "zones_gdp_other28": Message("Their zone GDP (trillion CNY)"),
    "zones_gdp_other28_share": Message("Their share of zone GDP (%)"),
    "zones_beyond_500km": Message("Zones beyond 500 km"),
    "threshold_km": Message("Threshold with that many beyond (km)"),
}

# why ours is not the published one
REASONS = {
    "catalogue": Message("the catalogue's own count"),
    "area": Message("{area_km2:,.3f} km2 added up; the report rounds"),
    "land": Message("{land}; the report divides by urban construction land 2018"),
    "land_2018": Message(
        "{land}: {with_value} of {cities} cities, {covered_pct:.1f} % of the national total"
    ),
    "gdp": Message("GDP {gdp}, {land}"),
    "provincial_sum": Message("of the sum of provincial GDP"),
    "ratio": Message("ratio of the two above"),
    "not_public": Message("the 564 registrations are not public"),
    "given_companies": Message("the given registrations"),
    "made_up_places": Message("places of made-up companies (synthetic)"),
    "made_up": Message("made-up companies (synthetic): equal by construction"),
    "made_up_share": Message(
        "made-up companies (synthetic): the report's own amounts, not its rounded share"
    ),
    "narrowed": Message("hubs of {provinces} only"),
    "own_table": Message("the given table's own count"),
    "interval": Message("any threshold from low to below high"),
    "tie": Message("no threshold gives exactly the count"),
    "no_area": Message("the given table states no area"),
    "too_few": Message("the table has fewer zones than that"),
}


@dataclass(frozen=True)
class Ours:
    """Our value of a published figure, in its unit, with the key of the reason it differs."""

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
        ``figure_id``, ``figure`` (with its unit), ``case`` (hub layer), ``published``,
        ``ours``, ``low`` and ``high`` (widest 90 % interval of a count; the thresholds between
        which it is the same), ``difference_pct``, ``reason``. ``ours`` is nan where the report's
        source is not public.
    """
    ours = _ours(result)
    rows = []
    for figure_id, published in load_published_figures()["value"].items():
        rows += [
            {
                "figure_id": figure_id,
                "figure": FIGURES[str(figure_id)].in_language(ENGLISH),
                "case": mine.case,
                "published": published,
                "ours": mine.value,
                "low": mine.low,
                "high": mine.high,
                "difference_pct": 100.0 * (mine.value / published - 1.0),
                "reason": reason(mine.reason, result).in_language(ENGLISH),
            }
            for mine in ours.get(str(figure_id), [Ours(float("nan"), "not_public")])
        ]
    return pd.DataFrame(rows)


def published_thresholds(result: StudyResult) -> pd.DataFrame:
    """Return the threshold at which each hub layer gives the report's count.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``layer``: ``threshold_km``, the middle of ``low_km`` and ``high_km``, between
        which the count is the same; nan where the table has fewer zones. No row of a study that
        keeps some zones of its table only: the report's count is of all.
    """
    if result.kept is not None:
        return pd.DataFrame(columns=["threshold_km", "low_km", "high_km"], dtype=float)
    found = {layer: _threshold(result, layer) for layer in result.layers()}
    rows = [(layer, ours.value, ours.low, ours.high) for layer, ours in found.items()]
    columns = ["layer", "threshold_km", "low_km", "high_km"]
    return pd.DataFrame(rows, columns=columns).set_index("layer")


def reason(key: str, result: StudyResult) -> Words:
    """Return the words of a reason, with the study's own numbers in them; a hub layer's its own."""
    if key in HUB_LAYERS:
        return HUB_LAYERS[key].why_it_differs
    study, english = result.study, result.provinces["province_en"]
    land_km2 = float(result.provinces[LAND_YEARS[DEFAULT_LAND]].sum())
    missing = load_construction_land_missing()
    no_value = int((missing["year"] == int(DEFAULT_LAND[-4:])).sum())
    return REASONS[key].fill(
        with_value=CITIES_2018 - no_value,
        cities=CITIES_2018,
        covered_pct=100.0 * land_km2 / CONSTRUCTION_LAND_2018_NATIONAL_KM2,
        gdp=value_words(study.gdp),
        land=value_words(study.land),
        area_km2=result.zones["area_ha"].sum(min_count=1) / HA_PER_KM2,
        provinces=Listed(Name(str(english[name]), name) for name in study.hub_provinces or ()),
    )


def printed_words(result: StudyResult, language: str) -> dict[str, str]:
    """Return English words of the table -> what they are in a language."""
    words: list[Words] = [*FIGURES.values(), *(reason(k, result) for k in (*REASONS, *HUB_LAYERS))]
    return {each.in_language(ENGLISH): each.in_language(language) for each in words}


def _ours(result: StudyResult) -> dict[str, list[Ours]]:
    study, zones, provinces = result.study, result.zones, result.provinces
    outside = ~zones["province_adcode"].isin(CLUSTERS.values())
    area_km2 = zones["area_ha"].sum(min_count=1) / HA_PER_KM2
    land_km2 = provinces[LAND_YEARS[study.land]].sum()
    national_gdp = provinces[GDP_VINTAGES[study.gdp]].sum()
    gdp = zones["gdp_estimate_yi_cny"].sum(min_count=1)
    gdp_outside = zones.loc[outside, "gdp_estimate_yi_cny"].sum(min_count=1)
    count = "own_table" if study.zones_table else "catalogue"
    one = {
        "zones_total": Ours(len(zones), count),
        "zones_area": Ours(area_km2 / 1e4, "area" if area_km2 > 0 else "no_area"),
        "zones_area_share": Ours(
            100.0 * area_km2 / land_km2, "land_2018" if study.land == DEFAULT_LAND else "land"
        ),
        "zones_gdp": Ours(gdp / YI_PER_TRILLION, "gdp"),
        "zones_gdp_share": Ours(100.0 * gdp / national_gdp, "provincial_sum"),
        "zones_other28": Ours(int(outside.sum()), count),
        "zones_gdp_other28": Ours(gdp_outside / YI_PER_TRILLION, "gdp"),
        "zones_gdp_other28_share": Ours(100.0 * gdp_outside / gdp, "ratio"),
    }
    if result.registrations is not None:
        why = "made_up" if result.registrations.report.made_up else "given_companies"
        one |= {
            k: Ours(v, f"{why}_share" if why == "made_up" and k.endswith("_share") else why)
            for k, v in footnote_7(result.registrations).items()
        }
    cases = {figure_id: [value] for figure_id, value in one.items()}
    cases[PUBLISHED_BEYOND_ID] = [_beyond(result, layer) for layer in result.layers()]
    cases[PUBLISHED_THRESHOLD_ID] = [_threshold(result, layer) for layer in result.layers()]
    return cases


def _beyond(result: StudyResult, layer: str) -> Ours:
    """Count the zones beyond the report's own threshold under a hub layer."""
    distance_km = result.distance_under(layer, result.study.distance_method)
    far = int((distance_km > THRESHOLD_KM).sum())
    low, high = result.interval(layer, THRESHOLD_KM)
    companies = result.registrations
    why = "narrowed" if result.study.hub_provinces else layer
    if layer in ("registrations", "file") and companies is not None and companies.report.made_up:
        why = "made_up_places"
    return Ours(far, why, low, high, layer)


def _threshold(result: StudyResult, layer: str) -> Ours:
    """Return the threshold at which a hub layer gives the report's count."""
    published = published_count()
    distance_km = result.distance_under(layer, result.study.distance_method)
    if published > len(distance_km):
        return Ours(float("nan"), "too_few", case=layer)
    low_km, high_km = threshold_for_count(distance_km, published)
    if low_km == high_km:
        return Ours(float("nan"), "tie", low_km, high_km, layer)
    return Ours((low_km + high_km) / 2.0, "interval", low_km, high_km, layer)
