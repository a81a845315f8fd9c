"""What a cell says: text, Chinese numerals, capital, areas and dates of users' tables."""

from __future__ import annotations

import datetime
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.schema import Column
from geodata.user_tables.areas import read_areas
from geodata.user_tables.capital import (
    LONGEST_CELL,
    CapitalError,
    exchange_rates,
    parse_capital,
    read_capital,
    unit_of,
)
from geodata.user_tables.dates import read_months
from geodata.user_tables.numerals import chinese_number
from geodata.user_tables.text import clean, clean_cells, is_blank
from geodata.user_tables.zones import load_zone_table
from tests.helpers import said_in
from zones.pipeline import run_study
from zones.report.notes import own_zones_sentences
from zones.study import Study

USD, HKD, MOP, TWD = (exchange_rates()[code] for code in ("USD", "HKD", "MOP", "TWD"))


# text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("杭州市\u200b滨江区", "杭州市滨江区"), ("\ufeff杭州市\u00ad滨江\u200e区\u0001", "杭州市滨江区"),
        ("\u3000杭州\u00a0市 ", "杭州 市"), ("第一行\r\n第二行\t三\u000b四", "第一行 第二行 三 四"),
        ("葛\U000e0100城\ufe00", "葛城"), ("甲\uffff\ud800乙\u0085丙", "甲乙 丙"), ("\u202a甲\u202c\u2060", "甲"), ("\u2066甲\ufff9\u2069", "甲"),
        # what is seen stays: 巿 is no 市, a private character has a shape in GBK fonts
        ("徐巿①㎡Ａ\ue000�", "徐巿①㎡Ａ\ue000�"),
    ],
)  # fmt: skip
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(alphabet=st.characters() | st.sampled_from("\u200b\u00ad\u3000\u000b\ufeff甲")))
def test_clean_leaves_the_visible_and_settles(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == cleaned.strip()
    kinds = {unicodedata.category(c) for c in cleaned}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert {c for c in cleaned if unicodedata.category(c) == "Zs"} <= {" "}
    visible = [c for c in text if unicodedata.category(c)[0] in "LNPS" and c.isprintable()]
    kept = [c for c in cleaned if unicodedata.category(c)[0] in "LNPS"]
    # four letters have no shape: fillers of Hangul
    assert kept == [c for c in visible if c not in "\u115f\u1160\u3164\uffa0"]


@given(st.lists(st.text(alphabet="甲 \u3000\u200b\n", max_size=4)))
def test_columns_are_cleaned_cell_by_cell(texts: list[str]) -> None:
    cells = pd.Series(texts, index=range(5, 5 + len(texts)), dtype=str, name="x")
    cleaned, changed = clean_cells(cells)
    assert cleaned.tolist() == [clean(text) for text in texts]
    assert changed.tolist() == [clean(text) != text.strip() for text in texts]
    assert cleaned.index.equals(cells.index)
    assert (cleaned.name, cleaned.dtype, changed.dtype) == ("x", cells.dtype, bool)


def test_blanks() -> None:
    for (
        text
    ) in "— -- - / \\ 无 暂无 空 N/A null nan － … （无） \u200b #N/A （空白） NaT **".split():
        assert is_blank(text), text
    for text in "0 甲 无锡 无锡市 空港 1-2 $ ? ditto 〃 #REF!".split():
        assert not is_blank(text), text
    assert is_blank("")
    assert not is_blank("无" * 100_000)


# numerals


def written(number: int, digits: str, units: str, zero: str) -> str:
    """Write a number below 10^12 in groups of four, as cheques are written."""
    groups, place = [], 0
    while number:
        number, group = divmod(number, 10_000)
        groups.append((place, group))
        place += 1
    text, gap = "", False
    for place, group in reversed(groups):
        four = f"{group:04d}"
        # a missing thousand, or a group of nothing, is said by one zero
        for digit, unit in zip(four, (units[2], units[1], units[0], ""), strict=True):
            if digit == "0":
                gap = bool(text)
                continue
            text += (zero if gap else "") + digits[int(digit)] + unit
            gap = False
        text += ("", "万", "亿")[place] if group else ""
    return text or zero


PLAIN = ("零一二三四五六七八九", "十百千", "零")
FORMAL = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟", "零")
ROUND = ("〇一二三四五六七八九", "十百千", "〇")


@given(
    st.integers(0, 10**12 - 1) | st.integers(0, 10_000).map(lambda n: n * 10_000),
    st.sampled_from([PLAIN, FORMAL, ROUND]),
)
@example(10**11, PLAIN)
@example(100_010_001, FORMAL)
def test_a_written_number_is_read_back(number: int, style: tuple[str, str, str]) -> None:
    text = written(number, *style)
    assert chinese_number(text) == number, text
    if text.startswith(("一十", "壹拾")):
        assert chinese_number(text[1:]) == number, text


@given(st.integers(1, 9_999), st.text(alphabet="0123456789", min_size=1, max_size=4))
def test_decimals_are_read_back(whole: int, behind: str) -> None:
    digits = "".join(PLAIN[0][int(c)] for c in behind)
    text = f"{written(whole, *PLAIN)}点{digits}"
    assert chinese_number(text) == float(f"{whole}.{behind}")
    assert chinese_number(text + "亿") == pytest.approx(float(f"{whole}.{behind}") * 1e8, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("廿五", 25), ("卅", 30), ("一百廿五", 125), ("两万", 20_000), ("两千两百万", 22_000_000), ("二〇一八", 2018),
        ("五〇〇万", 5_000_000), ("一亿二千万", 120_000_000), ("壹仟万", 10_000_000), ("一万二千亿", 1.2e12), ("一千五十", 1050),
        ("貳佰萬", 2_000_000), ("零点五", 0.5), ("一点二万亿", 1.2e12),
        ("", None), ("万", None), ("百万", None), ("一万五", None), ("二百五", None), ("三五万", None), ("七八百", None),
        ("一亿亿", None), ("一万万", None), ("零五", None), ("一兆", None), ("十两", None), ("点五", None), ("五点", None),
        ("一点二点三", None), ("一千百", None), ("一" * 100_000, None), ("二十百", None), ("一零万", 100_000),
    ],
)  # fmt: skip
def test_numerals(text: str, number: float | None) -> None:
    assert chinese_number(text) == number


