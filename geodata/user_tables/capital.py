"""Registered capital as company registers print it, in 亿元 (100 million CNY)."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from geodata.loaders import load_exchange_rates

CNY_PER_YI = 1e8
# No company's registered capital reaches this (China State Railway Group, the largest, has
# 17,395 亿元): a larger one is a slip of the unit.
LARGEST_YI_CNY = 20_000.0

# What registers print where they know no capital.
BLANKS = frozenset(
    "|-|--|---|—|——|–|/|\\|*|无|暂无|未知|不详|未公示|未公开|nan|none|null|n/a".split("|")
)
_SCALES = {
    "万亿": 1e12, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3, "百": 1e2,
    "thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
}  # fmt: skip
# 元 alone means CNY; beside a currency (500万元美元) it adds nothing
_YUAN = ("元", "圆", "yuan")
_FILLERS = ("整", "注册资本", "约", ":")
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_DROPPED = str.maketrans("", "", "()[] \t\r\n")


class CapitalError(ValueError):
    """A text is not understood as an amount of money; the message says why."""


@dataclass(frozen=True)
class Unit:
    """The unit that a heading or a column of currencies gives to numbers without one.

    Attributes
    ----------
    scale
        1e4 for 万元; None where nothing is said.
    currency
        ISO 4217 code; "" where nothing is said.
    """

    scale: float | None = None
    currency: str = ""


NO_UNIT = Unit()


def is_blank(text: str) -> bool:
    """Whether a cell says that no capital is known, rather than one that is not understood."""
    return text.strip().casefold() in BLANKS


def parse_capital(text: str, unit: Unit = NO_UNIT) -> float:
    """Return an amount in 亿元, at the exchange rates of exchange_rates.csv.

    Parameters
    ----------
    text
        For example ``5000万人民币``, ``1000万美元``, ``50,000万元``, ``1.2亿``, ``500万(元)``.
    unit
        What the heading says of numbers without a unit.

    Raises
    ------
    CapitalError
        When the text is no amount, has no unit, names an unknown currency, or is too large.

    Examples
    --------
    >>> parse_capital("50,000万元"), parse_capital("500", unit_of("万元"))
    (5.0, 0.05)
    """
    plain = _plain(text)
    numbers = list(_NUMBER.finditer(plain))
    if len(numbers) != 1:
        reason = "more than one number, or digits grouped oddly" if numbers else "no number"
        raise CapitalError(reason)
    number = numbers[0]
    before = _words(plain[: number.start()], with_scales=False)
    after = _words(plain[number.end() :])
    named = before.currencies | after.currencies
    if len(named) > 1:
        reason = f"more than one currency: {', '.join(sorted(named))}"
        raise CapitalError(reason)
    amount, stated = float(number[0].replace(",", "")), "".join(named)
    if stated and unit.currency and stated != unit.currency:
        reason = f"{stated}, but the table says {unit.currency}"
        raise CapitalError(reason)
    scale = after.scale
    if scale is None:
        scale = _scale_of_bare(amount, stated, before.yuan or after.yuan, unit)
    rate = exchange_rates()[stated or unit.currency or "CNY"]
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
    return Unit(scale, "".join(stated) or ("CNY" if column.yuan else ""))


def _scale_of_bare(amount: float, stated: str, yuan: bool, unit: Unit) -> float:
    """Return the scale of a number without 万 or the like: the heading's, or 1."""
    if not (stated or yuan):
        if unit.scale is None and amount > 0:
            reason = "no unit, neither in the cell nor in the heading"
            raise CapitalError(reason)
        return unit.scale or 1.0
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
def _words(text: str, *, with_scales: bool = True) -> _Words:
    """Read the words beside a number, each of which must be known."""
    scale, currencies, yuan, start = None, set(), False, 0
    while start < len(text):
        word = next((w for w in _vocabulary() if text.startswith(w, start)), None)
        if word is None or (word in _SCALES and (scale is not None or not with_scales)):
            reason = f"not understood: {text[start:]!r}"
            raise CapitalError(reason)
        if word in _SCALES:
            scale = _SCALES[word]
        elif word in _YUAN:
            yuan = True
        elif word in _currencies():
            currencies.add(_currencies()[word])
        start += len(word)
    return _Words(scale, frozenset(currencies), yuan)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DROPPED).casefold()


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
