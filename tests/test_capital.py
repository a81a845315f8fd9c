"""Registered capital: the styles of company registers, and what is not understood."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.loaders import load_exchange_rates
from geodata.user_tables.capital import (
    LARGEST_YI_CNY,
    NO_UNIT,
    CapitalError,
    exchange_rates,
    parse_capital,
    unit_of,
)
from geodata.user_tables.text import is_blank

USD, EUR, JPY, HKD, GBP = (exchange_rates()[c] for c in ("USD", "EUR", "JPY", "HKD", "GBP"))
AMOUNTS = [
    ("5000万人民币", 0.5), ("50,000万元", 5.0), ("1.2亿", 1.2), ("500万(元)", 0.05), ("500万（元）", 0.05),
    ("5,000.00万元人民币", 0.5), ("５，０００．５万元", 0.50005), ("人民币5000万元", 0.5), ("人民币：5000 万元整", 0.5),
    ("5000000元", 0.05), ("5000000 RMB", 0.05), ("CNY 5 million", 0.05), ("￥500万", 0.05), ("0万元", 0.0), ("0", 0.0),
    ("2百万元", 0.02), ("3千万元", 0.3), ("1万亿元", 10_000.0), ("1000万美元", 0.1 * USD), ("1000万元美元", 0.1 * USD),
    ("1000万(美元)", 0.1 * USD), ("US$10,000,000", 0.1 * USD), ("USD 10 million", 0.1 * USD), ("100万港币", 0.01 * HKD),
    ("100万港元", 0.01 * HKD), ("HK$ 500万", 0.05 * HKD), ("3亿日元", 3 * JPY), ("1000万欧元", 0.1 * EUR),
    ("€1000万", 0.1 * EUR), ("200万英镑", 0.02 * GBP), ("300万新加坡元", 0.03 * exchange_rates()["SGD"]),
    ("1000万加拿大元", 0.1 * exchange_rates()["CAD"]), ("50000万韩元", 5 * exchange_rates()["KRW"]),
]  # fmt: skip
REFUSED = [
    ("500", "no unit"), ("5,0000万", "grouped oddly"), ("1,2亿", "grouped oddly"), ("1亿5000万", "more than one number"),
    ("500-800万元", "more than one number"), ("-5万元", "not understood: '-'"),
    ("万元", "no number"), ("500万美元人民币", "more than one currency"),
    ("万5000元", "not understood"), ("5万万元", "not understood"), ("20000亿元", "more than any company"), ("9" * 400 + "元", "more than any"),
    ("5e7元", "more than one number"), ("500万元=SUM(A1)", "more than one number"), ("乱", "no number"), ("5个亿", "not understood"),
]  # fmt: skip
HEADINGS = [
    ("500", "万元", "", 0.05), ("500", "亿元", "", 500.0), ("500", "万美元", "", 0.05 * USD), ("500", "万元", "美元", 0.05 * USD),
    ("500万元", "", "美元", 0.05 * USD), ("500万元", "万元", "", 0.05), ("500万美元", "万元", "", 0.05 * USD), ("5000000", "元", "", 0.05),
    ("500万", "", "人民币", 0.05), ("5000000元", "元", "", 0.05),
]  # fmt: skip


@pytest.mark.parametrize(("text", "yi_cny"), AMOUNTS)
def test_amounts(text: str, yi_cny: float) -> None:
    assert np.isclose(parse_capital(text), yi_cny, rtol=1e-12)


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(CapitalError) as caught:
        parse_capital(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("text", "heading", "currency", "yi_cny"), HEADINGS)
def test_unit_of_the_heading(text: str, heading: str, currency: str, yi_cny: float) -> None:
    assert np.isclose(parse_capital(text, unit_of(heading, currency)), yi_cny, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "heading", "currency"),
    [
        ("500美元", "万元", ""),
        ("500元", "万元", ""),
        ("500万港币", "", "美元"),
        ("500", "", "美元"),
    ],
)
def test_a_unit_that_could_mean_two_things_is_refused(
    text: str, heading: str, currency: str
) -> None:
    with pytest.raises(CapitalError):
        parse_capital(text, unit_of(heading, currency))


@pytest.mark.parametrize("text", ["", "-", "--", " — ", "无", "暂无", "N/A", "nan", "未公示"])
def test_blanks(text: str) -> None:
    assert is_blank(text)


def test_rates_against_the_published_central_parity() -> None:
    """The table's dollar against the other published rate, and the euro's parts against it."""
    assert load_exchange_rates()["date"].unique().tolist() == ["2018-12-31"]
    assert abs(USD / 6.8632 - 1) < 0.005  # central parity, 28 December 2018
    assert np.isclose(EUR / USD, 1.145, rtol=1e-4)  # ECB, dollars a euro
    assert np.isclose(EUR / JPY, 125.85, rtol=1e-4)  # ECB, yen a euro
    assert 0.985 < (USD / HKD) / 7.8 * 0.995 < 1.015  # the Hong Kong dollar's band, 7.75 to 7.85


@given(
    st.text(
        alphabet="0123456789,.，．０５万亿千元圆美港日欧人民币()（）-USDHK$¥ \t约整 =e", max_size=30
    )
)
@example("1" * 500 + "万")
@example("٣万元")
@example("²万元")
def test_only_the_documented_error_is_raised(text: str) -> None:
    try:
        amount = parse_capital(text)
    except CapitalError:
        return
    assert 0 <= amount < LARGEST_YI_CNY


@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=10))
def test_any_text_and_any_heading(text: str, heading: str, currency: str) -> None:
    try:
        unit = unit_of(heading, currency)
    except CapitalError:
        unit = NO_UNIT
    try:
        amount = parse_capital(text, unit)
    except CapitalError:
        return
    assert 0 <= amount < LARGEST_YI_CNY


@given(
    st.integers(0, 10**11),
    st.sampled_from(["{:.2f}万{}", "{:,.2f}万{}", "{}{:,.2f}万元", "{:.2f}万元{}", "{:.2f}万({})"]),
    st.sampled_from([("人民币", "CNY"), ("美元", "USD"), ("港币", "HKD"), ("日元", "JPY")]),
)
def test_round_trip_of_printed_amounts(cents: int, style: str, currency: tuple[str, str]) -> None:
    word, code = currency
    parts = (word, cents / 100) if style.startswith("{}") else (cents / 100, word)
    rate = exchange_rates()[code]
    if cents / 1e6 * rate >= LARGEST_YI_CNY:
        return
    assert np.isclose(parse_capital(style.format(*parts)), cents / 1e6 * rate, rtol=1e-9)