@given(st.text(alphabet="〇零一二两五九十拾百佰千万亿点廿a", max_size=12))
def test_any_numerals(text: str) -> None:
    number = chinese_number(text)
    assert number is None or 0 <= number < 1e17


# capital


@pytest.mark.parametrize(
    ("text", "yi_cny"),
    [
        ("325万香港元", 0.0325 * HKD), ("100万澳门元", 0.01 * MOP), ("500万新台币", 0.05 * TWD), ("NT$500万", 0.05 * TWD),
        ("壹仟万元整", 0.1), ("五千万元", 0.5), ("一亿二千万", 1.2), ("人民币壹佰万元整", 0.01), ("伍佰万元", 0.05), ("叁拾万美元", 0.003 * USD),
        ("人民币（大写）壹亿元正", 1.0), ("一千元整", 1e-5), ("十万元", 0.001), ("五百 万元", 0.05),
        ("1000万元(认缴)", 0.1), ("认缴1000万元", 0.1), ("500.万元", 0.05), ("万元人民币".join(["1000", ""]), 0.1), ("￥500万", 0.05),
        ("RMB 5 million", 0.05), ("USD 1,000,000.00", 0.01 * USD), ("1000.000000万人民币元", 0.1), ("2 000万元", 0.2),
        ("1 234 567.00元", 0.01234567), ("5\u00a0000万元", 0.5), ("500\u200b万元", 0.05), ("（人民币）500万元", 0.05),
    ],
)  # fmt: skip
def test_words_of_the_registers(text: str, yi_cny: float) -> None:
    assert np.isclose(parse_capital(text), yi_cny, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(500)万元", "in brackets"), ("（500万元）", "in brackets"), ("(壹佰万元)", "in brackets"), ("-500", "not understood"),
        ("−500万元", "not understood"), ("500-800万元", "more than one number"), ("500至800万元", "more than one number"),
        ("500 8000万元", "more than one number"), ("500(800)万元", "more than one number"), ("五百至八百万元", "more than one number"),
        ("1000万元(实缴)", "not understood: '实缴'"), ("1000万元(认缴)200万元(实缴)", "more than one number"),
        ("壹佰万元(100万元)", "in brackets"), ("一万五元", "not settled"), ("nan", "no number"), ("NaN万元", "no number"),
        ("五百", "no unit"), ("壹元伍角", "more than one number"), ("十几万元", "not settled"), ("百万元", "no number"),
    ],
)  # fmt: skip
def test_what_is_not_settled_is_not_understood(text: str, reason: str) -> None:
    with pytest.raises(CapitalError) as caught:
        parse_capital(text)
    assert reason in str(caught.value)


