"""Zone GDP: the formula by hand, the missing province, the example."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest

import zones.gdp
from geodata.loaders import load_provinces
from tests.helpers import assert_numbers
from zones.gdp import gdp_density, zone_gdp
from zones.parameters import GDP_VINTAGES, LAND_YEARS
from zones.pipeline import StudyResult


def test_density_of_one_province_by_hand() -> None:
    density = gdp_density(load_provinces())
    assert np.isclose(density["浙江省"], 56197.15 / 2823.94)
    built_up = gdp_density(load_provinces(), land="built-up-2017")
    assert np.isclose(built_up["浙江省"], 56197.15 / 2829)
    assert density.name == "gdp_density_yi_per_km2"


def test_national_sum_by_a_second_route(result: StudyResult) -> None:
    """Area by province first, then density: the order of sums does not matter."""
    zones = result.zones
    area_km2 = zones.groupby("province")["area_ha"].sum() / 100.0
    provinces = load_provinces()
    by_province = (
        area_km2 * provinces["gdp_2018_first_yi_cny"] / provinces["construction_land_2018_km2"]
    )
    assert_numbers(zones["gdp_estimate_yi_cny"], zones.index, sum=by_province.sum(), count=2543)


@pytest.mark.parametrize("gdp", GDP_VINTAGES)
@pytest.mark.parametrize("land", LAND_YEARS)
def test_every_vintage_and_year_is_there(gdp: str, land: str) -> None:
    density = gdp_density(load_provinces(), gdp, land)
    assert len(density) == 31
    assert density.between(2, 60).all()


@pytest.mark.parametrize(
    ("gdp", "land", "message"),
    [("2018", "built-up-2017", "gdp: '2018'; accepted: 2018-first"),
     ("2018-first", "2017", "land: '2017'; accepted: construction-land-2019")],
)  # fmt: skip
def test_unknown_vintage_or_year(gdp: str, land: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gdp_density(load_provinces(), gdp, land)


def test_missing_province_is_named() -> None:
    zones_frame = pd.DataFrame({"province": ["浙江省", "青海省"], "area_ha": [1.0, 1.0]})
    with pytest.raises(ValueError, match="no value for 青海省"):
        zone_gdp(zones_frame, pd.Series({"浙江省": 20.0, "青海省": np.nan}))


def test_examples() -> None:
    assert doctest.testmod(zones.gdp).failed == 0
