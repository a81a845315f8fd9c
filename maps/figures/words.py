"""Words of the figures: labels and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geodata.loaders import load_provinces
from geodata.registry import product_version
from geodata.words import Listed, Message, Words, has_chinese_names, in_context
from maps.boundaries import APPROVED, NOT_STANDARD, Outlines
from zones.hubs import HUB_LAYERS
from zones.parameters import SYNTHETIC
from zones.pipeline import StudyResult
from zones.report.gap_tables import (
    division_kind,
    division_names,
    division_words,
    is_one_province,
)
from zones.report.notes import TWO_SENTENCES
from zones.report.sources import BETWEEN, scope, sources
from zones.study import Study

WORDS: dict[str, Message] = {
    "type_title": in_context("in a figure", "Development zones by level and type"),
    "map_title": Message("Development zones beyond {t:,g} km from the nearest technology hub"),
    "curve_title": Message("Development zones beyond a distance from the nearest technology hub"),
    "province_title": Message(
        "Distance of development zones from the nearest technology hub, by province"
    ),
    "city_title": Message("Distance of development zones from the nearest technology hub, by city"),
    "county_title": Message(
        "Distance of development zones from the nearest technology hub, by county"
    ),
    "shares_title": Message(
        "Share of development zones beyond {t:,g} km from the nearest technology hub, by province"
    ),
    "class": Message("over {low:g} to {high:g}"),
    "province_gdp_title": Message("Estimated GDP of development zones, by province"),
    "city_gdp_title": Message("Estimated GDP of development zones, by city"),
    "county_gdp_title": Message("Estimated GDP of development zones, by county"),
    "zones": in_context("in a figure", "Zones"),
    "gdp_beyond": in_context("zone GDP, in a figure", "Beyond"),
    "zones_axis": Message("Zones (number)"),
    "share": Message("Share (%)"),
    "beyond": in_context("in a figure", "Beyond"),
    "beyond_pct": Message("Beyond (%)"),
    "median": Message("Median (km)"),
    "within_km": Message("within {t:,g} km of a hub"),
    "beyond_km": Message("beyond {t:,g} km"),
    "gdp_axis": in_context("in a figure", "Zone GDP (trillion CNY)"),
    "gdp": Message("Trillion CNY"),
    "distance_axis": Message("Distance to the nearest hub (km)"),
    "km": Message("{t:,g} km"),
    "published": Message("2020 report: {n:,}"),
    "reached": Message("{layer}: {t:.0f} km"),
    "legend_title": Message("{n:,} of {total:,} zones beyond {t:,g} km"),
    "surely": Message("beyond, whole 90 % radius: {n:,}"),
    "unsure": Message("threshold within 90 % radius: {n:,}"),
    "within": Message("within, whole 90 % radius: {n:,}"),
    "hub": Message("technology hub ({n:,})"),
    "hubs_here": Message("technology hub ({n:,} of {total:,} on this map)"),
    "line": Message("{t:,g} km from the nearest hub"),
    "north": Message("{n}°N"),
    "east": Message("{n}°E"),
}
MADE_UP = Message(" (made up)")
METHODS = {
    "great-circle": Message("great circle on the mean sphere"),
    "geodesic": Message("geodesic on WGS-84"),
}
NOTES = {
    "beyond": Message("Beyond: strictly farther than {t:,g} km from the nearest hub. "),
    "hubs": Message("Hubs: {layer}{provinces}; distance: {method}."),
    "province_quantiles": Message(
        "Dot: median; line: 10th to 90th percentile of the province's zones. Provinces by median."
    ),
    "shares_circles": Message(
        "Circle: at the middle of the province's zones, its area by their number; number: share "
        "beyond, %."
    ),
    "shares_areas": Message(
        "Areas as the lines given enclose them, told apart by the seats of counties in them; "
        "areas without a seat have no colour. Number: share beyond, %."
    ),
    "city_quantiles": Message(
        "Dot: median; line: 10th to 90th percentile of the city's zones. Cities by median."
    ),
    "county_quantiles": Message(
        "Dot: median; line: 10th to 90th percentile of the county's zones. Counties by median."
    ),
    "gdp": Message(
        "Zone GDP is an allocation by land share, not measured output: approved area × provincial "
        "GDP ({vintage}) / urban land ({land}). All zones: {gdp:,.2f} trillion CNY, "
        "{beyond_gdp:,.2f} ({pct:.1f} %) of it beyond."
    ),
    "band": Message(
        "Bands: were all zones nearer, or all farther, by their position's 90 % radius at once; "
        "the widest band."
    ),
    "dots": Message(" Dots: the distance at which a layer of hubs gives the report's count."),
    "projection": Message(
        "Albers equal-area projection, standard parallels 25° and 47° N, central meridian 105° E, "
        "WGS-84."
    ),
    "source": Message("Source: zonegap {version}; {sources}."),
}


@dataclass(frozen=True)
class Places:
    """How figures tell zones apart: by province; of one province by city, or by county.

    Attributes
    ----------
    kind
        ``province``, ``city`` or ``county``: the first column of their table, too.
    of_zones
        The place of each zone, by its Chinese name; "" where it has none.
    names
        Chinese name -> what is printed, in the study's language.
    """

    kind: str
    of_zones: pd.Series[str]
    names: Mapping[str, str]


def places_of(result: StudyResult) -> Places:
    """Return the places by which a study's figures tell its zones apart."""
    zones, language = result.zones, result.study.language
    if is_one_province(result):
        return Places(division_kind(result), division_names(result), division_words(result))
    names = result.provinces[province_column(language)]
    return Places("province", zones["province"], {str(k): str(v) for k, v in names.items()})


