"""Zone names to divisions: the rules, and the failure classes of other tools."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.gazetteer import Gazetteer, gazetteer
from geodata.loaders import load_zones
from geodata.resolver import resolve_zone

COUNTY = [
    # county inside a city of the name
    ("杭州余杭经济技术开发区", "330000", "330110", "余杭区"),
    ("乌鲁木齐市水磨沟工业园区", "650000", "650105", "水磨沟区"),
    ("长春朝阳经济开发区", "220000", "220104", "朝阳区"),
    ("四川攀枝花东区高新技术产业园区", "510000", "510402", "东区"),
    # the province's own name is no place
    ("江苏铜山经济开发区", "320000", "320312", "铜山区"),
    ("黑龙江虎林经济开发区", "230000", "230381", "虎林市"),
    ("内蒙古宁城经济开发区", "150000", "150429", "宁城县"),
    ("福建宁化华侨经济开发区", "350000", "350424", "宁化县"),
    # another province's name is no place here
    ("北京和田工业园区", "650000", "653201", "和田市"),
    # autonomous counties and usual short forms
    ("朝阳喀左经济开发区", "210000", "211324", "喀喇沁左翼蒙古族自治县"),
    ("西宁大通北川工业园区", "630000", "630121", "大通回族土族自治县"),
    ("甘肃东乡经济开发区", "620000", "622926", "东乡族自治县"),
    # the county-level city that gave the prefecture its name
    ("大理经济技术开发区", "530000", "532901", "大理市"),
    # former names
    ("四川宜宾县高新技术产业园区", "510000", "511521", "宜宾县"),
    ("南京白下高新技术产业园区", "320000", "320103", "白下区"),
    ("四川安县工业园区", "510000", "510724", "安县"),
    ("上海南汇工业园区", "310000", "310119", "南汇区"),
    # names that hold other names
    ("黑龙江西林经济开发区", "230000", "230705", "西林区"),
    ("杭州湾上虞经济技术开发区", "330000", "330604", "上虞区"),
    ("广东顺德清远英德经济合作区", "440000", "441881", "英德市"),
    # full width and spaces
    ("浙江 余杭　经济开发区", "330000", "330110", "余杭区"),
]
CITY = [
    ("南昌高新技术产业开发区", "360000", "360100"),  # not 南昌县
    ("芜湖经济技术开发区", "340000", "340200"),  # not 芜湖县
    ("吉林高新技术产业开发区", "220000", "220200"),  # 吉林市, not the province
    ("揭阳大南海石化工业区", "440000", "445200"),  # 南海区 is in 佛山
    ("梧州进口再生资源加工园区", "450000", "450400"),  # 资源县 is in 桂林
    ("宁波杭州湾经济技术开发区", "330000", "330200"),  # a bay, not 杭州
    ("浙江温州滨海工业园区", "330000", "330300"),
]


@pytest.mark.parametrize(("name", "province", "adcode", "division"), COUNTY)
def test_county(name: str, province: str, adcode: str, division: str) -> None:
    found = resolve_zone(name, province, gazetteer())
    assert found.level == "county"
    assert [d.name for d in found.divisions] == [division]
    assert found.divisions[0].adcode == adcode


@pytest.mark.parametrize(("name", "province", "adcode"), CITY)
def test_city(name: str, province: str, adcode: str) -> None:
    found = resolve_zone(name, province, gazetteer())
    assert (found.level, found.divisions[0].adcode) == ("city", adcode)
    assert found.reason


@pytest.mark.parametrize(
    ("name", "province", "candidates"),
    [
        ("河北井陉经济开发区", "130000", {"井陉县", "井陉矿区"}),
        ("伊宁边境经济合作区", "650000", {"伊宁市", "伊宁县"}),
        ("江苏鼓楼高新技术产业园区", "320000", {"鼓楼区"}),
        ("河北新华工业园区", "130000", {"新华区"}),
    ],
)
def test_ambiguity_is_reported_with_candidates(
    name: str, province: str, candidates: set[str]
) -> None:
    found = resolve_zone(name, province, gazetteer())
    assert len(found.divisions) == 2
    assert {d.name for d in found.divisions} == candidates
    assert "ambiguous" in str(found.reason)


@pytest.mark.parametrize(
    "name", ["黑龙江宝泉岭经济开发区", "虹桥经济技术开发区", "高新技术产业开发区", "x"]
)
def test_nothing_found_stays_at_the_province_with_a_reason(name: str) -> None:
    found = resolve_zone(name, "230000", gazetteer())
    assert (found.level, found.divisions[0].name) == ("province", "黑龙江省")
    assert "no division name" in str(found.reason)


def test_year_decides_which_names_stand() -> None:
    name, province = "山东即墨经济开发区", "370000"
    old = resolve_zone(name, province, gazetteer(2010)).divisions[0]
    new = resolve_zone(name, province, gazetteer(2018)).divisions[0]
    assert (old.name, new.name) == ("即墨市", "即墨区")
    assert old.current_adcode == new.current_adcode == "370215"
    # a name that came later is not known before
    assert resolve_zone("陕西鄠邑工业园区", "610000", gazetteer(2010)).level == "province"


@pytest.mark.parametrize("year", [1979, 2025])
def test_years_without_names_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="1980 to 2024"):
        Gazetteer(year)


@given(st.text(max_size=30), st.sampled_from(["110000", "330000", "440000", "650000"]))
def test_any_text_resolves_within_its_province(text: str, province: str) -> None:
    found = resolve_zone(text, province, gazetteer())
    assert found.divisions
    assert {d.province_adcode for d in found.divisions} == {province}


def test_share_of_zones_found_by_a_division_name_in_the_zone_name() -> None:
    zones = load_zones()
    found = [
        resolve_zone(name, province, gazetteer())
        for name, province in zip(zones["name"], zones["province_adcode"], strict=True)
    ]
    by_name = sum(r.method != "province" for r in found)
    assert by_name / len(zones) >= 0.93