def test_yuan_below_a_heading_in_dollars_is_not_understood() -> None:
    texts = pd.Series(
        ["100", "100万元", "100万", "一百", "100万美元", "-", "万元", "nan"], index=range(2, 10)
    )
    capital, bad = read_capital(texts, pd.Series("", index=texts.index), "万美元")
    assert np.allclose(capital.dropna(), [0.01 * USD] * 4)
    assert bad["value"].to_dict() == {3: "100万元", 8: "万元"}
    assert "the heading says USD" in bad.loc[3, "reason"]
    # 元 beside a column of currencies is the unit of any currency
    assert np.isclose(parse_capital("500万元", unit_of("", "美元")), 0.05 * USD)


@given(
    st.lists(st.tuples(st.sampled_from(["1万元", "2", "-", "x", "五万元"]), st.sampled_from(["", "美元", "银元"]))),
    st.sampled_from(["", "万元", "最新", "万美元"]),
)  # fmt: skip
def test_a_column_is_read_cell_by_cell(rows: list[tuple[str, str]], heading: str) -> None:
    frame = pd.DataFrame(rows, columns=["text", "currency"], dtype=str)
    capital, bad = read_capital(frame["text"], frame["currency"], heading)
    for row, (text, currency) in enumerate(rows):
        one, one_bad = read_capital(frame["text"][[row]], frame["currency"][[row]], heading)
        assert np.isclose(capital[row], one.iloc[0], equal_nan=True)
        assert (row in bad.index) == (len(one_bad) == 1)
        assert not np.isnan(capital[row]) or row in bad.index or is_blank(text), (text, currency)


def test_rates_that_follow_from_another() -> None:
    """The pataca is fixed; the New Taiwan dollar against the European Central Bank's dollar."""
    assert np.isclose(HKD / MOP, 1.03, rtol=1e-4)
    assert np.isclose(USD / TWD, 30.733, rtol=1e-4)


# areas


def areas_of(cells: list[str], unit: str = "公顷", heading: str = "面积") -> object:
    index = range(2, 2 + len(cells))
    return read_areas(pd.Series(cells, index=index, dtype=str), heading, unit, 1)


@pytest.mark.parametrize(
    ("cell", "unit", "area_ha", "approximate", "own"),
    [
        ("105", "公顷", 105, False, False), ("约105", "公顷", 105, True, False), ("105左右", "公顷", 105, True, False),
        ("105余", "公顷", 105, True, False), ("105余公顷", "公顷", 105, True, False), ("≈105", "公顷", 105, True, False),
        ("105.0（公顷）", "公顷", 105, False, False), ("105公顷", "公顷", 105, False, False), ("105 公顷", "", 105, False, False),
        ("1,234.5", "公顷", 1234.5, False, False), ("1，234", "公顷", 1234, False, False), ("１２３４.５", "公顷", 1234.5, False, False),
        ("1 234", "公顷", 1234, False, False), ("12.3万亩", "公顷", 8200, False, True), ("12.3万亩", "", 8200, False, False),
        ("5km²", "公顷", 500, False, True), ("5㎢", "km2", 500, False, False), ("5 sq km", "", 500, False, False),
        ("5平方千米", "亩", 500, False, True), ("150亩", "ha", 10, False, True), ("105hm²", "公顷", 105, False, False),
        ("105万平方米", "公顷", 105, False, False), ("1050000㎡", "", 105, False, False), ("1050000m2", "", 105, False, False),
        ("0.5万公顷", "", 5000, False, False), ("3 hectares", "", 3, False, False), ("about 30 mu", "ha", 2, True, True),
        ("约5.5平方公里左右", "公顷", 550, True, True), ("—", "公顷", None, False, False), ("/", "", None, False, False),
        ("-", "公顷", None, False, False), ("nan", "公顷", None, False, False), ("1e3", "公顷", 1000, False, False),
        (".5", "公顷", 0.5, False, False), ("105\u200b", "公顷", 105, False, False), ("~105", "公顷", 105, True, False),
    ],
)  # fmt: skip
def test_cells_of_area(
    cell: str, unit: str, area_ha: float | None, approximate: bool, own: bool
) -> None:
    read = areas_of([cell], unit)
    assert read.faults == []
    expected = np.nan if area_ha is None else area_ha
    assert np.isclose(read.area_ha[2], expected, rtol=1e-12, equal_nan=True)
    assert read.approximate == ({2: cell} if approximate else {})
    assert read.own_unit == ({2: cell} if own else {})


