"""A user's table of addresses or company names, for `geodata.address_geocoder.geocode_texts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geodata.errors import BadInputError, missing_columns
from geodata.user_tables.account import COLUMN_NAMES, Account
from geodata.user_tables.companies import comparable_codes, plain_codes
from geodata.user_tables.divisions import Bound, with_regions
from geodata.user_tables.headings import read_heading
from geodata.user_tables.tables import Source, TableKind, Wish, read_table
from geodata.words import Message

TEXT = ("address", "company_name")  # what is located where no column is named
BINDING = ("province", "city", "county")


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
        if names is None:
            return self.given
        missing = [name for name in names if name not in self.given.columns]
        if missing:
            raise BadInputError(self.path, list(missing_columns(missing, self.given)))
        return self.given.loc[:, self.given.columns.isin([*self.used, *names])]


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
    binding = {column: None if binding is None else binding.get(column) for column in BINDING}
    names = ["text", *(f"text {n}" for n in range(2, len(columns) + 1))]
    wanted = dict(zip(names, columns, strict=False))
    wanted |= {column: heading for column, heading in binding.items() if heading}
    known = {column: (column,) for column in BINDING if binding[column] != ""}
    if all(heading is None for heading in binding.values()):
        known["region"] = ("region",)  # 地区 may be any of the three
    meanings: dict[str, tuple[str, ...]] = {"text": TEXT}
    meanings |= dict.fromkeys(names[1:], ())
    known["credit_code"] = ("credit_code",)
    kind = TableKind(
        Message("addresses or names"),
        meanings | known,
        shown=("text",),
        needs=("text",),
        keeps=True,
        positions=False,
    )
    table = read_table(source, kind, Wish(encoding, wanted))
    account, places, texts = table.account, table.header.places, table.header.texts
    used = frozenset(texts[place] for place in places.values())
    if not columns:
        account.guess(Message("no --column: {heading} is located", heading=table.heading("text")))
    evidence = "credit_code"
    by_heading = [c for c in known if c in places and c != evidence and not binding.get(c)]
    for column in by_heading:
        account.guess(
            Message(
                "{heading} binds as {column}; --{option}-column names another one, '' none",
                heading=table.heading(column), column=COLUMN_NAMES[column],
                option=column if column in BINDING else BINDING[0],
            )
        )  # fmt: skip
    cells = table.cells
    for column in BINDING:
        if column not in cells:
            cells[column] = ""
    cells = with_regions(cells, Bound())
    bound = {c: cells[c] for c in BINDING if (cells[c] != "").any()}
    assert table.given is not None
    kinds = {"address": "address", "company_name": "company"}
    codes = comparable_codes(plain_codes(cells[evidence])) if evidence in places else None
    return TextTable(
        [cells[name] for name in names],
        tuple(kinds.get(read_heading(table.heading(name)).meaning, "auto") for name in names),
        codes, bound, table.given, used, account, table.path,
    )  # fmt: skip
