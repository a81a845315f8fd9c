"""Given positions against their own addresses: far ones reported, another datum recognised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.datum import gcj02_to_bd09, wgs84_to_gcj02
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.user_tables.positions import datum_doubt
from tests.helpers import said_in
from zones.companies import located_registrations, registration_frame
from zones.report.notes import company_sentences

HEADER = "公司名称,注册地址,所属省份,所属城市,经度,纬度,坐标系\n"


def load(folder: Path, *rows: str):
    path = folder / "firms.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return located_registrations(path)


def test_a_position_far_from_its_own_province_and_city_is_reported(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        "近,杭州市余杭区,浙江省,杭州市,120.1,30.3,WGS-84",
        "远,杭州市余杭区,浙江省,杭州市,113.3,23.1,WGS-84",  # in Guangzhou
        "省,,浙江省,,87.6,43.8,WGS-84",  # in Ürümqi; only the province is stated
        "无,,,,87.6,43.8,WGS-84",
    )
    reasons = found.located["geocode_reason"]
    assert reasons[2] == ""
    assert reasons[3].startswith("the given position is 1,0")
    assert reasons[3].endswith("km from 浙江省杭州市余杭区, which the row names")
    assert "km from 浙江省, which" in reasons[4]
    assert reasons[5] == "", "a row that names nothing contradicts nothing"
    assert found.located.loc[3, ["lon", "lat"]].tolist() == [113.3, 23.1], "kept as given"
    english, chinese = (
        [s for s in said_in(language, company_sentences(found)) if row in s]
        for language, row in (("en", "3: "), ("zh", "第3行："))
    )
    assert english[0].startswith("Given positions far from the place that their own row names: 2 (")
    assert chinese[0].startswith(
        "文件自带坐标与同行地名相距过远的有2行（第3行：文件自带坐标距该行所写的浙江省"
    )
    written = registration_frame(found).set_index("row")["geocode_reason"]
    assert written[3] == reasons[3]


def places(count: int) -> pd.DataFrame:
    """Return counties as the geocoder gives them, one a row."""
    counties = [d for d in gazetteer(LAST_YEAR).current if d.level == "county" and d.has_seat]
    chosen = np.random.default_rng(1).permutation(len(counties))[:count]
    rows = [(counties[i].lon, counties[i].lat, counties[i].adcode) for i in chosen]
    return pd.DataFrame(rows, columns=["lon", "lat", "adcode"]).assign(geocode_level="county")


def true_positions(offline: pd.DataFrame, scatter_km: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    east, north = random.normal(0, scatter_km / 111.2, (2, len(offline)))
    lat = offline["lat"].to_numpy() + north
    return offline["lon"].to_numpy() + east / np.cos(np.radians(lat)), lat


def wgs84_to_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


@pytest.mark.parametrize(
    ("to_file", "expected"),
    [(None, None), (wgs84_to_gcj02, "GCJ-02"), (wgs84_to_bd09, "BD-09")],
)
@pytest.mark.parametrize("scatter_km", [0.3, 1.5])
def test_positions_in_another_datum_than_stated(to_file, expected, scatter_km: float) -> None:
    offline = places(600)
    lon, lat = true_positions(offline, scatter_km)
    if to_file is not None:
        lon, lat = to_file(lon, lat)
    doubt = datum_doubt(pd.DataFrame({"lon": lon, "lat": lat}), offline)
    assert (doubt.looks_like if doubt else None) == expected
    if doubt:
        assert abs(doubt.fits - 1.0) <= 4.0 * doubt.standard_error
        assert doubt.places == 600


def test_few_or_scattered_places_say_nothing() -> None:
    offline = places(600)
    lon, lat = wgs84_to_gcj02(*true_positions(offline.iloc[:25], 0.3))
    assert datum_doubt(pd.DataFrame({"lon": lon, "lat": lat}), offline.iloc[:25]) is None
    for seed in range(20):
        random = np.random.default_rng(seed)
        shuffled = offline.sample(120, random_state=seed).reset_index(drop=True)
        east, north = random.normal(0, 4 / 111.2, (2, 120))
        given = pd.DataFrame({"lon": shuffled["lon"] + east, "lat": shuffled["lat"] + north})
        assert datum_doubt(given, shuffled) is None


def test_the_doubt_is_said(tmp_path: Path) -> None:
    offline = places(120)
    lon, lat = wgs84_to_gcj02(*true_positions(offline, 0.3))
    names = gazetteer(LAST_YEAR).by_adcode
    rows = []
    for i, code in enumerate(offline["adcode"]):
        d = names[code]
        city = names[d.city_adcode].name if d.city_adcode in names else ""
        province = names[d.province_adcode].name
        rows.append(f"甲{i},{city}{d.name},{province},,{lon[i]:.6f},{lat[i]:.6f},WGS-84")
    said = said_in("en", company_sentences(load(tmp_path, *rows)))
    assert any("look like GCJ-02, not the datum stated: over" in s for s in said), said
