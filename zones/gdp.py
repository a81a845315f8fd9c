"""Zone GDP: approved area times the GDP density of the province's urban land."""

from __future__ import annotations

import pandas as pd

from geodata.errors import UsageError
from geodata.loaders import load_provinces
from geodata.words import Listed, Message
from zones.inputs import check_choice, need_columns
from zones.parameters import DEFAULT_GDP, DEFAULT_LAND, GDP_VINTAGES, HA_PER_KM2, LAND_YEARS


def gdp_density(
    provinces: pd.DataFrame, gdp: str = DEFAULT_GDP, land: str = DEFAULT_LAND
) -> pd.Series[float]:
    """Return provincial GDP by urban land, 100 million CNY per km2.

    Parameters
    ----------
    provinces
        As `geodata.loaders.load_provinces` returns it, or with columns of the same names.
    gdp
        Vintage of provincial GDP 2018: ``2018-first`` (as first published), ``2018-census4``
        (after the fourth economic census), ``2018-nbs2025`` (later revision).
    land
        Urban land of a year: ``construction-land-2014`` to ``construction-land-2019`` (sums over
        the cities of the China Urban Construction Statistical Yearbook), or the built-up area,
        ``built-up-2014`` to ``built-up-2017``.

    Returns
    -------
    pandas.Series
        Named ``gdp_density_yi_per_km2``, on the index of `provinces`.

    Notes
    -----
    The 2020 report (footnote 4) divides by urban construction land of 2018, as the default does.
    It shares out a province's GDP by land: an allocation, not measured output. The GDP holds the
    primary sector and what is made outside urban land, too.
    """
    check_choice("gdp", gdp, GDP_VINTAGES)
    check_choice("land", land, LAND_YEARS)
    density = provinces[GDP_VINTAGES[gdp]] / provinces[LAND_YEARS[land]]
    return density.rename("gdp_density_yi_per_km2")


def zone_gdp(zones: pd.DataFrame, density: pd.Series[float] | None = None) -> pd.Series[float]:
    """Estimate the GDP of each zone, 100 million CNY.

    Parameters
    ----------
    zones
        With ``province`` and ``area_ha``.
    density
        By province, 100 million CNY per km2; see `gdp_density`. The study's default when None.

    Returns
    -------
    pandas.Series
        Named ``gdp_estimate_yi_cny``, on the index of `zones`.

    Raises
    ------
    UsageError
        When a column is missing or a zone's province has no density.

    Examples
    --------
    >>> zones = pd.DataFrame({"province": ["浙江省"], "area_ha": [1000.0]}, index=["Z1"])
    >>> float(zone_gdp(zones, pd.Series({"浙江省": 20.0}))["Z1"])
    200.0
    """
    need_columns(zones, "zones", ["province", "area_ha"])
    if density is None:
        density = gdp_density(load_provinces())
    # a zone with a position of its own may have no province; its GDP is not known
    missing = sorted(map(str, set(zones["province"]) - {""} - set(density.dropna().index)))
    if missing:
        raise UsageError(
            Message(
                "density: no value for {provinces}; accepted: one for each province",
                provinces=Listed(missing),
            )
        )
    gdp = zones["area_ha"] / HA_PER_KM2 * zones["province"].map(density)
    return gdp.rename("gdp_estimate_yi_cny")
