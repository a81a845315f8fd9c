"""Load the project's tables: find, verify, check, return a frame."""

from __future__ import annotations

import pandas as pd

from geodata.registry import table_path
from geodata.schema import Column, check_table
from geodata.text_tables import read_csv
from geodata.vocabulary import PROVINCES, ZONE_LEVELS, ZONE_TYPES

_ADCODE = Column(pattern=(r"\d{6}", "a six-digit GB/T 2260 code"))
_MONTH = (r"(19|20)\d{2}-(0[1-9]|1[0-2])", "a month as YYYY-MM")
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
    "province_adcode": Column(pattern=(r"\d{2}0000", "a provincial GB/T 2260 code"), unique=True),
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
PLACE_PINYIN = {
    "name": Column(unique=True),
    "pinyin": Column(pattern=(r"[a-z]+", "letters without tones")),
}
POSITION_ERRORS = {
    "share": Column("number", low=0.0, high=1.0, unique=True),
    "error_ratio": Column("number", low=0.0),
}
EXCHANGE_RATES = {
    "currency": Column(pattern=(r"[A-Z]{3}", "an ISO 4217 code"), unique=True),
    "names": Column(),
    "cny_per_unit": Column("number", low=1e-6),
    "date": Column(pattern=(r"\d{4}-\d{2}-\d{2}", "a day as YYYY-MM-DD")),
}
ZONE_POSITIONS = {
    "id": Column(unique=True),
    "lon": Column("number", low=73.0, high=136.0),
    "lat": Column("number", low=3.0, high=54.0),
    "adcode": Column(required=False),
    "geocode_level": Column(accepts=("place", "county", "city", "province")),
    "geocode_method": Column(),
    "geocode_source": Column(),
    "uncertainty_km": Column("number", low=0.0),
    "spans": Column(required=False),
    "geocode_candidates": Column(required=False),
    "geocode_reason": Column(required=False),
}


def load_zones() -> pd.DataFrame:
    """Return the catalogue's zones, one a row, in catalogue order.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``id``; ``area_ha`` in hectares, all else text.
    """
    path = table_path("zones")
    return check_table(read_csv(path), ZONES, path).set_index("id")


def load_zone_positions() -> pd.DataFrame:
    """Return where the catalogue's zones are, indexed by ``id``.

    What `geodata.geocoder.geocode_zones` gives for the built-in zones with its defaults, kept so
    that a study need not geocode them again.
    """
    path = table_path("zone_positions")
    return check_table(read_csv(path), ZONE_POSITIONS, path).set_index("id")


def load_provinces() -> pd.DataFrame:
    """Return the 31 provinces indexed by name: GDP in 100 million CNY, built-up area in km2."""
    path = table_path("provinces")
    return check_table(read_csv(path), PROVINCE_COLUMNS, path).set_index("province")


def load_place_pinyin() -> pd.Series[str]:
    """Return the pinyin of place names whose English name is another word, indexed by name."""
    path = table_path("place_pinyin")
    return check_table(read_csv(path), PLACE_PINYIN, path).set_index("name")["pinyin"]


def load_listed_companies() -> pd.DataFrame:
    """Return listed Chinese technology companies with their head-office city."""
    path = table_path("listed_companies")
    return check_table(read_csv(path), LISTED_COMPANIES, path).set_index("symbol")


def load_published_figures() -> pd.DataFrame:
    """Return the figures of the 2020 report, indexed by ``figure_id``."""
    path = table_path("published_figures")
    return check_table(read_csv(path), PUBLISHED_FIGURES, path).set_index("figure_id")


def load_position_errors() -> pd.DataFrame:
    """Return the measured errors of positions: the share of zones within a ratio of their radius.

    Returns
    -------
    pandas.DataFrame
        ``share`` from 0 to 1, rising, and ``error_ratio``, the error divided by the zone's
        ``uncertainty_km`` that this share does not exceed.
    """
    path = table_path("position_errors")
    return check_table(read_csv(path), POSITION_ERRORS, path)


def load_exchange_rates() -> pd.DataFrame:
    """Return CNY per unit of each currency at the table's date, indexed by ISO 4217 code."""
    path = table_path("exchange_rates")
    return check_table(read_csv(path), EXCHANGE_RATES, path).set_index("currency")
