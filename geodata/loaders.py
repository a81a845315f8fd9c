"""Load the project's tables: find, verify, check, return a frame."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.registry import registry, table_rows
from geodata.schema import Column, check_table
from geodata.vocabulary import (
    CHINA_LAT_DEG,
    CHINA_LON_DEG,
    LEVELS,
    PROVINCES,
    REGIONS,
    ZONE_LEVELS,
    ZONE_TYPES,
)
from geodata.words import Message

_ADCODE = Column(pattern=(r"\d{6}", Message("a six-digit GB/T 2260 code")))
_MONTH = (r"(19|20)\d{2}-(0[1-9]|1[0-2])", Message("a month as YYYY-MM"))
_AMOUNT = Column("number", low=0.0)

ZONES = {
    "id": Column(unique=True),
    "code": Column(),
    "name": Column(),
    "name_en": Column(required=False),
    "province_adcode": _ADCODE,
    "province": Column(accepts=PROVINCES),
    "level": Column(accepts=ZONE_LEVELS),
    "type": Column(accepts=ZONE_TYPES),
    "approved": Column(pattern=_MONTH),
    "extended": Column(pattern=_MONTH, required=False),
    # the largest approved zone has 23,252 ha; an area in m2 would exceed the bound
    "area_ha": Column("number", low=0.01, high=100_000.0),
    "industries": Column(required=False),
    "remark": Column(required=False),
}
PROVINCE_COLUMNS = {
    "province_adcode": Column(
        pattern=(r"\d{2}0000", Message("a provincial GB/T 2260 code")), unique=True
    ),
    "province": Column(accepts=PROVINCES, unique=True),
    "province_short": Column(),
    "province_en": Column(),
    "gdp_2018_first_yi_cny": _AMOUNT,
    "gdp_2018_census4_yi_cny": _AMOUNT,
    "gdp_2018_nbs2025_yi_cny": _AMOUNT,
    "built_up_2014_km2": _AMOUNT,
    "built_up_2015_km2": _AMOUNT,
    "built_up_2016_km2": _AMOUNT,
    "built_up_2017_km2": _AMOUNT,
}
CONSTRUCTION_LAND = {
    "province_adcode": PROVINCE_COLUMNS["province_adcode"],
    "province": PROVINCE_COLUMNS["province"],
    "construction_land_2014_km2": _AMOUNT,
    "construction_land_2015_km2": _AMOUNT,
    "construction_land_2016_km2": _AMOUNT,
    "construction_land_2017_km2": _AMOUNT,
    "construction_land_2018_km2": _AMOUNT,
    "construction_land_2019_km2": _AMOUNT,
}
CONSTRUCTION_LAND_MISSING = {
    "year": Column("number", low=2014.0, high=2019.0),
    "city_adcode": _ADCODE,
    "city": Column(),
    "province_adcode": Column(pattern=(r"\d{2}0000", Message("a provincial GB/T 2260 code"))),
    "reason": Column(accepts=("blank", "absent")),
}
LISTED_COMPANIES = {
    "symbol": Column(unique=True),
    "name": Column(),
    "province": Column(),
    "city": Column(),
    "city_adcode": _ADCODE,
    "industry_group": Column(),
    "industry": Column(),
    "market_cap_class": Column(required=False),
    "listing": Column(),
}
PUBLISHED_FIGURES = {
    "figure_id": Column(unique=True),
    "figure": Column(),
    "value": Column("number"),
    "unit": Column(),
    "stated_in": Column(),
}
REGIONS_TABLE = {
    "province_adcode": PROVINCE_COLUMNS["province_adcode"],
    "province": Column(accepts=PROVINCES, unique=True),
    "region": Column(accepts=REGIONS),
    "population_2018_first_10k": _AMOUNT,
    "population_2018_census7_10k": _AMOUNT,
}
OFFICIAL_ZONE_GDP = {
    "figure_id": Column(unique=True),
    "name": Column(),
    "name_en": Column(),
    "types": Column(required=False),
    "zone_ids": Column(required=False),
    "official_zones": Column("integer", low=1),
    "year": Column("integer", low=1984),
    "official_gdp_yi_cny": _AMOUNT,
    "certainty": Column(accepts=("", "preliminary", "expected", "at least"), required=False),
    "administered_km2": Column("number", required=False, low=0.0),
    "publisher": Column(),
    "publisher_en": Column(),
    "stated_in": Column(),
}
PLACE_PINYIN = {
    "name": Column(unique=True),
    "pinyin": Column(pattern=(r"[a-z]+", Message("letters without tones"))),
}
POSITION_ERRORS = {
    "share": Column("number", low=0.0, high=1.0, unique=True),
    "error_ratio": Column("number", low=0.0),
}
EXCHANGE_RATES = {
    "currency": Column(pattern=(r"[A-Z]{3}", Message("an ISO 4217 code")), unique=True),
    "names": Column(),
    "cny_per_unit": Column("number", low=1e-6),
    "date": Column(pattern=(r"\d{4}-\d{2}-\d{2}", Message("a day as YYYY-MM-DD"))),
}
ZONE_POSITIONS = {
    "id": Column(unique=True),
    "lon": Column("number", True, *CHINA_LON_DEG),
    "lat": Column("number", True, *CHINA_LAT_DEG),
    "adcode": Column(required=False),
    "geocode_level": Column(accepts=tuple(LEVELS)),
    "geocode_method": Column(),
    "geocode_source": Column(),
    "uncertainty_km": Column("number", low=0.0),
    "spans": Column(required=False),
    "geocode_candidates": Column(required=False),
    "geocode_reason": Column(required=False),
}


def _load(name: str, schema: Mapping[str, Column]) -> pd.DataFrame:
    """Return a registered table, every cell checked, indexed by its line in the file."""
    header, rows = table_rows(name)
    index = pd.Index([line for line, _ in rows], name="row", dtype="int64")
    frame = pd.DataFrame([cells for _, cells in rows], index=index, columns=header, dtype=str)
    return check_table(frame, schema, registry()[name].path)


def load_zones() -> pd.DataFrame:
    """Return the catalogue's zones, one a row, in catalogue order.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``id``; ``area_ha`` in hectares, all else text.
    """
    return _load("zones", ZONES).set_index("id")


def load_zone_positions() -> pd.DataFrame:
    """Return where the catalogue's zones are, indexed by ``id``.

    What `geodata.zone_geocoder.geocode_zones` gives for the built-in zones with its defaults, kept
    so that a study need not geocode them again.
    """
    return _load("zone_positions", ZONE_POSITIONS).set_index("id")


def load_provinces() -> pd.DataFrame:
    """Return the 31 provinces indexed by name: GDP in 100 million CNY, urban land in km2.

    Returns
    -------
    pandas.DataFrame
        Codes and names, GDP of 2018 in three vintages, urban built-up area of 2014 to 2017, and
        urban construction land of 2014 to 2019 as the sums over the cities that have a value
        (`load_construction_land_missing` names the others).
    """
    provinces = _load("provinces", PROVINCE_COLUMNS).set_index("province")
    land = _load("construction_land", CONSTRUCTION_LAND).set_index("province")
    return provinces.join(land.drop(columns="province_adcode"))


def load_construction_land_missing() -> pd.DataFrame:
    """Return the cities that lack in the sums of urban construction land, one a year and city.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``city_adcode`` and ``city`` of that year, ``province_adcode``, ``reason``:
        ``blank`` in the source, or ``absent`` from it, mostly since the city was dissolved later.
    """
    return _load("construction_land_missing", CONSTRUCTION_LAND_MISSING).astype({"year": int})


def load_regions() -> pd.DataFrame:
    """Return the region of each province and its population, 10,000 persons, indexed by name."""
    return _load("regions", REGIONS_TABLE).set_index("province")


def load_official_zone_gdp() -> pd.DataFrame:
    """Return official figures of zone GDP, 100 million CNY, indexed by ``figure_id``."""
    return _load("official_zone_gdp", OFFICIAL_ZONE_GDP).set_index("figure_id")


def load_place_pinyin() -> pd.Series[str]:
    """Return the pinyin of place names whose English name is another word, indexed by name."""
    return _load("place_pinyin", PLACE_PINYIN).set_index("name")["pinyin"]


def load_listed_companies() -> pd.DataFrame:
    """Return listed Chinese technology companies with their head-office city."""
    return _load("listed_companies", LISTED_COMPANIES).set_index("symbol")


def load_published_figures() -> pd.DataFrame:
    """Return the figures of the 2020 report, indexed by ``figure_id``."""
    return _load("published_figures", PUBLISHED_FIGURES).set_index("figure_id")


def load_position_errors() -> pd.DataFrame:
    """Return the measured errors of positions: the share of zones within a ratio of their radius.

    Returns
    -------
    pandas.DataFrame
        ``share`` from 0 to 1, rising, and ``error_ratio``, the error divided by the zone's
        ``uncertainty_km`` that this share does not exceed.
    """
    return _load("position_errors", POSITION_ERRORS)


def load_exchange_rates() -> pd.DataFrame:
    """Return CNY per unit of each currency at the table's date, indexed by ISO 4217 code."""
    return _load("exchange_rates", EXCHANGE_RATES).set_index("currency")