@pytest.mark.parametrize(
    ("cell", "accepted"),
    [
        ("100-200", "one number"), ("100～200", "one number"), ("100+50", "one number"), ("100/200", "one number"),
        ("100公顷和50亩", "one number"), ("十八", "accepted: a number"), ("5顷", "a number and one of 公顷"),
        ("1.2万", "a number and one of 公顷"), ("(105)", "accepted: a number"), ("-5", "accepted: 0.01 to 100000"),
        ("10%", "percentage"), ("1,2345", "a comma is no decimal point"), (">100", "accepted: a number"), ("200000", "0.01 to 100000"),
        ("3000平方公里", "accepted: 0.0001 to 1000"), ("1.2.3", "accepted: a number"), ("9" * 300, "accepted: a number"),
    ],
)  # fmt: skip
def test_what_is_no_area_is_named(cell: str, accepted: str) -> None:
    read = areas_of(["5", cell])
    ((row, words),) = read.faults
    assert row == 3
    assert repr(cell)[:50] in str(words)
    assert accepted in str(words)
    assert read.area_ha.isna().all()


def test_no_unit_is_guessed() -> None:
    for cells in (["5"], ["5公顷", "5"], ["约5", "-"]):
        read = areas_of(cells, "", "核准面积")
        assert [(row, "without a unit" in str(words)) for row, words in read.faults] == [(1, True)]
    assert areas_of(["-", ""], "").faults == []


@given(
    st.text(alphabet="0123456789.,+-约余~ 亩公顷万km²㎡平方里e()", max_size=12),
    st.sampled_from(["公顷", "亩", ""]),
)
def test_any_area(cell: str, unit: str) -> None:
    read = areas_of([cell], unit)
    area = read.area_ha[2]
    assert len(read.faults) <= 1
    assert np.isnan(area) or (0.00999 <= area <= 100_001 and not read.faults)


# dates


def months_of(*cells: str) -> object:
    index = range(2, 2 + len(cells))
    return read_months(pd.Series(cells, index=index, dtype=str), "批准时间")


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("1992.10", "1992-10"), ("1992年10月", "1992-10"), ("1992-10-15", "1992-10"), ("1992/10/15 00:00:00", "1992-10"),
        ("Oct 1992", "1992-10"), ("October 15, 1992", "1992-10"), ("15-Oct-1992", "1992-10"), ("1992 Oct", "1992-10"),
        ("199210", "1992-10"), ("19921015", "1992-10"), ("19921015.0", "1992-10"), ("１９９２年１０月", "1992-10"),
        ("1992年", "1992"), ("1992", "1992"), ("1992.0", "1992"), ("10/1992", "1992-10"), ("1992-10-15T08:30:00Z", "1992-10"),
        ("1992年 10月 15日", "1992-10"), ("2006.3.1", "2006-03"), ("2000.2", "2000-02"), ("2000-1", "2000-01"), ("2000年1月", "2000-01"),
        ("2000.01", "2000-01"), ("", ""), ("—", ""), ("暂无", ""), ("/", ""), ("1992-02-29", "1992-02"), ("1992\u200b-10", "1992-10"),
    ],
)  # fmt: skip
def test_dates(cell: str, month: str) -> None:
    read = months_of(cell)
    assert (read.months[2], read.faults, read.doubtful) == (month, [], {})


