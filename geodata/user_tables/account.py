"""The account of a table of a user's: what was read as what, what was left out, what to check.

Every reader fills one, every command prints it, and the manifest holds it in full. It never quotes
a cell: a register may name persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.words import ENGLISH, Joined, Listed, Message, Words, in_context

Row = int | str  # as a spreadsheet shows it; with its sheet where several are read: 省级!3


def row_label(label: object) -> Row:
    """Return a row's label as the account holds it: a plain number or text."""
    return label if isinstance(label, str) else int(str(label))


SHOWN = 5  # rows or columns named on a line; all of them are in the manifest

# what the columns are called in the account
COLUMN_NAMES: dict[str, Words] = {
    "name": Message("name"),
    "lon": Message("longitude"),
    "lat": Message("latitude"),
    "lonlat": Message("longitude and latitude"),
    "datum": Message("datum"),
    "geometry": Message("geometry"),
    "province": Message("province"),
    "province_adcode": Message("code of the province"),
    "city": Message("city"),
    "county": Message("county"),
    "region": Message("region"),
    "address": Message("address"),
    "text": Message("address or name"),
    "area": Message("area"),
    "other_area": Message("another area"),
    "capital": Message("registered capital"),
    "currency": Message("currency"),
    "credit_code": Message("credit code"),
    "status": Message("status"),
    "type": Message("type"),
    "level": Message("level"),
    "approved": Message("approved"),
    "extended": Message("extended"),
    "uncertainty": Message("uncertainty"),
    "weight": Message("weight"),
    "adcode": Message("code of the division"),
    "code": Message("code"),
    "id": Message("number"),
    "name_en": Message("English name"),
    "industries": Message("industries"),
    "remark": Message("remark"),
    # of what the way from a zone to a hub takes
    "zone": Message("zone"),
    "hub": in_context("column of a table", "hub"),
    "value": Message("what the way takes"),
    "unit": Message("unit"),
}


def plain_name(column: str) -> str:
    """Return a column's name without the number of one of several: text 2 is a text."""
    return column.partition(" ")[0]


@dataclass(frozen=True)
class ReadColumn:
    """A column that was read.

    Attributes
    ----------
    column
        What it was read as.
    heading
        As it stands in the file.
    unit, datum
        Of its values, "" for none.
    ground
        Where unit or datum are stated: heading, column, option, cells, file; "" for none.
    filled
        Number of cells that are not blank.
    partner
        Heading of the latitude, beside that of the longitude; "" for all others.
    """

    column: str
    heading: str
    unit: str = ""
    datum: str = ""
    ground: str = ""
    filled: int = 0
    partner: str = ""


@dataclass(frozen=True)
class UnreadColumn:
    """A column that was not read.

    Attributes
    ----------
    heading
        As it stands.
    why
        ``unknown``, or ``second``: another one of its meaning was taken.
    looks_like
        The column it resembles, or means; "" for none.
    """

    heading: str
    why: str
    looks_like: str = ""


@dataclass(frozen=True)
class Said:
    """A sentence on some rows.

    Attributes
    ----------
    words
        The sentence, without the rows.
    rows
        All of them.
    about
        Row -> what is said of it alone.
    """

    words: Words
    rows: tuple[Row, ...] = ()
    about: dict[Row, Words] = field(default_factory=dict)


def _is_utf_8(encoding: str) -> bool:
    """Whether a text is in the encoding that needs no word."""
    return encoding.casefold().replace("_", "-").startswith("utf-8")


