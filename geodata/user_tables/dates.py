"""Dates of approval in a user's table, to the month: cells, and what a spreadsheet made of them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import NamedTuple

import pandas as pd

from geodata.schema import cell_fault
from geodata.user_tables.account import Row, row_label
from geodata.user_tables.text import clean, is_blank
from geodata.words import Message, Words

LONGEST_CELL = 60  # what is longer is no date
# Days since 30 December 1899, as a spreadsheet keeps a date: 1954-10-03 to 2036-11-21.
SERIAL_DAYS = (20_000, 50_000)
_DAY_0 = datetime.date(1899, 12, 30)
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        "january february march april may june july august september october november december"
        "".split(),
        start=1,
    )
    for length in (3, len(name))
} | {"sept": 9}
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_TIME = r"(?:[t ]*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?)?"
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        # 1992, 1992年, 1992.0 (a whole number as some programs write it)
        rf"{_YEAR} ?(?:年|\.0+)?",
        # 1992-10, 1992.10, 1992年10月, 199210; with a day and a time behind it
        rf"{_YEAR} ?(?:年|[-./]) ?(?P<month>\d\d?) ?[月.]?",
        rf"{_YEAR} ?(?:年|[-./]) ?(?P<month>\d\d?) ?(?:月|[-./]) ?(?P<day>\d\d?) ?日?{_TIME}",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)?(?:\.0+)?{_TIME}",
        # 10/1992; Oct 1992, Oct. 15, 1992, 15 October 1992, 1992 Oct
        rf"(?P<month>\d\d?)[-/]{_YEAR}",
        rf"{_NAME}[ ,-]*{_YEAR}",
        rf"{_NAME} ?(?P<day>\d\d?)(?:st|nd|rd|th)?[ ,]+{_YEAR}",
        rf"(?P<day>\d\d?)(?:st|nd|rd|th)?[ -]?{_NAME}[ ,-]*{_YEAR}",
        rf"{_YEAR}[ -]?{_NAME}",
    )
)
_DOTTED = re.compile(r"(?P<year>(?:19|20)\d\d)\.(?P<month>\d\d?)", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)


class Dates(NamedTuple):
    """What a column of dates holds.

    Attributes
    ----------
    months
        ``YYYY-MM``, or ``YYYY`` where no month is known; "" where blank or a fault.
    faults
        By row.
    doubtful
        Cells of which only the year is taken, by row.
    """

    months: pd.Series[str]
    faults: list[tuple[Row, Words]]
    doubtful: dict[Row, str]


def read_months(cells: pd.Series[str], heading: str) -> Dates:
    """Return the month of each date.

    A day or a month that does not exist is a fault; so is a bare number that may be a
    spreadsheet's day: what it would be is said.

    The 2018 catalogue and lists after it write a month as 2000.10. A spreadsheet that takes that
    for a number shows 2000.1, the same as January. So 2000.1 is read as the year 2000 alone and
    named, except where the column settles it: where it writes single months with two digits
    (2000.01, 2000.09), no other with one and 2000.10 nowhere. There January would be 2000.01, and
    every October has lost its zero: it is October.

    Parameters
    ----------
    cells
        Text, by row.
    heading
        Of the column, for a fault.
    """
    plain = {text: _plain(text) for text in cells.unique()}
    dotted = [found["month"] for found in map(_DOTTED.fullmatch, plain.values()) if found]
    october = any(month[0] == "0" and month != "00" for month in dotted) and not any(
        month == "10" or (len(month) == 1 and month != "1") for month in dotted
    )
    read: dict[str, str | Words] = {}
    in_doubt: set[str] = set()
    for text, form in plain.items():
        found = _DOTTED.fullmatch(form)
        if found is not None and found["month"] == "1":
            read[text] = f"{found['year']}-10" if october else found["year"]
            if not october:
                in_doubt.add(text)
        else:
            read[text] = _month(form)
    faults = [
        (row_label(row), cell_fault(row, heading, text, accepted))
        for row, text in cells.items()
        if isinstance(accepted := read[text], Words)
    ]
    months = cells.map({text: "" if isinstance(m, Words) else m for text, m in read.items()})
    doubtful = {row_label(row): text for row, text in cells.items() if text in in_doubt}
    return Dates(months, faults, doubtful)


def _plain(text: str) -> str:
    """Return a cell in the form dates are read in; "?", which is none, for one too long."""
    plain = clean(text)
    if is_blank(plain):
        return ""
    return unicodedata.normalize("NFKC", plain).casefold() if len(plain) <= LONGEST_CELL else "?"


def _month(plain: str) -> str | Words:
    """Return a date in the form above as YYYY-MM or YYYY, else what is accepted."""
    accepted = Message("accepted: {values}", values=Message("a month as YYYY-MM"))
    found = next((f for form in _FORMS if (f := form.fullmatch(plain))), None)
    if found is None:
        return "" if plain == "" else accepted + _serial_day(plain)
    parts = found.groupdict()
    year, name = parts["year"], parts.get("name")
    month = _MONTHS[name] if name else int(parts.get("month") or 0)
    if not name and parts.get("month") is None:
        return str(year)
    try:
        datetime.date(int(year), month, int(parts.get("day") or 1))
    except ValueError:
        return accepted + Message("; there is no such day")
    return f"{year}-{month:02d}"


def _serial_day(plain: str) -> Words | str:
    """Return which day a bare number would be in a spreadsheet, "" where it can be none."""
    found = _SERIAL.fullmatch(plain)
    if found is None or not SERIAL_DAYS[0] <= int(found[1]) <= SERIAL_DAYS[1]:
        return ""
    day = _DAY_0 + datetime.timedelta(days=int(found[1]))
    return Message(
        "; it may be a spreadsheet's number of the day {day}: give the column the format of dates",
        day=day.isoformat(),
    )
