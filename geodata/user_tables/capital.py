"""Registered capital as company registers print it, in 亿元 (100 million CNY)."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.loaders import load_exchange_rates
from geodata.user_tables.numerals import (
    CHINESE,
    DIGITS,
    chinese_number,
    has_chinese_digit,
    number_of,
)
from geodata.user_tables.text import clean, is_blank

CNY_PER_YI = 1e8
# No company's registered capital reaches this (China State Railway Group, the largest, has
# 17,395 亿元): a larger one is a slip of the unit.
LARGEST_YI_CNY = 20_000.0
# No amount is written longer; what is longer is not read at all, so that no cell takes long.
LONGEST_CELL = 1_000

_SCALES = {
    "万亿": 1e12, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3, "百": 1e2,
    "thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
}  # fmt: skip
# 元 alone means CNY; beside a currency (500万元美元) it adds nothing
_YUAN = ("元", "圆", "yuan")
# 认缴 (subscribed) is what registered capital is. 实缴 (paid in) is another amount: not understood.
_FILLERS = ("整", "正", "注册资本", "注册资金", "认缴", "认缴出资", "大写", "约", ":")
# what stands before the only number of a cell, the number, what stands behind it
_ONE_NUMBER = re.compile(rf"([^0-9]*)({DIGITS})([^0-9]*)", re.ASCII)
_ONE_CHINESE = re.compile(f"([^{CHINESE}]*)([{CHINESE}]+)([^{CHINESE}]*)")
_DIGIT = re.compile(r"[0-9]")
_DROPPED = str.maketrans("", "", "()[] ")


class CapitalError(ValueError):
    """A text is not understood as an amount of money; the message says why."""


class _NoUnitError(CapitalError):
    """Nothing states a unit, which only 0 can do without."""


@dataclass(frozen=True)
class Unit:
    """The unit that a heading or a column of currencies gives to numbers without one.

    Attributes
    ----------
    scale
        1e4 for 万元; None where nothing is said.
    currency
        ISO 4217 code; "" where nothing is said.
    heading_currency
        What the heading alone says of it.
    """

    scale: float | None = None
    currency: str = ""
    heading_currency: str = ""


NO_UNIT = Unit()


def parse_capital(text: str, unit: Unit = NO_UNIT) -> float:
    """Return an amount in 亿元, at the exchange rates of exchange_rates.csv.

    Parameters
    ----------
    text
        For example ``5000万人民币``, ``1000万美元``, ``50,000万元``, ``1.2亿``, ``500万(元)``,
        ``壹仟万元整``, ``1000万元(认缴)``.
    unit
        What the heading says of numbers without a unit.

    Raises
    ------
    CapitalError
        When the text is no amount, holds two or one in brackets (a negative), has no unit, names
        an unknown currency or another one than the table, or is too large.

    Examples
    --------
    >>> parse_capital("50,000万元"), parse_capital("500", unit_of("万元"))
    (5.0, 0.05)
    """
    plain = _plain(text)
    found = _ONE_NUMBER.fullmatch(plain)
    if found is not None:
        amount, scaled = number_of(found[2]), False
    else:
        found, amount = _chinese_amount(plain)
        scaled = "万" in found[2] or "亿" in found[2]
    reading = _reading(found[1], found[3], unit, scaled)
    if isinstance(reading, CapitalError):
        if amount == 0 and isinstance(reading, _NoUnitError):
            return 0.0
        raise CapitalError(*reading.args)
    scale, rate = reading
    amount_yi_cny = amount * scale / CNY_PER_YI * rate
    if amount_yi_cny >= LARGEST_YI_CNY:
        reason = f"{amount_yi_cny:,.0f} 亿元, more than any company has"
        raise CapitalError(reason)
    return amount_yi_cny


def unit_of(heading: str, currency: str = "") -> Unit:
    """Return the unit that a heading's words and a column of currencies give.

    Raises
    ------
    CapitalError
        When the words are no unit, or name another currency than the column.
    """
    words, column = _words(_plain(heading)), _words(_plain(currency))
    stated = words.currencies | column.currencies
    if len(stated) > 1 or column.scale is not None:
        reason = f"unit {heading!r}, currency {currency!r}"
        raise CapitalError(reason)
    scale = words.scale
    if scale is None and (words.yuan or words.currencies):
        scale = 1.0
    code = "".join(stated) or ("CNY" if column.yuan else "")
    return Unit(scale, code, "".join(words.currencies))


def read_capital(
    texts: pd.Series[str], currencies: pd.Series[str], heading: str
) -> tuple[pd.Series[float], pd.DataFrame]:
    """Return the capital of each row in 亿元, and the cells that are not understood.

    Parameters
    ----------
    texts, currencies
        Cells of the two columns on one index; "" where there is none.
    heading
        What the heading of the capital says of numbers without a unit: 万元 of 注册资本(万元).

    Returns
    -------
    tuple
        ``capital_yi_cny``, nan where not stated or not understood; ``value`` and ``reason`` of
        the cells that are not understood.
    """
    text_codes, distinct = pd.factorize(texts.to_numpy(dtype=object))
    currency_codes, names = pd.factorize(currencies.to_numpy(dtype=object))
    # most tables have few pairs of text and currency: each is read once
    pairs = text_codes.astype(np.int64) * len(names) + currency_codes
    codes, distinct_pairs = pd.factorize(pairs)
    units = [_unit(heading, name) for name in names]
    amounts = np.full(len(distinct_pairs), np.nan)
    reasons = np.full(len(distinct_pairs), "", dtype=object)
    for place, pair in enumerate(distinct_pairs.tolist()):
        text, unit = distinct[pair // len(names)], units[pair % len(names)]
        try:
            if isinstance(unit, CapitalError):
                raise unit
            amounts[place] = parse_capital(text, unit)
        except CapitalError as error:
            # no blank is an amount, so that only the others need the question
            if not is_blank(text):
                reasons[place] = str(error)
    capital = pd.Series(amounts[codes], index=texts.index, name="capital_yi_cny")
    reason = pd.Series(reasons[codes], index=texts.index)
    bad = (reason != "").to_numpy()
    return capital, pd.DataFrame({"value": texts[bad], "reason": reason[bad]})


def _unit(heading: str, currency: str) -> Unit | CapitalError:
    """Return the unit of a heading, else why the currency beside it is not understood.

    Brackets that hold no unit (最新) say nothing.
    """
    column = "" if is_blank(currency) else currency
    unit: Unit | CapitalError = NO_UNIT
    for words in (heading, ""):
        try:
            return unit_of(words, column)
        except CapitalError as error:
            unit = error
    return unit


def _chinese_amount(plain: str) -> tuple[re.Match[str], float]:
    """Return the parts of a text without a single number in digits, and its Chinese number."""
    if _DIGIT.search(plain):
        reason = "more than one number, or digits grouped oddly"
        raise CapitalError(reason)
    plain = plain.replace(" ", "")
    if not has_chinese_digit(plain):
        reason = "no number"
        raise CapitalError(reason)
    found = _ONE_CHINESE.fullmatch(plain)
    number = chinese_number(found[2]) if found is not None else None
    if found is None or number is None:
        reason = f"more than one number, or not settled: {_shown(plain)}"
        raise CapitalError(reason)
    return found, number


@functools.lru_cache(maxsize=1 << 14)
def _reading(
    before: str, after: str, unit: Unit, scaled: bool
) -> tuple[float, float] | CapitalError:
    """Return scale and rate of a number, or why there are none: the same words come often."""
    try:
        return _scale_and_rate(before, after, unit, scaled)
    except CapitalError as error:
        return error


def _scale_and_rate(before: str, after: str, unit: Unit, scaled: bool) -> tuple[float, float]:
    """Read the words around a number, which has 万 or 亿 within if `scaled`."""
    if any(before.count(left) > before.count(right) for left, right in ("()", "[]")):
        reason = "an amount in brackets, which may be a negative one"
        raise CapitalError(reason)
    front = _words(before, with_scales=False)
    back = _words(after, with_scales=not scaled)
    named = front.currencies | back.currencies
    if len(named) > 1:
        reason = f"more than one currency: {', '.join(sorted(named))}"
        raise CapitalError(reason)
    stated, yuan = "".join(named), front.yuan or back.yuan
    if stated and unit.currency and stated != unit.currency:
        reason = f"{stated}, but the table says {unit.currency}"
        raise CapitalError(reason)
    # beside a column of currencies 元 is the unit of any of them (500万元, 美元); a heading that
    # names US dollars and a cell in 元 contradict each other
    if yuan and not stated and unit.heading_currency not in ("", "CNY"):
        reason = f"元, but the heading says {unit.heading_currency}"
        raise CapitalError(reason)
    scale = 1.0 if scaled else back.scale
    if scale is None:
        scale = _scale_of_bare(bool(stated or yuan), unit)
    return scale, exchange_rates()[stated or unit.currency or "CNY"]


def _scale_of_bare(has_unit: bool, unit: Unit) -> float:
    """Return the scale of a number without 万 or the like: the heading's, or 1."""
    if not has_unit:
        if unit.scale is None:
            reason = "no unit, neither in the cell nor in the heading"
            raise _NoUnitError(reason)
        return unit.scale
    if unit.scale not in (None, 1.0):  # 500美元 below 注册资本(万元): of which unit?
        reason = "the cell has a unit of its own that may or may not add to the heading's"
        raise CapitalError(reason)
    return 1.0


