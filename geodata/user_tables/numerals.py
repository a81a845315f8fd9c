"""Numbers as cells write them: in digits with or without groups, and in Chinese numerals."""

from __future__ import annotations

import re
from decimal import Decimal

# 1,234.5; 1 234.5; 1234.5; 500. with nothing behind the point. Of 1,2345 it takes 1,234 alone, so
# that the rest is a second number and the cell is refused.
DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d*)?"
_LONGEST = 60

# both ways of writing, by what each means; 大写 are those of cheques and contracts
_PLAIN = str.maketrans(
    {
        variant: plain
        for plain, variants in zip(
            "零一二三四五六七八九十百千万亿点",
            "〇○ 壹弌 贰貳弍 叁參叄弎 肆 伍 陆陸 柒 捌 玖 拾 佰 仟 萬 億 點".split(),
            strict=True,
        )
        for variant in variants
    }
    | {"廿": "二十", "卄": "二十", "卅": "三十", "卌": "四十", "兩": "两"}
)
_DIGITS = "零一二三四五六七八九"
_UNITS = (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10))
# 十两, 两十 are no numbers; 两 stands before a larger unit, or alone
_BAD_LIANG = re.compile(r".两$|两[^百千万亿点]")
_DECIMALS = re.compile(r"([零一二三四五六七八九]+)((?:十|百|千)?万?亿?|百|千)")
# every character of a Chinese numeral, and those of them that are a number without others
CHINESE = "".join(map(chr, _PLAIN)) + _DIGITS + "两十百千万亿点"
_ALONE = frozenset(c for c in CHINESE if c not in "百佰千仟万萬亿億点點")


def number_of(digits: str) -> float:
    """Return the number that a match of `DIGITS` writes."""
    return float(digits.replace(",", "").replace(" ", ""))


def has_chinese_digit(text: str) -> bool:
    """Whether a text holds a Chinese digit, not units such as 万 alone."""
    return not _ALONE.isdisjoint(text)


def chinese_number(text: str) -> float | None:
    """Return the number that Chinese numerals write, None where they do not settle one.

    Both ways of writing are read, also mixed: 五千万, 壹仟万, 一亿二千万, 廿五, 二〇一八, 三点五亿.
    Not read: what leaves a unit out (一万五, 二百五) or names two digits for "some" (三五万,
    七八百), in speech something else than the signs say; 兆, which has two meanings.

    Examples
    --------
    >>> chinese_number("一亿二千万"), chinese_number("壹佰零伍"), chinese_number("一万五")
    (120000000.0, 105.0, None)
    """
    if len(text) > _LONGEST:
        return None
    plain = text.translate(_PLAIN)
    if _BAD_LIANG.search(plain):
        return None
    plain = plain.replace("两", "二")
    whole, point, behind = plain.partition("点")
    number = _by_place(whole) if whole and all(c in _DIGITS for c in whole) else _by_units(whole, 0)
    if number is None or not point:
        return None if number is None else float(number)
    decimals = _DECIMALS.fullmatch(behind)
    if decimals is None:
        return None
    scale = 1
    for unit in decimals[2]:
        scale *= dict(_UNITS)[unit]
    places = "".join(str(_DIGITS.index(c)) for c in decimals[1])
    return float(Decimal(f"{number}.{places}") * scale)


def _by_place(text: str) -> int | None:
    """Return the number of digits without units: 五, 二〇一八, not 三五."""
    if len(text) > 1 and (text[0] == "零" or (len(text) == 2 and "零" not in text)):
        return None
    return int("".join(str(_DIGITS.index(c)) for c in text))


def _by_units(text: str, first: int) -> int | None:
    """Return the number of digits with units, of which those from `first` on are accepted."""
    for place, (unit, worth) in enumerate(_UNITS[first:], start=first):
        if unit not in text:
            continue
        before, _, after = text.rpartition(unit)
        # 十五 leaves out 一; 五〇〇万 has its digits by place; in front of 千, 百, 十 stands one
        if unit == "十" and not before:
            times: int | None = 1
        elif len(before) > 1 and all(c in _DIGITS for c in before):
            times = _by_place(before)
        else:
            times = _by_units(before, place + 1)
        if not times or (worth < 10**4 and times > 9):
            return None
        if not after:
            return times * worth
        gap = after.startswith("零")
        # 一万五 is 15,000 in speech
        if not gap and len(after) == 1 and unit != "十":
            return None
        rest = _by_units(after[gap:], place + 1)
        return times * worth + rest if rest else None
    return _DIGITS.index(text) if len(text) == 1 and text in _DIGITS else None
