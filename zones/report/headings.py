"""Headings and words of tables; numbers' formats beside them."""

from __future__ import annotations

import re

from geodata.vocabulary import (
    LEVEL_WORDS,
    NOT_STATED,
    NOT_STATED_WORDS,
    REGION_WORDS,
    TYPE_WORDS,
)
from geodata.words import Message, Words, in_context
from zones.hubs import HUB_LAYERS
from zones.parameters import LAND_YEARS

# column: its heading with the unit, the format of its numbers
COLUMNS: dict[str, tuple[Message, str]] = {
    "level": (Message("Level"), ""),
    "type": (Message("Type"), ""),
    "province": (Message("Province"), ""),
    "city": (Message("City"), ""),
    "county": (in_context("heading of a table", "County"), ""),
    "group": (Message("Group"), ""),
    "zones": (Message("Zones"), ",.0f"),
    "area_km2": (Message("Area (km²)"), ",.1f"),
    "urban_land_km2": (Message("Urban land (km²)"), ",.0f"),
    "share_land_pct": (Message("Zones in urban land (%)"), ".1f"),
    "gdp_estimate_yi_cny": (Message("Zone GDP (100 million CNY)"), ",.0f"),
    "province_gdp_yi_cny": (Message("Provincial GDP (100 million CNY)"), ",.0f"),
    "median_km": (Message("Median distance (km)"), ",.0f"),
    "median_min": (Message("Median way (min)"), ",.0f"),
    "median_h": (Message("Median way (h)"), ",.1f"),
    "beyond": (Message("Zones beyond"), ",.0f"),
    "beyond_zones_pct": (Message("Zones beyond (%)"), ".1f"),
    "area_beyond_km2": (Message("Area beyond (km²)"), ",.1f"),
    "gdp_beyond_yi_cny": (Message("Zone GDP beyond (100 million CNY)"), ",.0f"),
    "listed_companies": (Message("Listed technology companies"), ",.0f"),
    "share_zones_pct": (Message("Share of zones (%)"), ".1f"),
    "share_zone_gdp_pct": (Message("Share of zone GDP (%)"), ".1f"),
    "registrations": (Message("Registered companies"), ",.0f"),
    "registered_capital_yi_cny": (Message("Registered capital (100 million CNY)"), ",.2f"),
    "share_registrations_pct": (Message("Share of registered companies (%)"), ".1f"),
    "share_capital_pct": (Message("Share of capital (%)"), ".1f"),
    "share_listed_pct": (Message("Share of listed companies (%)"), ".1f"),
    "threshold_km": (Message("Threshold (km)"), ",.10g"),
    "threshold_min": (Message("Threshold (min)"), ",.10g"),
    "threshold_h": (Message("Threshold (h)"), ",.10g"),
    "surely": (Message("Beyond if all nearer"), ",.0f"),
    "possibly": (Message("Beyond if all farther"), ",.0f"),
    "beyond_area_pct": (Message("Zone area beyond (%)"), ".1f"),
    "grouping": (Message("Grouping"), ""),
    "hub": (Message("Hub left out"), ""),
    "zones_served": (Message("Zones it serves"), ",.0f"),
    "more_beyond": (Message("More beyond"), ",.0f"),
    "median_added_km": (Message("Median way added (km)"), ",.0f"),
    "low_5_pct": (Message("5 %"), ",.0f"),
    "median": (Message("Median"), ",.0f"),
    "high_95_pct": (Message("95 %"), ",.0f"),
    "k": (Message("Number of cities"), ",.0f"),
    "cities": (Message("Best choice"), ""),
    "zones_reached": (Message("Zones reached"), ",.0f"),
    "area_reached_km2": (Message("Area reached (km²)"), ",.0f"),
    "gdp_reached_yi_cny": (Message("GDP reached (100 million CNY)"), ",.0f"),
    "zones_left_beyond": (Message("Zones left beyond"), ",.0f"),
    "optimality_gap": (Message("Gap"), ".2g"),
    "left_out": (Message("Without"), ""),
    "mean_km": (Message("Mean distance (km)"), ",.1f"),
    "farthest_km": (Message("Farthest zone (km)"), ",.1f"),
    "loss_pct": (Message("Loss (%)"), ".2f"),
    "greedy_city": (Message("Greedy: next"), ""),
    "greedy_pct": (Message("Greedy / best (%)"), ".1f"),
    "hub_layer": (Message("Hub layer"), ""),
    "distance_method": (Message("Distance"), ""),
    "gdp": (Message("GDP vintage"), ""),
    "land": (Message("Land"), ""),
    "zone_gdp_trillion_cny": (Message("Zone GDP (trillion CNY)"), ".2f"),
    "gdp_beyond_trillion_cny": (Message("Zone GDP beyond (trillion CNY)"), ".2f"),
    "beyond_gdp_pct": (Message("Zone GDP beyond (%)"), ".1f"),
    "gdp_other_provinces_pct": (Message("Zone GDP of other provinces (%)"), ".1f"),
    "figure": (Message("Figure"), ""),
    "case": (Message("Hubs"), ""),
    "shared_by": (Message("Positions err alike by"), ""),
    "change": (Message("Change"), ""),
    "hubs": (Message("Hubs left out or added"), ""),
    "ways": (Message("Choices that give it"), ",.0f"),
    "difference": (Message("Less the published"), "+,.0f"),
    "published": (Message("Published"), ",.10g"),
    "ours": (Message("Ours"), ",.6g"),
    "low": (Message("Low"), ",.5g"),
    "high": (Message("High"), ",.5g"),
    "difference_pct": (Message("Difference (%)"), "+.1f"),
    "reason": (Message("Reason"), ""),
    # studies beside each other; a column of one of them has its label behind: beyond_A
    "study": (Message("Study"), ""),
    "name": (in_context("heading of a table", "Name"), ""),
    "name_en": (in_context("heading of a table", "English name"), ""),
    "id": (Message("Identifier"), ""),
    "parameter": (Message("Parameter"), ""),
    "beyond_in": (Message("Beyond in"), ""),
    "nearest_hub": (Message("Nearest hub"), ""),
    "nearest_km": (Message("Distance to it (km)"), ",.1f"),
    "nearest_min": (Message("Way to it (min)"), ",.1f"),
    "nearest_h": (Message("Way to it (h)"), ",.2f"),
    "region": (Message("Region"), ""),
    "adcode_2018": (Message("Code of 2018"), ""),
    "population_10k": (Message("Population (10,000)"), ",.0f"),
    "gdp_per_head_cny": (Message("GDP per head (CNY)"), ",.0f"),
    "zones_per_million": (Message("Zones per million"), ".2f"),
    "area_per_10k_ha": (Message("Area per 10,000 (ha)"), ".1f"),
    "zone_gdp_per_head_cny": (Message("Zone GDP per head (CNY)"), ",.0f"),
    "beyond_per_million": (Message("Zones beyond per million"), ".2f"),
    "beyond_by_population_pct": (Message("Beyond by population (%)"), ".1f"),
    "population_mostly_beyond_10k": (Message("Population mostly beyond (10,000)"), ",.0f"),
    "quantity": (Message("Measure"), ""),
    "unit_kind": (Message("Of"), ""),
    "units": (Message("Number"), ",.0f"),
    "gini": (Message("Gini"), ".3f"),
    "theil": (Message("Theil"), ".3f"),
    "theil_between": (Message("Theil between"), ".3f"),
    "theil_within": (Message("Theil within"), ".3f"),
    "between_pct": (Message("Between (%)"), ".1f"),
    "hhi": (Message("HHI"), ".3f"),
    "largest": (Message("Largest"), ""),
    "top1_pct": (Message("Largest (%)"), ".1f"),
    "top3_pct": (Message("Three largest (%)"), ".1f"),
    "official_scope": (Message("Official figure of"), ""),
    "official_year": (Message("Year"), ""),
    "official_zones": (Message("Zones counted there"), ",.0f"),
    "official_gdp_yi_cny": (Message("Official GDP (100 million CNY)"), ",.0f"),
    "administered_km2": (Message("Area run (km²)"), ",.0f"),
    "estimate_over_official_pct": (Message("Zone GDP / official (%)"), ",.0f"),
}
# the label of a study behind a column's name
_OF_STUDY = re.compile(r"(?P<column>.+)_(?P<study>[A-Z])")