IN_KEY, IN_KEY_OF_THREE = (
    Message("as in the key"),
    Message("as in the key, in Zhejiang, Guangdong and Beijing"),
)


def word(key: str, language: str, **facts: object) -> str:
    """Return a label in the language, with its numbers in it."""
    return WORDS[key].fill(**facts).in_language(language)


def note(key: str, language: str, **facts: object) -> str:
    """Return a note in the language, with its numbers in it."""
    return NOTES[key].fill(version=product_version(), **facts).in_language(language)


def boundary_note(outlines: Outlines, language: str) -> str:
    """Return which lines a map shows, their review number, and that it is no standard map."""
    lines = outlines.note
    if outlines.approval:
        lines = TWO_SENTENCES.fill(one=lines, other=APPROVED.fill(number=outlines.approval))
    return TWO_SENTENCES.fill(one=lines, other=NOT_STANDARD).in_language(language)


def source_notes(study: Study, *more: Words) -> list[str]:
    """Return what a figure covers and rests on, with further sources such as the coast's."""
    source = note("source", study.language, sources=Listed([sources(study), *more], BETWEEN))
    covered = scope(study)
    return [source] if covered is None else [covered.in_language(study.language), source]


def layer_name(study: Study, layer: str) -> str:
    """Return a hub layer's name; of made-up companies it says so."""
    made_up = layer == "registrations" and study.registrations == SYNTHETIC
    title = HUB_LAYERS[layer].title
    return (title + MADE_UP if made_up else title).in_language(study.language)


def province_column(language: str) -> str:
    """Return the column of `provinces` with the short names a language uses."""
    return "province_short" if has_chinese_names(language) else "province_en"


def hubs_note(study: Study, layer: str | None = None) -> str:
    """Return which hubs and which distance a figure rests on; every layer without one."""
    language = study.language
    in_full = None if layer is None else HUB_LAYERS[layer].in_full
    hubs: Words | str
    if layer is None:
        own = study.hub_layer == "file" or study.hub_provinces
        hubs = IN_KEY if own else IN_KEY_OF_THREE
    elif in_full is not None and not study.hub_provinces:
        hubs = in_full
    else:
        name = layer_name(study, layer).removeprefix("Hubs of ")
        hubs = name[:1].lower() + name[1:]
    provinces: Words | str = ""
    if study.hub_provinces:
        chosen = load_provinces().loc[list(study.hub_provinces), province_column(language)]
        provinces = Message(" ({provinces})", provinces=Listed(map(str, chosen)))
    return note(
        "hubs", language, layer=hubs, provinces=provinces, method=METHODS[study.distance_method]
    )


def beyond_note(study: Study) -> str:
    """Return what beyond means in a study, with its hubs and distance."""
    text = note("beyond", study.language, t=study.thresholds_km[0])
    return text + hubs_note(study, study.hub_layer)