@dataclass(frozen=True)
class _Words:
    scale: float | None
    currencies: frozenset[str]
    yuan: bool


@functools.lru_cache(maxsize=4096)
def _words(beside: str, *, with_scales: bool = True) -> _Words:
    """Read the words beside a number, each of which must be known."""
    text = beside.translate(_DROPPED)
    scale, currencies, yuan, start = None, set(), False, 0
    while start < len(text):
        word = next((w for w in _vocabulary() if text.startswith(w, start)), None)
        if word is None or (word in _SCALES and (scale is not None or not with_scales)):
            reason = f"not understood: {_shown(text[start:])}"
            raise CapitalError(reason)
        if word in _SCALES:
            scale = _SCALES[word]
        elif word in _YUAN:
            yuan = True
        elif word in _currencies():
            currencies.add(_currencies()[word])
        start += len(word)
    return _Words(scale, frozenset(currencies), yuan)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _plain(text: str) -> str:
    plain = clean(text)
    if len(plain) > LONGEST_CELL:
        reason = f"{len(plain):,} characters, more than any amount has"
        raise CapitalError(reason)
    return unicodedata.normalize("NFKC", plain).casefold()


@functools.cache
def _vocabulary() -> tuple[str, ...]:
    """Return every word that may stand beside a number, longest first."""
    return tuple(sorted([*_SCALES, *_YUAN, *_FILLERS, *_currencies()], key=len, reverse=True))


@functools.cache
def _currencies() -> dict[str, str]:
    return {
        name.casefold(): str(code)
        for code, names in load_exchange_rates()["names"].items()
        for name in names.split("|")
    }


@functools.cache
def exchange_rates() -> dict[str, float]:
    """Return CNY per unit of each currency by its ISO 4217 code."""
    return {str(k): float(v) for k, v in load_exchange_rates()["cny_per_unit"].items()}