@pytest.mark.parametrize(
    ("cell", "accepted"),
    [
        ("1991-3-45", "no such day"), ("1991-13", "no such day"), ("1991.13", "no such day"), ("1991-02-29", "no such day"),
        ("19921345", "no such day"), ("1992-00", "no such day"), ("去年", "YYYY-MM"), ("1892-10", "YYYY-MM"), ("1992-1995", "YYYY-MM"),
        ("33892", "spreadsheet's number of the day 1992-10-15"), ("33892.5", "1992-10-15"), ("20001", "1954-10-04"),
        ("19921", "YYYY-MM"), ("60000", "YYYY-MM"), ("3/4/1992", "YYYY-MM"), ("Oct-92", "YYYY-MM"), ("1992.10-1995.3", "YYYY-MM"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_named(cell: str, accepted: str) -> None:
    read = months_of("1999", cell)
    ((row, words),) = read.faults
    assert row == 3
    assert f"{cell!r}; accepted: a month as YYYY-MM" in str(words)
    assert accepted in str(words)
    assert read.months.tolist() == ["1999", ""]


@pytest.mark.parametrize(
    ("others", "month", "doubtful"),
    [
        ([], "2000", True), (["1991"], "2000", True), (["1994.8"], "2000", True), (["1994.8", "1992.10"], "2000", True),
        (["2001.01", "1994.8"], "2000", True), (["2001.01", "1992.10"], "2000", True), (["1993.11", "1993.12"], "2000", True),
        (["2001-01"], "2000", True), (["2001.01"], "2000-10", False), (["2001.09", "1999.12", "1998", "—"], "2000-10", False),
    ],
)  # fmt: skip
def test_a_lost_zero_is_january_never(others: list[str], month: str, doubtful: bool) -> None:
    read = months_of("2000.1", *others)
    assert read.months[2] == month
    assert read.doubtful == ({2: "2000.1"} if doubtful else {})
    assert read.faults == []


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)), st.sampled_from([
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m", "%Y年%m月", "%Y%m", "%b %Y", "%d %B %Y", "%B %d, %Y",
    "%Y-%m-%d 00:00:00", "%m/%Y",
]))  # fmt: skip
def test_a_written_date_is_read_back(day: datetime.date, form: str) -> None:
    text = day.strftime(form)
    if day.year >= 1000:
        assert months_of(text).months[2] == f"{day.year}-{day.month:02d}", text


@given(st.text(alphabet="0123456789.-/年月日 :Tocta", max_size=14))
def test_any_date(cell: str) -> None:
    read = months_of(cell)
    month = read.months[2]
    assert month == "" or len(month) in (4, 7)
    assert not (month and read.faults)
    if len(month) == 7:
        datetime.date(int(month[:4]), int(month[5:]), 1)


# all


LONG: list[tuple[str, Callable[[str], object]]] = [
    ("clean", clean),
    ("is_blank", is_blank),
    ("chinese_number", chinese_number),
    ("capital", lambda text: read_capital(pd.Series([text]), pd.Series([""]), "万元")),
    ("currency", lambda text: read_capital(pd.Series(["1"]), pd.Series([text]), "万元")),
    ("area", lambda text: areas_of([text])),
    ("date", months_of),
    ("number", Column("number").fault),
]


@pytest.mark.parametrize(("name", "read"), LONG, ids=[name for name, _ in LONG])
@pytest.mark.parametrize(
    "piece",
    ["9", "9,", "1 ", "万", "一", "(", "\u200b", "约", "1x", "\u0301\u0323", "1999年", "-"],
)
def test_long_cells_take_time_by_their_length(
    name: str, read: Callable[[str], object], piece: str
) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length] + "x"
        best = np.inf
        for _ in range(3):
            start = time.process_time()
            read(text)
            best = min(best, time.process_time() - start)
        return best

    # ten times as long: ten times the time, a hundred times if each place were tried with each
    assert seconds(100_000) < 40 * max(seconds(10_000), 5e-4)


def test_a_long_cell_is_not_understood() -> None:
    with pytest.raises(CapitalError, match="characters, more than any amount has"):
        parse_capital("1" * (LONGEST_CELL + 1) + "元")


def test_what_is_approximate_or_doubtful_is_said(tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text(
        "name,province,核准面积(公顷),批准时间\n合肥高新技术产业开发区,安徽省,约1850,2000.1\n"
        "芜湖经济技术开发区,安徽省,3.5km²,1993.4\n蚌埠高新技术产业开发区,安徽省,—,暂无\n",
        encoding="utf-8",
    )
    frame, report = load_zone_table(path)
    assert frame["approved"].tolist() == ["2000", "1993-04", ""]
    assert frame["area_ha"].fillna(0).tolist() == [1850.0, 350.0, 0.0]
    assert report.approximate_areas == {2: "约1850"}
    assert report.areas_in_own_unit == {3: "3.5km²"}
    assert report.doubtful_dates == {2: "2000.1"}
    result = run_study(Study(zones_table=path))
    for language, starts in (
        ("en", ("Areas that the file states as approximate", "Areas with another unit", "Dates such as 2000.1")),
        ("zh", ("文件中注明为约数的面积", "单元格中的面积单位与表头不同", "2000.1一类的日期")),
    ):  # fmt: skip
        said = said_in(language, own_zones_sentences(result))
        for start in starts:
            assert len([s for s in said if s.startswith(start)]) == 1, (start, said)
    checked = {str(check.words)[:17]: check.rows for check in report.account.checks}
    assert (checked["areas stated as a"], checked["dates such as 200"]) == ((2,), (2,))
