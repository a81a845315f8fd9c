"""Zones, towns, credit codes, columns and other evidence of addresses; the radius of each."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from geodata.address_geocoder import division_of_registration, geocode_texts
from geodata.address_radii import COUNTY, COUNTY_TOWN, TOWN, address_radius_km, neighbours_km
from geodata.addresses import Scope, resolve_address, resolve_company
from geodata.gazetteer import flat_km, gazetteer
from geodata.loaders import load_zones
from geodata.zone_names import SHORT_FORM, catalogue, zone_named


def located(*texts: str, province: str = "", city: str = "", county: str = "") -> pd.DataFrame:
    """Locate addresses beside the same columns."""
    index = pd.RangeIndex(len(texts))
    columns = [pd.Series([c] * len(texts), index=index) for c in (province, city, county)]
    return geocode_texts([pd.Series(texts, index=index)], *columns, kind="address")


def test_every_name_of_the_catalogue_is_the_zone_it_names() -> None:
    zones = load_zones()
    found = located(*zones["name"])
    assert (found["geocode_method"] == "zone").all()
    assert found["geocode_source"].tolist() == [f"zone {zone}" for zone in zones.index]


def test_made_up_addresses_in_zones_name_their_zone_or_nothing_else() -> None:
    """Divisions, the zone as people write it and a road: 2,000 of them."""
    rng, names = random.Random(18), gazetteer(2024)
    rows = []
    for zone in rng.sample([z for z in catalogue() if z.kind], 2000):
        county = names.by_adcode[zone.adcode]
        city = names.by_adcode.get(county.city_adcode)
        province = names.by_adcode[zone.province_adcode]
        before = rng.choice(["", province.name, province.name + (city.name if city else "")])
        rows.append(
            (zone, before + zone.name + rng.choice(["人民路", "科技二路", "示例大道"]) + "8号")
        )
    found = located(*(text for _, text in rows))
    named = found["geocode_method"] == "zone"
    right = [
        s == f"zone {z.zone_id}" for (z, _), s in zip(rows, found["geocode_source"], strict=True)
    ]
    assert named.mean() > 0.99
    assert not (named & ~np.array(right)).any()


@pytest.mark.parametrize(
    ("text", "zone_id"),
    [
        ("广西柳州市高新区学院路", "G452136"),
        ("天津经开区第一大街", "G121002"),
        ("湖北襄阳高新技术开发区追日路", "G422032"),
        ("江苏省昆山开发区前进东路", "G321015"),
        ("四川省绵阳市经开区三江大道", "G511192"),
        ("辽宁省大连市高新园区黄浦路", "G212008"),
        ("安徽省芜湖市国家高新技术产业开发区", "G342090"),
        ("北京市亦庄开发区科创街", "G111001"),
    ],
)  # fmt: skip
def test_usual_short_forms(text: str, zone_id: str) -> None:
    found = located(text).iloc[0]
    name = {z.zone_id: z.name for z in catalogue()}[zone_id]
    assert (found["geocode_method"], found["geocode_source"]) == ("zone", f"zone {zone_id}"), name


@pytest.mark.parametrize(
    "text", ["广东省深圳市南山区科技园1号", "浙江省温州市高新路8号", "山西省太原市开发区大道1号"]
)
def test_words_of_any_park_or_road_name_no_zone(text: str) -> None:
    assert located(text)["geocode_method"].iloc[0] != "zone"


def test_a_zone_is_bound_to_the_division_before_it() -> None:
    names = gazetteer(2024)
    wuhu, hefei = names.by_adcode["340200"], names.by_adcode["340100"]
    found = zone_named("高新区望江西路", 0, hefei)
    assert found is not None
    assert (found.evidence, found.end) == (SHORT_FORM, 3)
    assert {z.adcode[:4] for z in found.zones} == {"3401"}
    assert zone_named("合肥高新技术产业开发区", 0, wuhu) is None
    assert zone_named("高新区望江西路", 0, None) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("新疆伊犁州塔城地区沙湾市", "654203"),
        ("伊犁哈萨克自治州塔城地区额敏县", "654221"),
        ("河南省开封县城关镇", "410212"),
        ("湖北省襄樊市襄阳县", "420607"),
        ("贵州省遵义县龙坑镇", "520304"),
        ("内蒙古包头市昆区钢铁大街", "150203"),
        ("内蒙古鄂尔多斯市达旗树林召镇", "150621"),
        ("云南省普洱市西盟县城", "530829"),
        ("宁波市浙江省宁波市象山县", "330225"),
        ("所在地区:江苏省苏州市吴江区", "320509"),
        ("浙江省湖洲市德清县武康街道", "330521"),
        ("苏州\u200b市吴\u2060中区", "320506"),
        ("杭州巿余杭区", "330110"),
        ("江西省东乡县孝岗镇", "361003"),
        ("Room 5, Guangfu Road, Yinzhou District, Ningbo, Zhejiang, China", "330212"),
    ],
)  # fmt: skip
def test_what_is_read(text: str, code: str) -> None:
    assert located(text)["adcode"].iloc[0] == code


@pytest.mark.parametrize(
    "text",
    ["永丰镇示例路3号", "大安乡示例村", "太和街道示例路", "新宁镇", "东方红农场三队", "安平地乡", "金城江村"],
)  # fmt: skip
def test_towns_and_pieces_of_words_are_no_counties(text: str) -> None:
    assert located(text)["adcode"].iloc[0] == ""


def test_brackets_and_firms_inside_do_not_beat_the_chain() -> None:
    texts = ["江苏省南通市海安市示例路(如东)", "浙江省乐清市示例路8号(上海某某有限公司)"]
    index = pd.RangeIndex(2)
    for kind in ("auto", "address"):
        found = geocode_texts([pd.Series(texts, index=index)], kind=kind)
        assert found["adcode"].tolist() == ["320685", "330382"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("青岛示例大药房有限公司桃源店", "370200"),
        ("北京示例餐饮有限公司广州天河路店", "440100"),
        ("浙江示例律师事务所宁波分所", "330200"),
        ("重庆示例职业学院(红河校区)", "500000"),
        ("示例工业大学(威海校区)", "371000"),
        ("湖南桃源农村商业银行股份有限公司漳江支行", "430725"),
    ],
)  # fmt: skip
def test_branches_stay_near_the_head_office(name: str, code: str) -> None:
    found = resolve_company(name, Scope(), gazetteer(2024))
    assert found.divisions[0].adcode == code


def test_a_cell_that_is_no_city_leaves_the_province() -> None:
    found = located("示例路1号", province="福建省", city="平潭综合实验区").iloc[0]
    assert found["adcode"] == "350000"
    assert "names no city" in found["geocode_reason"]
    zone = located("示例路1号", province="海南省", city="洋浦经济开发区").iloc[0]
    assert zone["geocode_source"] == "zone G461188"
    other = located("西湖区", province="浙江省", city="深圳市").iloc[0]
    assert other["geocode_level"] == ""


def test_the_credit_code_is_evidence_and_check() -> None:
    texts = pd.Series(
        ["示例路1号", "杭州市示例路2号", "杭州市滨江区示例路3号", "成都市示例路", "示例路5号"]
    )
    codes = pd.Series(
        ["91330327MA0000015B", "91330110MA0000015B", "91330110MA0000015B", "91440300MA0000031P",
         "91640104MA0000031P"]
    )  # fmt: skip
    found = geocode_texts([texts], credit_codes=codes, kind="address")
    assert found["adcode"].tolist() == ["330327", "330110", "330108", "510100", "640100"]
    assert found["geocode_method"].tolist()[:3] == ["credit-code", "credit-code", "name"]
    assert "the credit code names 深圳市" in found["geocode_reason"][3]
    # 640104 was 郊区 and is 兴庆区: the city only
    assert (
        division_of_registration("640104", gazetteer(2024)) is gazetteer(2024).by_adcode["640100"]
    )


def test_radii_grow_with_the_county_and_with_a_town_that_is_not_found() -> None:
    names = gazetteer(2024)
    kunshan, ruoqiang = names.by_adcode["320583"], names.by_adcode["652824"]
    # brute force: the seven nearest other seats, on a flat map
    near = sorted(
        flat_km(d.lon, d.lat, kunshan) for d in names.current
        if d.level == "county" and d.has_seat and d is not kunshan
    )[:7]  # fmt: skip
    assert np.isclose(neighbours_km()["320583"], np.mean(near), rtol=0.01)
    for county in (kunshan, ruoqiang):
        radii = [address_radius_km(kind, county) for kind in (TOWN, COUNTY, COUNTY_TOWN)]
        assert radii == sorted(radii)
    found = located("新疆若羌县罗布泊镇", "新疆若羌县", "江苏省昆山市")["uncertainty_km"].tolist()
    assert found[0] > 200 > found[1] > found[2] > 5


def test_names_of_divisions_are_filled_as_far_as_known() -> None:
    found = located("北京市海淀区", "湖北省仙桃市", "香港中环", "浙江省慈溪市")
    assert found["geocode_city"].tolist() == ["北京市", "仙桃市", "香港特别行政区", "宁波市"]
    assert found["geocode_county"].tolist() == ["海淀区", "仙桃市", "", "慈溪市"]


def test_one_wrong_character_is_a_candidate_until_a_name_inside_confirms_it() -> None:
    alone = resolve_address("浙江省杭洲市示例路", Scope(), gazetteer(2024))
    assert [d.adcode for d in alone.divisions] == ["330000", "330100"]
    assert "may be 杭州市" in str(alone.reason)
