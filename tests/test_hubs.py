"""Hub layers: the right cities in the right clusters; hubs from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geodata.datum import gcj02_to_bd09, wgs84_to_gcj02
from geodata.errors import BadInputError
from geodata.loaders import load_listed_companies
from zones.hubs import hub_layer

HEADER = "hub,province,lon,lat,datum\n"


def test_prefectures_are_33() -> None:
    hubs = hub_layer("prefectures")
    assert hubs["cluster"].value_counts().to_dict() == {
        "Guangdong": 21,
        "Zhejiang": 11,
        "Beijing": 1,
    }
    assert hubs.index.is_unique
    assert {"杭州市", "舟山市", "北京市", "深圳市", "东莞市", "中山市"} <= set(hubs.index)


def test_cores() -> None:
    assert hub_layer("cores").index.tolist() == ["北京市", "杭州市", "广州市", "深圳市"]


def test_listed_counts_add_up_to_the_companies_of_the_three() -> None:
    listed = load_listed_companies()
    expected = listed["province"].isin(["北京市", "浙江省", "广东省"]).sum()
    hubs = hub_layer("listed")
    assert hubs["companies"].sum() == expected
    assert (
        len(hubs)
        == listed.loc[
            listed["province"].isin(["北京市", "浙江省", "广东省"]), "city_adcode"
        ].nunique()
    )


def test_provinces_narrow_a_layer() -> None:
    assert set(hub_layer("prefectures", provinces=["浙江省"])["cluster"]) == {"Zhejiang"}
    with pytest.raises(ValueError, match="no hub in 青海省; accepted: 北京市, 浙江省, 广东省"):
        hub_layer("cores", provinces=["青海省"])


def test_file_in_three_datums_gives_one_place(tmp_path: Path) -> None:
    lon, lat = 120.15, 30.28
    gcj = wgs84_to_gcj02(lon, lat)
    bd = gcj02_to_bd09(*gcj)
    path = tmp_path / "hubs.csv"
    path.write_text(
        HEADER
        + f"a,浙江省,{lon},{lat},WGS-84\n"
        + f"b,浙江省,{gcj[0]},{gcj[1]},GCJ-02\n"
        + f"c,江苏省,{bd[0]},{bd[1]},BD-09\n",
        encoding="utf-8",
    )
    hubs = hub_layer("file", file=path)
    assert np.ptp(hubs["lon"]) < 1e-8
    assert np.ptp(hubs["lat"]) < 1e-8
    assert hubs["cluster"].tolist() == ["Zhejiang", "Zhejiang", "Other"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,浙江省,120.15,30.28,", r"row 2, column 'datum': ''; a value is required"),
        ("a,浙江省,120.15,30.28,GSC", r"column 'datum': 'GSC'; accepted: WGS-84, GCJ-02, BD-09"),
        ("a,浙江省,30.28,120.15,WGS-84", r"'120.15'; accepted: -90 to 90; it looks like the lon"),
        ("a,Zhejang,,,", r"hub 'a' has no place \(province column 'Zhejang' names no province"),
    ],
)
def test_bad_hub_file(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "hubs.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=message):
        hub_layer("file", file=path)


def test_unknown_layer_and_missing_file() -> None:
    with pytest.raises(ValueError, match="hub layer: 'towns'; accepted: prefectures"):
        hub_layer("towns")
    with pytest.raises(ValueError, match="needs a file"):
        hub_layer("file")
