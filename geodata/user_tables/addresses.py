"""A user's table of addresses or company names, for `geodata.address_geocoder.geocode_texts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geodata.errors import BadInputError, missing_columns
from geodata.user_tables.account import COLUMN_NAMES, Account
from geodata.user_tables.companies import comparable_codes, plain_codes
from geodata.user_tables.divisions import Bound, with_regions
from geodata.user_tables.headings import read_heading
from geodata.user_tables.tables import (
    Header,
    ScannedTable,
    Source,
    TableKind,
    UserTable,
    Wish,
    read_table,
    scan_table,
)
from geodata.words import Message

TEXT = ("address", "company_name")  # what is located where no column is named
BINDING = ("province", "city", "county")
_CODE = "credit_code"


@dataclass(frozen=True, eq=False)
class TextTable:
    """Texts to locate, what binds them, and the table they stand in.

    Attributes
    ----------
    texts
        Columns, the most trusted first.
    kinds
        What each holds, by its heading: ``address``, ``company``, or ``auto`` where it does not
        say.
    credit_codes
        Column of credit codes; None where the table has none.
    bound
        Columns of `BINDING` that bind: province, city, county.
    given
        All cells as they stand, by row as a spreadsheet shows it.
    used
        Headings of the columns that were read.
    account
        What was read.
    path
        The table's name in messages.
    """

    texts: list[pd.Series[str]]
    kinds: tuple[str, ...]
    credit_codes: pd.Series[str] | None
    bound: dict[str, pd.Series[str]]
    given: pd.DataFrame
    used: frozenset[str]
    account: Account
    path: str

    def with_columns(self, names: Sequence[str] | None) -> pd.DataFrame:
        """Return the columns that were read and some more, all when None, as they stand.

        Raises
        ------
        BadInputError
            When one is missing.
        """
        headings = list(self.given.columns)
        return self.given.loc[:, _kept(headings, self.used, names, self.path)]


@dataclass(frozen=True, eq=False)
class TextFile:
    """A table of addresses or names that was gone through once, and is read in blocks of rows.

    Attributes
    ----------
    used, account, path
        As of `TextTable`, of the whole table.
    headings
        Of all columns.
    rows
        Of all blocks.
    kinds
        As of `TextTable`.
    """

    used: frozenset[str]
    account: Account
    path: str
    headings: tuple[str, ...]
    rows: int
    kinds: tuple[str, ...]
    _table: ScannedTable
    _names: tuple[str, ...]

    def blocks(self) -> Iterator[TextTable]:
        """Read the table, some rows at a time."""
        bound = Bound()
        for block in self._table.blocks():
            yield _texts_of(block, self._names, self.used, bound)

    def kept(self, names: Sequence[str] | None) -> list[str]:
        """Return the headings of what `TextTable.with_columns` gives; raises as that."""
        mask = _kept(self.headings, self.used, names, self.path)
        return [heading for heading, kept in zip(self.headings, mask, strict=True) if kept]


def _kept(
    headings: Sequence[str], used: frozenset[str], names: Sequence[str] | None, path: str
) -> list[bool]:
    """Return which columns are kept: those that were read and those named, all when None."""
    if names is None:
        return [True] * len(headings)
    missing = [name for name in names if name not in headings]
    if missing:
        raise BadInputError(path, missing_columns(missing, headings))
    return [heading in used or heading in names for heading in headings]


def load_texts(
    source: Source,
    columns: Sequence[str] = (),
    binding: Mapping[str, str | None] | None = None,
    *,
    encoding: str | None = None,
) -> TextTable:
    """Read a table of addresses or names.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame.
    columns
        Headings of the texts, the most trusted first. Without any the column of addresses that the
        headings give, else that of companies.
    binding
        Of `BINDING`, the heading of each column that binds; None or none for the one that the
        headings give, "" for no such column.
    encoding
        Of a text.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        When a column is missing, or there is none of addresses or names.
    """
    kind, wish, names = _wanted(columns, binding, encoding)
    table = read_table(source, kind, wish)
    used = _say_columns(table.header, table.account, kind, columns, wish)
    return _texts_of(table, names, used, Bound())


def open_texts(
    source: Source,
    columns: Sequence[str] = (),
    binding: Mapping[str, str | None] | None = None,
    *,
    encoding: str | None = None,
) -> TextFile:
    """Go through a table of addresses or names once, as `load_texts`, to read it in blocks.

    So a table of millions of rows takes the memory of one block, where the kind of file is read
    row by row: text, Parquet, Arrow. Parameters and errors are those of `load_texts`.
    """
    kind, wish, names = _wanted(columns, binding, encoding)
    table = scan_table(source, kind, wish)
    used = _say_columns(table.header, table.account, kind, columns, wish)
    return TextFile(
        used, table.account, table.path, table.headings, table.rows,
        _kinds(table.header, names), table, names,
    )  # fmt: skip


def _wanted(
    columns: Sequence[str], binding: Mapping[str, str | None] | None, encoding: str | None
) -> tuple[TableKind, Wish, tuple[str, ...]]:
    """Return the kind of table, what the user says of it, and the names of its texts."""
    binding = {column: None if binding is None else binding.get(column) for column in BINDING}
    names = ("text", *(f"text {n}" for n in range(2, len(columns) + 1)))
    wanted = dict(zip(names, columns, strict=False))
    wanted |= {column: heading for column, heading in binding.items() if heading}
    known = {column: (column,) for column in BINDING if binding[column] != ""}
    if all(heading is None for heading in binding.values()):
        known["region"] = ("region",)  # 地区 may be any of the three
    meanings: dict[str, tuple[str, ...]] = {"text": TEXT}
    meanings |= dict.fromkeys(names[1:], ())
    known[_CODE] = (_CODE,)
    kind = TableKind(
        Message("addresses or names"),
        meanings | known,
        shown=("text",),
        needs=("text",),
        keeps=True,
        positions=False,
    )
    return kind, Wish(encoding, wanted), names


def _say_columns(
    header: Header, account: Account, kind: TableKind, columns: Sequence[str], wish: Wish
) -> frozenset[str]:
    """Say in the account which columns were taken by their headings; return all headings used."""
    places = header.places
    if not columns:
        heading = header.headings["text"].text
        account.guess(Message("no --column: {heading} is located", heading=heading))
    binding = [c for c in kind.columns if c in (*BINDING, "region")]
    for column in binding:
        if column not in places or column in wish.columns:
            continue
        account.guess(
            Message(
                "{heading} binds as {column}; --{option}-column names another one, '' none",
                heading=header.headings[column].text, column=COLUMN_NAMES[column],
                option=column if column in BINDING else BINDING[0],
            )
        )  # fmt: skip
    return frozenset(header.texts[place] for place in places.values())


def _kinds(header: Header, names: Sequence[str]) -> tuple[str, ...]:
    """Return what each text holds, by its heading."""
    kinds = {"address": "address", "company_name": "company"}
    meanings = (read_heading(header.headings[name].text).meaning for name in names)
    return tuple(kinds.get(meaning, "auto") for meaning in meanings)


def _texts_of(
    table: UserTable, names: Sequence[str], used: frozenset[str], stated: Bound
) -> TextTable:
    """Return the texts of a table, or of a block of it, and what binds them."""
    cells = table.cells
    for column in BINDING:
        if column not in cells:
            cells[column] = ""
    cells = with_regions(cells, stated)
    bound = {c: cells[c] for c in BINDING if (cells[c] != "").any()}
    assert table.given is not None
    there = _CODE in table.header.places
    return TextTable(
        [cells[name] for name in names],
        _kinds(table.header, names),
        comparable_codes(plain_codes(cells[_CODE])) if there else None,
        bound, table.given, used, table.account, table.path,
    )  # fmt: skip