@dataclass
class Account:
    """What became of one table.

    Attributes
    ----------
    source
        The file's name.
    what
        What its rows are.
    kind
        Of the file: xlsx, csv, GeoPackage ...
    sheets
        Those that were read; ("",) where a file has one table.
    unread_sheets
        The others, with their number of rows.
    encoding, delimiter
        Of a text.
    header_row
        Its number; of several sheets the first one's.
    rows
        Rows below the header that are not blank.
    used
        Those that became a row of the result.
    left_out
        The others, by reason.
    columns, not_read
        The columns.
    guesses
        What was inferred, each with its ground.
    checks
        What the user should look at.
    """

    source: str
    what: Words
    kind: str = ""
    sheets: tuple[str, ...] = ("",)
    unread_sheets: tuple[tuple[str, int], ...] = ()
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1
    rows: int = 0
    used: int = 0
    left_out: list[Said] = field(default_factory=list)
    columns: list[ReadColumn] = field(default_factory=list)
    not_read: list[UnreadColumn] = field(default_factory=list)
    guesses: list[Said] = field(default_factory=list)
    checks: list[Said] = field(default_factory=list)

    def leave_out(self, why: Words, rows: Iterable[Row]) -> None:
        """Note rows that are in no result."""
        listed = tuple(rows)
        if listed:
            self.left_out.append(Said(why, listed))
            self.used -= len(listed)

    def check(
        self, words: Words, rows: Iterable[Row] = (), about: dict[Row, Words] | None = None
    ) -> None:
        """Note what the user should look at."""
        self.checks.append(Said(words, tuple(rows), about or {}))

    def guess(self, words: Words, rows: Iterable[Row] = ()) -> None:
        """Note what was inferred."""
        self.guesses.append(Said(words, tuple(rows)))

    def lines(self, *, whole: bool = False) -> list[tuple[Words, list[Words]]]:
        """Return the account for a terminal: each line's word and its parts.

        Parameters
        ----------
        whole
            All rows and columns, not the first ones.
        """
        shown = None if whole else SHOWN
        parts: list[tuple[Words, list[Words]]] = [
            (in_context("account", "read"), list(self._read())),
            (in_context("account", "left out"), [_said(s, shown) for s in self.left_out]),
            (in_context("account", "columns"), list(self._columns())),
            (in_context("account", "inferred"), [_said(s, shown) for s in self.guesses]),
            (in_context("account", "not read"), list(self._not_read(shown))),
            (in_context("account", "check"), [_said(s, shown) for s in self.checks]),
        ]
        return [(word, said) for word, said in parts if said]

    def _read(self) -> Iterator[Words]:
        yield Message(
            "{file}: {used:,} of {rows:,} rows used as {what}",
            file=self.source, used=self.used, rows=self.rows, what=self.what,
        )  # fmt: skip
        if self.sheets != ("",):
            yield Message("sheet {sheets}", sheets=Listed(self.sheets))
        if self.header_row > 1:
            yield Message("header in row {row}", row=self.header_row)
        if self.encoding and not _is_utf_8(self.encoding):
            yield Joined((self.encoding.upper(),))
        if self.delimiter not in ("", ","):
            from geodata.user_tables.text_files import DELIMITERS

            yield Message("cut by {delimiter}", delimiter=DELIMITERS[self.delimiter])

    def _columns(self) -> Iterator[Words]:
        for column in self.columns:
            name = COLUMN_NAMES.get("lonlat" if column.partner else plain_name(column.column))
            if name is None:
                continue  # what zonegap itself wrote of a position
            headings = [column.heading, *([column.partner] if column.partner else [])]
            said: Words = Message(
                "{name} <- {headings}", name=name, headings=Listed(headings, Message(" and "))
            )
            fact = column.datum or column.unit
            if fact:
                ground = _GROUNDS.get(column.ground)
                said += Message(" ({fact})", fact=fact) if ground is None else ground.fill(
                    fact=fact
                )  # fmt: skip
            yield said

    def _not_read(self, shown: int | None) -> Iterator[Words]:
        for sheet, rows in self.unread_sheets:
            yield Message("sheet {sheet} ({rows:,} rows)", sheet=sheet, rows=rows)
        for column in self.not_read:
            meant = COLUMN_NAMES.get(column.looks_like, column.looks_like)
            if column.why == "second":
                yield Message(
                    "{heading}: {meaning} is read from another column",
                    heading=column.heading, meaning=meant,
                )  # fmt: skip
            elif column.looks_like:
                yield Message(
                    "{heading}: looks like {meaning}, but is no known heading",
                    heading=column.heading, meaning=meant,
                )  # fmt: skip
        others = [c.heading for c in self.not_read if c.why == "unknown" and not c.looks_like]
        if others:
            more = len(others) - shown if shown is not None else 0
            listed: list[object] = list(others if shown is None else others[:shown])
            if more > 0:
                listed.append(Message("and {more} more", more=more))
            yield Listed(listed)

    def as_json(self) -> dict[str, Any]:
        """Return the whole account for a manifest, in English."""
        return {
            "source": self.source,
            "kind": self.kind,
            "sheets": [sheet for sheet in self.sheets if sheet],
            "sheets_not_read": [{"name": name, "rows": rows} for name, rows in self.unread_sheets],
            "encoding": self.encoding or None,
            "delimiter": self.delimiter or None,
            "header_row": self.header_row,
            "rows": {
                "in_file": self.rows,
                "used": self.used,
                "left_out": {s.words.in_language(ENGLISH): list(s.rows) for s in self.left_out},
            },
            "columns": [
                {
                    "heading": c.heading, "read_as": c.column, "filled": c.filled,
                    **({"with": c.partner} if c.partner else {}),
                    **({"unit": c.unit} if c.unit else {}),
                    **({"datum": c.datum} if c.datum else {}),
                    **({"stated_by": c.ground} if c.ground else {}),
                }
                for c in self.columns
            ],
            "not_read": [
                {"heading": c.heading, "why": c.why,
                 **({"looks_like": c.looks_like} if c.looks_like else {})}
                for c in self.not_read
            ],
            "inferred": [_said_json(s) for s in self.guesses],
            "check": [_said_json(s) for s in self.checks],
        }  # fmt: skip


_GROUNDS = {
    "heading": Message(" ({fact}, by the heading)"),
    "column": Message(" ({fact}, by a column)"),
    "option": Message(" ({fact}, as stated)"),
    "cells": Message(" ({fact}, by the cells)"),
    "file": Message(" ({fact}, by the file)"),
}


def rows_in_words(rows: Sequence[Row], shown: int | None = SHOWN) -> Words:
    """Return some rows for a sentence, the first ones where they are many."""
    listed: list[object] = list(rows if shown is None else rows[:shown])
    if len(listed) < len(rows):
        listed.append("…")
    if len(rows) == 1:
        return Message("row {rows}", rows=Listed(listed))
    return Message("rows {rows}", rows=Listed(listed))


def _said(said: Said, shown: int | None) -> Words:
    if not said.rows:
        return said.words
    if said.about:
        each = [
            Message("row {row}: {what}", row=row, what=said.about[row])
            for row in said.rows[:shown]
            if row in said.about
        ]
        if shown is not None and len(said.rows) > shown:
            each.append(Message("and {more} more", more=len(said.rows) - shown))
        listed: Words = Listed(each, Message("; "))
    else:
        listed = rows_in_words(said.rows, shown)
    return Message(
        "{what}: {count:,} ({rows})", what=said.words, count=len(said.rows), rows=listed
    )  # fmt: skip


def _said_json(said: Said) -> dict[str, Any]:
    found: dict[str, Any] = {"what": said.words.in_language(ENGLISH)}
    if said.rows:
        found["rows"] = list(said.rows)
    if said.about:
        found["about"] = {str(row): w.in_language(ENGLISH) for row, w in said.about.items()}
    return found