# A table's word -> what is printed: keys of the study, and the catalogue's Chinese terms.
VALUES: dict[str, Words] = {
    "total": Message("Total"),
    "three clusters": Message("Three clusters"),
    "other provinces": Message("Other provinces"),
    "Beijing": Message("Beijing"),
    "Zhejiang": Message("Zhejiang"),
    "Guangdong": Message("Guangdong"),
    "Other": in_context("cluster of a hub", "Other"),
    "zones": in_context("what new hubs bring within reach", "number of zones"),
    "area": in_context("what new hubs bring within reach", "zone area"),
    "gdp": in_context("what new hubs bring within reach", "zone GDP"),
    "unknown": in_context("period of approval", "unknown"),
    "place": in_context("level of a position in a table", "place"),
    "county": in_context("level of a position in a table", "county"),
    "city": in_context("level of a position in a table", "city"),
    "province": in_context("level of a position in a table", "province"),
    "great-circle": in_context("method of distance in a table", "great-circle"),
    "geodesic": in_context("method of distance in a table", "geodesic"),
    "matrix": in_context("method of distance in a table", "matrix"),
    "2018-first": Message("2018 as first published"),
    "2018-census4": Message("2018 after the 4th census"),
    "2018-nbs2025": Message("2018 as revised by 2025"),
    **{
        land: (
            Message("urban construction land {year}", year=land[-4:])
            if land.startswith("construction")
            else Message("built-up area {year}", year=land[-4:])
        )
        for land in LAND_YEARS
    },
    # what would give the published count
    "none": in_context("change", "none"),
    "threshold": in_context("change", "another threshold"),
    "at_or_beyond": in_context("change", "zones at the threshold counted too"),
    "without_1": in_context("change", "one hub left out"),
    "without_2": in_context("change", "two hubs left out"),
    "with_1": in_context("change", "one hub added"),
    "with_2": in_context("change", "two hubs added"),
    "county_seats": in_context("change", "every county seat of the three provinces a hub"),
    "made_up": in_context("change", "the 206 made-up companies (synthetic)"),
    "openstreetmap": in_context("change", "positions of OpenStreetMap, too"),
    "no_openstreetmap": in_context("change", "positions without OpenStreetMap"),
    "zones_at_seats": in_context("change", "every zone at its county's seat"),
    NOT_STATED: NOT_STATED_WORDS,
    **LEVEL_WORDS,
    **REGION_WORDS,
    **TYPE_WORDS,
}
# which zones err alike
SHARED_BY_NAMES = {
    "zone": in_context("positions err alike by", "each on its own"),
    "county": in_context("positions err alike by", "county"),
    "prefecture": in_context("positions err alike by", "prefecture"),
    "province": in_context("positions err alike by", "province"),
}
# of the tables on inequality and concentration: what is measured, of which units
QUANTITIES: dict[str, Words] = {
    "hubs": in_context("what is concentrated", "Hubs"),
    "zones": COLUMNS["zones"][0],
    "nearest_km": Message("Distance of zones (km)"),
    "zone": in_context("unit of a measure", "zones"),
    "province": in_context("unit of a measure", "provinces"),
    "city": in_context("unit of a measure", "cities"),
    **{
        column: COLUMNS[column][0]
        for column in (
            "gdp_per_head_cny zone_gdp_per_head_cny area_per_10k_ha zones_per_million "
            "beyond_per_million listed_companies registrations registered_capital_yi_cny area_km2 "
            "gdp_estimate_yi_cny"
        ).split()
    },
}
GROUPING_NAMES = {
    "province": Message("Province"),
    "level": Message("Level"),
    "type": Message("Type"),
    "period": Message("Approval"),
    "cluster": Message("Cluster"),
}


