"""Whole tables of addresses: towns, caching, the fast way against the slow one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import geodata.gazetteer
from geodata.address_geocoder import COLUMNS, geocode_texts, is_company
from geodata.addresses import Scope, read_division_chain, resolve_address
from geodata.gazetteer import gazetteer, town_at
from zones.distance.great_circle import haversine_km


def located(*texts: str, **columns: list[str]) -> pd.DataFrame:
    index = pd.Index([f"r{i}" for i in range(len(texts))])
    series = {k: pd.Series(v, index=index) for k, v in columns.items()}
    return geocode_texts([pd.Series(texts, index=index)], **series)


def test_columns_index_and_levels() -> None:
    found = located(
        "浙江省杭州市余杭区文一西路", "江苏省昆山市千灯镇玉溪西路", "杭州市", "江苏省", "某地"
    )
    assert list(found.columns) == COLUMNS
    assert found.index.tolist() == ["r0", "r1", "r2", "r3", "r4"]
    assert found["geocode_level"].tolist() == ["county", "place", "city", "province", ""]
    assert found["geocode_county"].tolist() == ["余杭区", "昆山市", "", "", ""]
    assert found["geocode_city"].tolist() == ["杭州市", "苏州市", "杭州市", "", ""]
    assert found.loc["r4", ["lon", "lat", "uncertainty_km"]].isna().all()
    assert (found["geocode_reason"] != "").tolist() == [False, False, True, True, True]
    assert found.loc["r1", "geocode_source"].startswith("GeoNames ")


def test_a_town_must_lie_in_the_county() -> None:
    names = gazetteer(2024)
    kunshan, dongguan = (names.by_adcode[code] for code in ("320583", "441900"))
    town = town_at("千灯镇", 0, kunshan, names)
    assert town is not None
    away_km = haversine_km(town.lon, town.lat, kunshan.lon, kunshan.lat)
    assert float(away_km) < 25
    assert town_at("千灯镇", 0, dongguan, names) is None
    assert town_at("人民路", 0, kunshan, names) is None


def test_finest_text_wins_and_the_first_on_a_tie() -> None:
    index = pd.RangeIndex(2)
    addresses = pd.Series(["浙江省", "浙江省杭州市西湖区"], index=index)
    companies = pd.Series(["杭州甲科技有限公司", "宁波市鄞州区乙有限公司"], index=index)
    found = geocode_texts([addresses, companies])
    assert found["adcode"].tolist() == ["330100", "330106"]


def test_columns_that_contradict_leave_the_row_open_with_a_reason() -> None:
    found = located("西湖区", provinces=["浙江省"], cities=["深圳市"])
    assert found["geocode_level"].tolist() == [""]
    assert "names no city in 浙江省" in found["geocode_reason"].iloc[0]


def test_former_names_are_carried_to_today() -> None:
    found = located("上海市闸北区共和新路", "山东省莱芜市莱城区")
    assert found["adcode"].tolist() == ["310106", "370116"]
    assert found["geocode_county"].tolist() == ["静安区", "莱芜区"]
    assert found["geocode_city"].tolist() == ["上海市", "济南市"]


def test_year_decides() -> None:
    index = pd.RangeIndex(1)
    text = pd.Series(["浙江省杭州市余杭区"], index=index)
    old, new = (geocode_texts([text], year=y).iloc[0] for y in (2018, 2024))
    assert old["adcode"] == new["adcode"] == "330110"
    # the seat moved when 临平区 split off
    assert float(haversine_km(old["lon"], old["lat"], new["lon"], new["lat"])) > 20


def test_the_fast_way_says_what_the_slow_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every county by its whole chain: the dictionary of chains against reading link by link."""
    names = gazetteer(2024)
    texts = []
    for d in names.current:
        if d.level == "county":
            city = names.by_adcode.get(d.city_adcode)
            province = names.by_adcode[d.province_adcode].name
            texts.append(province + (city.name if city else "") + d.name + "人民路1号")
    fast = [resolve_address(t, Scope(), names) for t in texts]
    monkeypatch.setattr(geodata.gazetteer.Gazetteer, "by_full_names", lambda self, text: None)
    slow = [resolve_address(t, Scope(), names) for t in texts]
    assert [(r.level, r.divisions, r.end) for r in fast] == [
        (r.level, r.divisions, r.end) for r in slow
    ]
    assert len(texts) > 2800


def test_every_county_is_found_by_its_chain_of_short_forms() -> None:
    """浙江杭州余杭: found, or a full name is needed because the short form means the city."""
    names = gazetteer(2024)
    wrong = []
    for d in names.current:
        city = names.by_adcode.get(d.city_adcode)
        if d.level != "county" or city is None or not d.short_name or not city.short_name:
            continue
        text = names.by_adcode[d.province_adcode].short_name + city.short_name + d.short_name
        found = read_division_chain(text, 0, Scope(), names).candidates
        if d not in found and not any(f.level == "city" for f in found):
            wrong.append((text, [f.name for f in found]))
    assert len(wrong) <= 10, wrong


def test_equal_rows_are_made_once_and_come_out_equal() -> None:
    found = located(*["浙江省杭州市余杭区文一西路"] * 3, "x", "x")
    assert found.iloc[0].equals(found.iloc[2])
    assert np.isnan(found["lon"].iloc[4])


@pytest.mark.parametrize(
    ("text", "company"),
    [("北京甲有限公司", True), ("乙集团", True), ("浙江省杭州市文一西路", False), ("", False)],
)
def test_kind_by_the_words(text: str, company: bool) -> None:
    assert is_company(text) is company


def test_unknown_kind() -> None:
    with pytest.raises(ValueError, match="kind: 'firm'; accepted: auto, address, company"):
        geocode_texts([pd.Series(["x"])], kind="firm")


def test_a_division_without_a_known_seat_is_placed_by_its_city() -> None:
    found = geocode_texts([pd.Series(["海南省三沙市南沙区1号"])]).iloc[0]
    assert found["geocode_reason"] == "no seat is known of 南沙区 (2024)"
    sansha = geocode_texts([pd.Series(["海南省三沙市"])]).iloc[0]
    for column in ("geocode_level", "lon", "lat", "uncertainty_km"):
        assert found[column] == sansha[column]
