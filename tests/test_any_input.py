"""Any input: parsers, readers and the geocoder raise nothing but the documented errors.

Examples are drawn from pieces of real tables and from any text or bytes. How many is stated below;
they add up to at least 10,000.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.address_geocoder import COLUMNS, geocode_texts
from geodata.errors import BadInputError, ZonegapError
from geodata.gazetteer import gazetteer
from geodata.loaders import load_zones
from geodata.resolver import resolve_zone
from geodata.schema import Column
from geodata.user_tables.addresses import load_texts
from geodata.user_tables.capital import (
    LARGEST_YI_CNY,
    NO_UNIT,
    CapitalError,
    exchange_rates,
    parse_capital,
    unit_of,
)
from geodata.user_tables.companies import load_registrations
from geodata.user_tables.files import open_tables
from geodata.user_tables.zones import load_zone_table
from geodata.zone_geocoder import geocode_zones
from zones.study import read_study
from zones.writing import csv_text

EXAMPLES = {
    "capital": 3000,
    "amounts": 1000,
    "units": 500,
    "numbers": 1000,
    "text tables": 600,
    "files": 600,
    "registrations": 600,
    "zone tables": 500,
    "study files": 500,
    "addresses": 1200,
    "zone names": 800,
    "csv": 500,
}


def test_there_are_at_least_10000_examples() -> None:
    assert sum(EXAMPLES.values()) >= 10_000


def examples(name: str) -> settings:
    return settings(
        max_examples=EXAMPLES[name],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


AMOUNT = (
    "0 1 5000 1.2 50,000 50，000 1,00 . １２ ( ) （ ） 万 亿 千 百万 万亿 元 圆 人民币 美元 港元 欧元 日元 "
    "USD HKD $ ¥ 整 约 - — 无 注册资本 : million bn 兆 \t"
).split(" ")
CELLS = st.sampled_from(
    "公司名称 企业名称 name 开发区名称 省份 核准面积(公顷) 面积(km2) 面积 批准时间 注册资本(万元) 注册资本 "
    "注册地址 城市 经度 纬度 坐标系 lon lat datum id code 浙江省 陕西省 火星 杭州市 西安高新技术产业开发区 "
    "示例科技有限公司 100 1.5e3 -7 120.1 30.2 GCJ-02 WGS84 BD-09 存续 注销 合计 备注 1991-03 2006年 "
    "nan inf 5000万人民币 91330000MA00000001".split()
) | st.text(max_size=6)
TABLE = st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=8)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"])
PLACE = st.sampled_from(
    "浙江省 浙江 杭州市 杭州 余杭区 余杭 广东省深圳市 南山区 北京市 朝阳区 吉林 吉林市 海南 海南州 "
    "新疆生产建设兵团 石河子 工业园区 经济技术开发区 高新技术产业开发区 有限公司 科技 大道 1号 路 "
    "香港 台湾省 ( ) （ ） 、 市 县 区 省 自治州 大理 西林 1999 開發區 ⼴东".split()
)
TEXTS = st.lists(PLACE | st.text(max_size=3), max_size=6).map("".join)


def written(table: list[list[str]], mark: str, encoding: str) -> bytes:
    text = "\n".join(mark.join(cells) for cells in table)
    return text.encode(encoding, "replace")


ANY_FILE = st.one_of(
    st.builds(written, TABLE, st.sampled_from([",", "\t", ";", "|"]), ENCODINGS),
    st.binary(max_size=300),
    st.builds(
        lambda magic, rest: magic + rest,
        st.sampled_from(
            [b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xef\xbb\xbf"]
        ),
        st.binary(max_size=300),
    ),
)


@examples("capital")
@given(
    st.lists(st.sampled_from(AMOUNT) | st.text(max_size=2), max_size=7).map("".join),
    st.sampled_from(["", "万元", "元", "万美元", "亿元"]),
)
def test_capital(text: str, heading: str) -> None:
    try:
        amount = parse_capital(text, unit_of(heading))
    except CapitalError as error:
        assert str(error)
    else:
        assert 0 <= amount < LARGEST_YI_CNY


@examples("amounts")
@given(
    st.integers(0, 10**7),
    st.sampled_from([("万", 1e4), ("亿", 1e8), ("", 1.0), ("百万", 1e6)]),
    st.sampled_from([("人民币", "CNY"), ("美元", "USD"), ("港元", "HKD"), ("元", "CNY")]),
    st.booleans(),
)
def test_a_written_amount_is_read_back(
    number: int, scale: tuple[str, float], currency: tuple[str, str], grouped: bool
) -> None:
    words = f"{number:,}" if grouped else str(number)
    expected = number * scale[1] * exchange_rates()[currency[1]] / 1e8
    text = f"{words}{scale[0]}{currency[0]}"
    if expected >= LARGEST_YI_CNY:
        with pytest.raises(CapitalError, match="more than any company has"):
            parse_capital(text)
    else:
        assert math.isclose(parse_capital(text), expected, rel_tol=1e-12)


@examples("units")
@given(st.lists(st.sampled_from(AMOUNT) | st.text(max_size=2), max_size=4).map("".join))
def test_units(heading: str) -> None:
    try:
        unit = unit_of(heading)
    except CapitalError:
        return
    assert unit == NO_UNIT or unit.scale is not None or unit.currency


@examples("numbers")
@given(st.text("0123456789.,+-eE% _１２nainf", max_size=8), st.sampled_from(["number", "integer"]))
def test_a_cell_that_is_accepted_is_a_number_in_bounds(text: str, kind: str) -> None:
    column = Column(kind, low=0.0, high=1.0)
    if column.fault(text) is None:
        assert 0.0 <= float(text) <= 1.0


@examples("text tables")
@given(ANY_FILE)
def test_text_tables(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    try:
        frame = load_texts(path, ["名称"]).given
    except ZonegapError as error:
        assert str(path) in str(error)
    else:
        assert all(isinstance(cell, str) for cell in frame.to_numpy().ravel())


@examples("files")
@given(ANY_FILE)
def test_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.dat"
    path.write_bytes(data)
    try:
        for sheet in open_tables(path):
            for row in itertools.islice(sheet.rows(), 50):
                assert all(isinstance(cell, str) for cell in row)
    except ZonegapError as error:
        assert error.exit_code == 3


@examples("registrations")
@given(ANY_FILE)
def test_registrations(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    try:
        frame, report = load_registrations(path)
    except ZonegapError as error:
        assert error.exit_code == 3
    else:
        assert (frame["name"] != "").all()
        gone = len(report.deregistered) + len(report.duplicates)
        assert len(frame) + gone == report.rows
        assert frame["lon"].dropna().between(72.9, 136.1).all()


@examples("zone tables")
@given(ANY_FILE)
def test_zone_tables(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    try:
        frame, report = load_zone_table(path)
    except BadInputError as error:
        assert error.faults
    except ZonegapError as error:
        assert error.exit_code == 3
    else:
        assert len(frame) == report.rows >= 1
        assert frame.index.is_unique
        assert report.without_area == int(frame["area_ha"].isna().sum())
        assert not (frame["area_ha"] <= 0).any()
        assert ((frame["province"] == "") == (frame["province_reason"] != "")).all()


@examples("study files")
@given(
    st.lists(
        st.sampled_from(
            "[zones] [hubs] [distance] [gdp] [output] table='x' layer='cores' columns={name='x'} "
            "thresholds_km=[1] thresholds_km=[nan] method=3 language='zh' formats=[] = ] '".split()
        )
        | st.text(max_size=5),
        max_size=6,
    ).map("\n".join)
)
def test_study_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        read_study(path)
    except ZonegapError as error:
        assert str(path) in str(error)


@examples("addresses")
@given(
    TEXTS,
    TEXTS,
    st.sampled_from(["", "浙江省", "吉林", "火星"]),
    st.sampled_from(["", "杭州", "x"]),
)
def test_addresses(address: str, company: str, province: str, city: str) -> None:
    columns = [pd.Series([text]) for text in (address, company, province, city)]
    frame = geocode_texts(columns[:2], *columns[2:])
    assert list(frame.columns) == COLUMNS
    row = frame.iloc[0]
    if row["geocode_level"] == "":
        assert row["geocode_reason"]
        assert np.isnan(row["lon"])
    else:
        assert 73 <= row["lon"] <= 136
        assert row["uncertainty_km"] > 0
        if province == "浙江省":
            assert row["geocode_province"] == "浙江省", "the province binds"


PROVINCE_CODES = sorted(d.adcode for d in gazetteer().provinces.values())
ZONE_NAMES = load_zones()["name"].tolist()


@examples("zone names")
@given(TEXTS | st.sampled_from(ZONE_NAMES), st.sampled_from(PROVINCE_CODES))
def test_zone_names(name: str, province: str) -> None:
    found = resolve_zone(name, province, gazetteer())
    assert {d.province_adcode or d.adcode for d in found.divisions} == {province}
    zones = pd.DataFrame({"name": [name], "province_adcode": [province]})
    row = geocode_zones(zones).iloc[0]
    assert 73 <= row["lon"] <= 136
    assert row["uncertainty_km"] > 0


@examples("csv")
@given(st.lists(st.text(max_size=8), min_size=1, max_size=4))
def test_text_in_a_csv_is_never_a_formula(cells: list[str]) -> None:
    text = csv_text(pd.DataFrame({"a": pd.Series(cells, dtype=object)}))
    for line in text.split("\r\n")[1:]:
        assert not line.lstrip('"').startswith(("=", "@", "\t"))