def heading(column: str, language: str) -> str:
    """Return a column's heading, with its unit; the column's own name where it has none."""
    words = _heading(column)
    return column if words is None else words.in_language(language)


def _heading(column: str) -> Words | None:
    layer = HUB_LAYERS.get(column.removeprefix("beyond_"))
    if layer is not None and column.startswith("beyond_"):
        return Message("Beyond, {layer}", layer=layer.short)
    of_study = _OF_STUDY.fullmatch(column)
    if of_study and of_study["column"] in COLUMNS:
        return Message(
            "{heading}, {study}", heading=COLUMNS[of_study["column"]][0], study=of_study["study"]
        )
    return COLUMNS[column][0] if column in COLUMNS else None


def number_format(column: str) -> str:
    """Return the format of a column's numbers, "" for text."""
    if column.startswith("beyond_") and column.removeprefix("beyond_") in HUB_LAYERS:
        return COLUMNS["beyond"][1]
    of_study = _OF_STUDY.fullmatch(column)
    column = of_study["column"] if of_study else column
    return COLUMNS[column][1] if column in COLUMNS else ""


def value_words(text: str) -> Words | None:
    """Return the words of a table's value, None where it reads the same in every language."""
    if text in HUB_LAYERS:
        return HUB_LAYERS[text].short
    return VALUES.get(text)


def value(text: str, language: str) -> str:
    """Return a table's word in the language; an unknown word is returned unchanged."""
    words = value_words(text)
    return text if words is None else words.in_language(language)
