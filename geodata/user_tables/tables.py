"""Read a table of a user's: find its header, its columns and its rows, and give an account."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import BadInputError, DataFileError, ZonegapError
from geodata.user_tables.account import (
    COLUMN_NAMES,
    Account,
    ReadColumn,
    Row,
    Said,
    UnreadColumn,
    plain_name,
)
from geodata.user_tables.files import Sheet, hidden_sheets, open_tables, sheet_of_frame
from geodata.user_tables.headings import (
    GEOMETRY_LON,
    LAT_FIRST,
    STEMS,
    Heading,
    datum_of,
    plain_heading,
    read_heading,
)
from geodata.user_tables.text import clean_cells
from geodata.vocabulary import DATUMS
from geodata.words import Listed, Message, Words

HEADER_WITHIN_ROWS = 30
_DIGITS = re.compile(r"(?!(?:19|20)\d\d$)[+-]?[\d,]*\.?\d+", re.ASCII)
# best datum first: what needs no conversion loses nothing
_DATUM_ORDER = {"WGS-84": 0, "GCJ-02": 1, "BD-09": 2, "": 3}
# columns where one merged cell cannot stand for several rows
_ONE_A_ROW = ("area", "capital")
_AND = Message(" and ")
POSITION = "position"  # of `TableKind.needs`


@dataclass(frozen=True)
class TableKind:
    """The columns that one kind of table may have.

    Attributes
    ----------
    rows
        What the rows are: companies, zones.
    columns
        Column -> meanings of headings that give it, the preferred first; see
        `geodata.user_tables.headings.STEMS`.
    shown
        Columns whose headings a message lists.
    needs
        Columns without which a table is refused; `POSITION` for a longitude and a latitude.
    keeps
        Whether all cells are kept as they stand, too: `UserTable.given`.
    positions
        Whether longitudes and latitudes are read.
    """

    rows: Words
    columns: Mapping[str, tuple[str, ...]]
    shown: tuple[str, ...] = ("name", "province", "lon")
    needs: tuple[str, ...] = ("name",)
    keeps: bool = False
    positions: bool = True

    def needed(self) -> Words:
        """Return what a header must have, for a message."""
        if "name" in self.needs:
            return Message("the name of the {what}", what=self.rows)
        names = ("lon", "lat") if POSITION in self.needs else self.needs
        return Listed([COLUMN_NAMES.get(name, name) for name in names], _AND)


@dataclass(frozen=True)
class Pair:
    """Two columns that give a position.

    Attributes
    ----------
    lon, lat
        Their places in a row; equal where one cell holds both.
    headings
        As they stand.
    datum, ground
        What the headings, an option or the file state; "" for none.
    lat_first
        Of a cell that holds both.
    """

    lon: int
    lat: int
    headings: tuple[Heading, Heading]
    datum: str = ""
    ground: str = ""
    lat_first: bool = False


@dataclass(frozen=True)
class Header:
    """Where the columns of a table are.

    Attributes
    ----------
    row
        Number of the header's last row; the title rows stand above.
    places
        Column -> its place in a row, from 0.
    headings
        Column -> its heading.
    pairs
        Positions, the preferred first.
    width
        Number of cells of the header.
    titles
        The text of the rows above.
    texts
        All headings as they stand.
    unread
        Places of the columns that are not read, with the reason.
    """

    row: int
    places: dict[str, int]
    headings: dict[str, Heading]
    pairs: tuple[Pair, ...] = ()
    width: int = 0
    titles: str = ""
    texts: tuple[str, ...] = ()
    unread: dict[int, UnreadColumn] = field(default_factory=dict)


@dataclass
class UserTable:
    """The rows of a user's table.

    Attributes
    ----------
    path
        Its name in messages.
    header
        Its columns.
    cells
        Text without space around, one column for each of the kind's, blank where the table lacks
        it, and ``lon_0``, ``lat_0``, ``lon_1`` ... for the pairs; by row as a spreadsheet shows it.
    account
        What was read; its reader adds to it.
    own
        Whether zonegap itself wrote the table.
    given
        All cells as they stand, headings too, on the index of `cells`; None unless its kind keeps
        them. A heading may stand there twice.
    """

    path: str
    header: Header
    cells: pd.DataFrame
    account: Account
    own: bool = False
    given: pd.DataFrame | None = None

    def heading(self, column: str) -> str:
        """Return a column's heading as it stands, its own name where the table lacks it."""
        found = self.header.headings.get(column)
        return column if found is None else found.text

    def refuse(self, faults: Sequence[tuple[Row, Words]]) -> None:
        """Raise BadInputError with the faults in the order of the rows, if there are any."""
        _refuse(self.path, faults, self.cells.index)


def _refuse(path: str, faults: Sequence[tuple[Row, Words]], rows: Iterable[Row]) -> None:
    """Raise BadInputError with the faults in the order of the rows, if there are any."""
    if not faults:
        return
    order = {row: n for n, row in enumerate(rows)}
    ordered = sorted(faults, key=lambda fault: order.get(fault[0], -1))
    raise BadInputError(path, [words for _, words in ordered])


@dataclass(frozen=True)
class Wish:
    """What the user says of a table that it does not say itself.

    Attributes
    ----------
    encoding
        Of a text.
    columns
        Column -> its heading as it stands; goes before all that is known.
    datum
        Of positions whose headings and cells state none.
    name
        Of a frame, in messages and in its account.
    """

    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    datum: str = ""
    name: str = "frame"


Source = Path | pd.DataFrame


def read_table(source: Source, kind: TableKind, wish: Wish | None = None) -> UserTable:
    """Read a table whole, or refuse it.

    Parameters
    ----------
    source
        A file, or a frame of pandas or geopandas.
    kind
        What its columns may be.
    wish
        What the user says of it.

    Returns
    -------
    UserTable
        All sheets whose headings mean the same as those of the first one that has a header.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        When no sheet has a header, two headings name one column without an order, there is no
        name column, a chosen heading is missing, rows are of another length, or there is none.
    """
    path, parts, account = _opened(source, kind, wish or Wish())
    return _rows(path, parts, kind, account)


@dataclass(frozen=True, eq=False)
class ScannedTable:
    """A table that was gone through once, to be read again a block of rows at a time.

    Attributes
    ----------
    path, header, account
        As of `UserTable`; the account is of the whole table.
    headings
        Of `UserTable.given`.
    rows
        Number of rows of all blocks.
    """

    path: str
    header: Header
    account: Account
    headings: tuple[str, ...]
    rows: int
    _parts: list[tuple[Sheet, Header]]
    _kind: TableKind

    def blocks(self) -> Iterator[UserTable]:
        """Read the table; each block is a table of its own rows, with the account of all.

        Raises
        ------
        DataFileError
            When the file has changed since.
        """
        body, rows = _Body(self.path, self._parts, self._kind), 0
        changed = DataFileError(
            Message("{path}: has changed while it was read; run again", path=self.path)
        )
        for cells, given in body.blocks(whole=self._kind.keeps):
            rows += len(cells)
            if rows > self.rows:
                raise changed
            yield UserTable(
                self.path, self.header, cells, self.account, _is_own(self.header), given
            )
        if rows != self.rows or body.faults:
            raise changed


def scan_table(source: Source, kind: TableKind, wish: Wish | None = None) -> ScannedTable:
    """Go through a table as `read_table`, with the same account and refusals, keeping no rows.

    Its blocks take the memory of `_ROWS_AT_ONCE` rows where the file is read row by row: text,
    Parquet, Arrow. Spreadsheets are held whole by the libraries that read them.
    """
    path, parts, account = _opened(source, kind, wish or Wish())
    body, rows = _Body(path, parts, kind), 0
    for cells, _ in body.blocks(whole=False):
        rows += len(cells)
    faults = body.finish(account)
    _refuse(path, faults, ())
    return ScannedTable(path, parts[0][1], account, body.headings(), rows, parts, kind)


def _opened(
    source: Source, kind: TableKind, wish: Wish
) -> tuple[str, list[tuple[Sheet, Header]], Account]:
    """Return a table's name in messages, its sheets with their headers, and its account so far."""
    path, sheets = _open(source, wish, kind)
    text = all(sheet.delimiter for sheet in sheets)
    headed: list[tuple[Sheet, Header]] = []
    refused: list[ZonegapError] = []
    for each in sheets:
        try:
            found = _find_header(each, path, kind, wish)
        except (BadInputError, DataFileError) as error:
            if not text:
                raise
            # cut otherwise, the same text may be whole
            refused.append(error)
            continue
        if found is not None:
            headed.append((each, found))
    if not headed:
        raise refused[0] if refused else BadInputError(path, [_no_header(sheets, kind, wish)])
    if text:
        # of the ways to cut a text the one that gives most columns
        headed = [max(headed, key=lambda each: (_columns_of(each[1]), each[1].width))]
    sheet, header = headed[0]
    account = _account(path, sheet, header, kind)
    same = [each for each in headed if _means(each[1]) == _means(header)]
    unread = [] if text else [s for s in sheets if s.name not in {k.name for k, _ in same}]
    account.sheets = tuple(s.name for s, _ in same) if not text else ("",)
    account.unread_sheets = tuple((s.name, _filled_rows(s)) for s in unread)
    if isinstance(source, Path) and sheet.kind in SPREADSHEETS:
        hidden = hidden_sheets(source)
        if hidden:
            account.check(Message("hidden sheets, not read: {sheets}", sheets=Listed(hidden)))
    if account.unread_sheets:
        names = Listed(name for name, _ in account.unread_sheets)
        account.check(Message("sheets that are not read: {sheets}", sheets=names))
    return path, same, account


def _open(source: Source, wish: Wish, kind: TableKind) -> tuple[str, list[Sheet]]:
    """Return a name for messages, and the sheets."""
    if isinstance(source, pd.DataFrame):
        return wish.name, [sheet_of_frame(source, "")]
    known = {meaning for meanings in kind.columns.values() for meaning in meanings}
    known |= {"lon", "lat", "lonlat", "datum"}
    knows: Callable[[str], bool] = lambda text: read_heading(text).meaning in known  # noqa: E731
    return str(source), open_tables(source, wish.encoding, knows)


def _columns_of(header: Header) -> int:
    return len(header.places) + 2 * len(header.pairs)


def _means(header: Header) -> dict[str, str]:
    """Return what a header's columns mean, to tell sheets of one shape."""
    found = {column: plain_heading(h.text) for column, h in header.headings.items()}
    for n, pair in enumerate(header.pairs):
        found[f"pair {n}"] = " ".join(plain_heading(h.text) for h in pair.headings)
    return found


def _filled_rows(sheet: Sheet) -> int:
    """Return how many rows of a sheet hold text."""
    return sum(any(map(str.strip, cells)) for cells in sheet.rows())


# ---- the header


def _find_header(sheet: Sheet, path: str, kind: TableKind, wish: Wish) -> Header | None:
    """Return the header of a sheet, None where it has none; see `read_table` for what it raises."""
    first = [
        [cell.strip() for cell in cells]
        for cells in itertools.islice(sheet.rows(), HEADER_WITHIN_ROWS + 1)
    ]
    best: tuple[tuple[int, ...], int, list[str]] | None = None
    for n, cells in enumerate(first[:HEADER_WITHIN_ROWS]):
        for span in (1, 2):
            texts = cells if span == 1 else _joined(first, n, sheet)
            if texts is None:
                continue
            score = _score(texts, kind, wish)
            filled = sum(map(bool, texts))
            # a title such as 企业名称 alone is no header, unless it is the table's only column
            alone = filled == 1 and all(sum(map(bool, row)) <= 1 for row in first[n + 1 :])
            if score[0] == 0 or (score[0] == 1 and not (score[1] and (filled > 1 or alone))):
                continue
            # a cell of digits is no heading, but a year may be
            digits = sum(bool(_DIGITS.fullmatch(text)) for text in texts)
            if digits and digits * 2 >= filled:
                continue
            rank = (*score, -span, -n)
            if best is None or rank > best[0]:
                best = rank, n + span, texts
    if best is None:
        return None
    (*_, minus_span, _), row, texts = best
    filled = sum(map(bool, texts))
    above = first[: row + minus_span]
    whole = [n for n, cells in enumerate(above, 1) if sum(map(bool, cells)) >= filled]
    if len(whole) > 1 or (whole and filled > 1):
        fault = Message(
            "row {row} reads like the header ({seen}), but row {above} above it is as full; "
            "accepted: the header above all entries, or its columns named in the study file",
            row=row, above=whole[0], seen=Listed(map(repr, [t for t in texts if t][:6])),
        )  # fmt: skip
        raise BadInputError(path, [fault])
    titles = " ".join(text for cells in first[: row - 1] for text in cells if text)
    return _header(row, texts, titles, path, kind, wish)


def _joined(first: list[list[str]], n: int, sheet: Sheet) -> list[str] | None:
    """Return the headings that two rows make together, None where they plainly do not.

    A cell merged across stands above several headings; one merged down is a heading by itself. A
    text has no merged cells: there the upper row is blank where a cell was merged across.
    """
    if n + 1 >= len(first):
        return None
    upper, lower = list(first[n]), list(first[n + 1])
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    across = [m for m in sheet.merged if m[0] <= n <= m[2]]
    spread = _spread(upper, across) if across else _spread_blanks(upper, lower)
    if spread is None:
        return None
    upper = spread
    both = []
    for above, below in zip(upper, lower, strict=True):
        if not below or above == below:
            both.append(above)
            continue
        whole = f"{above} {below}".strip()
        # the two together, else the lower one, else the upper one
        known = next((t for t in (whole, below, above) if read_heading(t).meaning), below)
        both.append(known)
    return both


def _spread(upper: list[str], across: list[tuple[int, int, int, int]]) -> list[str]:
    """Return a row of headings with merged cells filled in."""
    filled = list(upper)
    for _, left, _, right in across:
        for place in range(left + 1, min(right + 1, len(filled))):
            filled[place] = filled[place] or upper[left]
    return filled


def _spread_blanks(upper: list[str], lower: list[str]) -> list[str] | None:
    """Return a row of headings of a text with its blanks filled in; None where it is no such row.

    Below a heading that stands for one column alone there is nothing.
    """
    if all(upper):
        return None
    behind = [*upper[1:], "end"]
    alone = [bool(here and after) for here, after in zip(upper, behind, strict=True)]
    if any(single and below for single, below in zip(alone, lower, strict=True)):
        return None
    filled = list(upper)
    for place in range(1, len(filled)):
        if not filled[place] and lower[place]:
            filled[place] = filled[place - 1]
    return filled


def _score(texts: list[str], kind: TableKind, wish: Wish) -> tuple[int, int]:
    """Return how many columns of a kind headings give, and whether all that it needs are there."""
    meanings = {m for ms in kind.columns.values() for m in ms}
    if kind.positions:
        meanings |= {"lon", "lat", "lonlat", "datum"}
    plain = set(map(plain_heading, texts)) - {""}
    chosen = {c: text for c, h in wish.columns.items() if (text := plain_heading(h)) in plain}
    columns, found = set(chosen), set()
    for text in texts:
        meaning = read_heading(text).meaning
        found.add(meaning)
        if plain_heading(text) not in chosen.values() and meaning in meanings:
            columns.add(meaning)
    there = [
        # one without its partner is a header, too, and a fault of it
        not found.isdisjoint(("lon", "lat", "lonlat")) if column == POSITION
        else column in chosen or not found.isdisjoint(kind.columns[column])
        for column in kind.needs
    ]  # fmt: skip
    return len(columns), int(all(there))


def _no_header(sheets: list[Sheet], kind: TableKind, wish: Wish) -> Words:
    """Return the fault of a file without a header: what its first row holds, what is accepted."""
    rows = [
        [cell.strip() for cell in cells if cell.strip()]
        for sheet in sheets
        for cells in itertools.islice(sheet.rows(), HEADER_WITHIN_ROWS)
    ]
    seen = Listed(map(repr, next(filter(None, rows), [])[:12]))
    there = {plain_heading(cell) for cells in rows for cell in cells}
    missing = [h for h in dict.fromkeys(wish.columns.values()) if plain_heading(h) not in there]
    if missing:
        return Message(
            "no column {headings} in the first {rows} rows (the first has {seen})",
            headings=Listed(map(repr, missing)), rows=HEADER_WITHIN_ROWS, seen=seen,
        )  # fmt: skip
    shown = [
        Message(
            "{column}: {accepted}",
            column=COLUMN_NAMES.get(column, column), accepted=accepted_headings(kind, column),
        )
        for column in kind.shown
    ]  # fmt: skip
    return Message(
        "no header in the first {rows} rows (the first has {seen}); accepted: a row that names "
        "the columns, at least {needed}; {columns}",
        rows=HEADER_WITHIN_ROWS, seen=seen, needed=kind.needed(),
        columns=Listed(shown, Message("; ")),
    )  # fmt: skip


def accepted_headings(kind: TableKind | None, column: str, most: int = 12) -> Words:
    """Return headings of a column for a message, the usual ones first."""
    meanings = (column,) if kind is None else kind.columns.get(column, (column,))
    stems = [stem for meaning in meanings for stem in STEMS[meaning]]
    return Listed([*stems[:most], *(["…"] if len(stems) > most else [])])


def _header(  # noqa: PLR0913, PLR0917
    row: int,
    texts: list[str],
    titles: str,
    path: str,
    kind: TableKind,
    wish: Wish,
) -> Header:
    """Return the header that headings make; all their faults in one error."""
    faults: list[Words] = []
    headings = [read_heading(text) for text in texts]
    have = Listed(repr(text) for text in texts if text)
    chosen = _chosen(row, texts, wish, have, faults)
    places = {column: ns[0] for column, ns in chosen.items() if column not in ("lon", "lat")}
    unread = _take_columns(row, headings, kind, {*chosen, *wish.columns}, places, faults)
    lacking = len(faults)
    pairs = _pairs(row, headings, chosen, wish, "datum" in places, faults) if kind.positions else []
    # a partner that is missing has been said
    positions = bool(pairs) or len(faults) > lacking
    for column in kind.needs:
        there = positions if column == POSITION else column in places
        if there or column in wish.columns:
            continue
        shown = ("lon", "lat") if column == POSITION else (column,)
        accepted = Listed((accepted_headings(kind, each) for each in shown), _AND)
        faults.append(
            Message(
                "row {row}: no column for {needed} (the row has {have}); accepted: {accepted}",
                row=row, needed=kind.needed(), have=have, accepted=accepted,
            )
        )  # fmt: skip
    if faults:
        raise BadInputError(path, faults)
    used = {*places.values(), *(p.lon for p in pairs), *(p.lat for p in pairs), *unread}
    for n, heading in enumerate(headings):
        if n not in used and heading.text.strip():
            unread[n] = _left_over(heading, kind, places, bool(pairs))
    return Header(
        row, places, {column: headings[n] for column, n in places.items()}, tuple(pairs),
        len(texts), titles, tuple(texts), unread,
    )  # fmt: skip


def _chosen(
    row: int, texts: list[str], wish: Wish, have: Words, faults: list[Words]
) -> dict[str, list[int]]:
    """Return the places of the columns that the user chose, which go before all else."""
    chosen: dict[str, list[int]] = {}
    for column, wanted in wish.columns.items():
        plain = plain_heading(wanted)
        ns = [n for n, text in enumerate(texts) if text and plain_heading(text) == plain]
        if ns:
            chosen[column] = ns
        else:
            faults.append(
                Message(
                    "row {row}: no column {heading!r}, which is named for {column} (the row has "
                    "{have})",
                    row=row, heading=wanted, have=have,
                    column=COLUMN_NAMES.get(plain_name(column), column),
                )
            )  # fmt: skip
    twice = dict.fromkeys(texts[ns[0]] for ns in chosen.values() if len(ns) > 1)
    faults += [
        Message(
            "row {row}: column {heading!r} stands twice; rename or remove one of them",
            row=row, heading=heading,
        )
        for heading in twice
    ]  # fmt: skip
    return chosen


def _take_columns(  # noqa: PLR0913, PLR0917
    row: int,
    headings: list[Heading],
    kind: TableKind,
    chosen: set[str],
    places: dict[str, int],
    faults: list[Words],
) -> dict[int, UnreadColumn]:
    """Give each column the first heading by meaning, stem, unit and place; return the others."""
    taken = set(places.values())
    unread: dict[int, UnreadColumn] = {}
    first_choice = {ms[0]: column for column, ms in kind.columns.items() if ms}
    for column, meanings in kind.columns.items():
        if column in chosen:
            continue
        found = sorted(
            (meanings.index(h.meaning), h.rank, not h.unit, bool(h.owner), n)
            for n, h in enumerate(headings)
            if h.meaning in meanings and n not in taken
        )
        if not found:
            continue
        best, *rivals = found
        places[column] = best[-1]
        taken.add(best[-1])
        for rival in rivals:
            # a meaning that another column prefers is left to it
            if first_choice.get(headings[rival[-1]].meaning, column) != column:
                continue
            texts = [headings[n].text for n in (best[-1], rival[-1])]
            if rival[:-1] == best[:-1]:
                faults.append(_twice(row, column, texts))
            unread[rival[-1]] = UnreadColumn(texts[1], "second", column)
            taken.add(rival[-1])
    return unread


def _left_over(
    heading: Heading, kind: TableKind, places: Mapping[str, int], pairs: bool
) -> UnreadColumn:
    """Return what is said of a column that is not read."""
    positions = heading.meaning in ("lon", "lat", "lonlat", "geometry") and pairs
    meant = heading.looks_like or heading.meaning
    if not positions and _is_read(meant, kind, places, pairs):
        meant = ""
    return UnreadColumn(heading.text, "second" if positions else "unknown", meant)


def _is_read(meaning: str, kind: TableKind, places: Mapping[str, int], pairs: bool) -> bool:
    """Whether a column that has a meaning, or resembles it, need not be named: it is read.

    Names, and what another kind of table would read, are named nowhere.
    """
    if meaning in ("lon", "lat", "lonlat"):
        return pairs or not kind.positions
    if meaning.endswith("_name") or meaning not in COLUMN_NAMES:
        return True
    columns = [c for c, meanings in kind.columns.items() if meaning in meanings]
    return not columns or any(column in places for column in columns)


def _twice(row: int, column: str, texts: list[str]) -> Words:
    return Message(
        "row {row}: columns {both} both mean {column}; accepted: one of them; rename or remove "
        "the other",
        row=row, both=Listed(map(repr, texts), _AND), column=COLUMN_NAMES.get(column, column),
    )  # fmt: skip


def _pairs(  # noqa: PLR0913, PLR0917
    row: int,
    headings: list[Heading],
    chosen: Mapping[str, list[int]],
    wish: Wish,
    has_datums: bool,
    faults: list[Words],
) -> list[Pair]:
    """Return the pairs of columns that give positions, the preferred first.

    Longitude and latitude belong together where what stands beside their words is equal.
    """
    open_to_all = not chosen.keys() & {"lon", "lat"}
    sides = {
        side: chosen.get(side)
        or [n for n, h in enumerate(headings) if open_to_all and h.meaning == side]
        for side in ("lon", "lat")
    }
    pairs: list[Pair] = []
    left = list(sides["lat"])
    alone: list[int] = []
    # first those that agree in all that stands beside the word, then those where one says nothing
    for lon in sides["lon"]:
        h = headings[lon]
        same = [n for n in left if _affix(headings[n]) == _affix(h)]
        if not same:
            alone.append(lon)
            continue
        left.remove(same[0])
        pairs.append(Pair(lon, same[0], (h, headings[same[0]])))
    for lon in list(alone):
        h = headings[lon]
        near = [n for n in left if not (h.datum and headings[n].datum
                                        and h.datum != headings[n].datum)]  # fmt: skip
        if near:
            left.remove(near[0])
            alone.remove(lon)
            pairs.append(Pair(lon, near[0], (h, headings[near[0]])))
    if not pairs:
        for n, other in [*((n, "lat") for n in alone), *((n, "lon") for n in left)]:
            faults.append(
                Message(
                    "row {row}: column {heading!r} without its partner; accepted: {accepted}",
                    row=row, heading=headings[n].text,
                    accepted=accepted_headings(None, other),
                )
            )  # fmt: skip
        pairs = [
            Pair(n, n, (h, h), lat_first=h.stem in LAT_FIRST)
            for n, h in enumerate(headings)
            if h.meaning in ("lonlat", "geometry")
        ]
    # beside degrees, an axis is a grid in metres
    worded = [p for p in pairs if p.headings[0].text == GEOMETRY_LON or not p.headings[0].is_bare]
    stated = [_with_datum(pair, row, wish, has_datums, faults) for pair in worded or pairs]
    return sorted(
        stated,
        key=lambda p: (
            p.headings[0].text != GEOMETRY_LON, _DATUM_ORDER[p.datum], p.headings[0].is_bare,
            p.headings[0].rank, p.lon,
        ),
    )  # fmt: skip


def _affix(heading: Heading) -> tuple[object, ...]:
    return heading.datum, heading.unusable, heading.owner, heading.remark, heading.is_bare


def _with_datum(
    pair: Pair, row: int, wish: Wish, has_datums: bool, faults: list[Words]
) -> Pair:  # fmt: skip
    """Return a pair with its datum, as far as headings or the user state it."""
    datum = next((h.datum for h in pair.headings if h.datum), "")
    unusable = next((h.unusable for h in pair.headings if h.unusable), "")
    ground, wished = "heading", datum_of(wish.datum)
    if pair.headings[0].text == GEOMETRY_LON:
        ground = "file"
    elif wished and not datum:
        # of cells that a column of datums leaves blank, too
        datum, ground = wished, "option"
    elif unusable and not datum and not has_datums:
        faults.append(
            Message(
                "row {row}: column {heading!r}: {word} names no datum that can be used; accepted: "
                "degrees in {datums}, with --datum or a column 坐标系",
                row=row, heading=pair.headings[0].text, word=unusable, datums=Listed(DATUMS),
            )
        )  # fmt: skip
    return replace(pair, datum=datum, ground=ground if datum else "")


def _account(path: str, sheet: Sheet, header: Header, kind: TableKind) -> Account:
    """Return the account of a table whose header is known."""
    account = Account(
        source=Path(path).name, what=kind.rows, kind=sheet.kind, encoding=sheet.encoding,
        delimiter=sheet.delimiter, header_row=header.row,
        # what is kept as it stands is in the result: only what looks like more is named
        not_read=[
            column for _, column in sorted(header.unread.items())
            if not kind.keeps or column.looks_like or column.why == "second"
        ],
    )  # fmt: skip
    for note in sheet.notes:
        account.guess(note)
    if sheet.geometry is not None:
        crs = sheet.geometry.crs
        account.guess(
            Message("positions are points inside the areas or lines of the file ({crs})", crs=crs)
            if sheet.geometry.points_inside
            else Message("positions are the points of the file ({crs})", crs=crs)
        )
    return account


# ---- the rows

# how the first text of a row reads that is a sum or a remark and no entry of the table
_SUM = (
    r"[^\d\s]{0,12}?(?:合\s*计|总\s*计|小\s*计|累\s*计|共\s*计|平均|平均值|均值|中位数)"
    r"(?:\s*\d[\d,.]*\s*[个家户]?)?"
)
_NOTE = r"(?:注\s*\d*|备注|说明|资料来源|数据来源|来源|导出时间|导出日期|填表人|制表人|审核人|其中)"
_ENGLISH_SUM = r"(?:grand |sub[- ]?)?totals?|sum|average|mean|median"
_REMARK = re.compile(
    rf"(?:{_SUM}|{_NOTE})(?:\s*[:：(（].*)?$|(?:{_ENGLISH_SUM})(?:$|[:：(（]|\s(?:of\s)?\S{{1,30}}$)",
    re.IGNORECASE,
)
REMARK_ROWS = Message("sums, remarks, headers")  # rows that are no entries of the table
BLANK_ROWS = Message("blank rows between others")
MAX_ROWS = 5_000_000  # a million companies take about 1 GB of memory
_ROWS_AT_ONCE = 1 << 16


def _rows(
    path: str, parts: list[tuple[Sheet, Header]], kind: TableKind, account: Account
) -> UserTable:
    """Read the known columns below the headers, a block at a time; others never take memory."""
    body = _Body(path, parts, kind)
    frames, kept = [], []
    for block, whole in body.blocks(whole=kind.keeps):
        frames.append(block)
        if whole is not None:
            kept.append(whole)
    cells = pd.concat(frames) if len(frames) > 1 else frames[0]
    faults = body.finish(account)
    given = (pd.concat(kept) if len(kept) > 1 else kept[0]) if kept else None
    table = UserTable(path, body.header, cells, account, _is_own(body.header), given)
    table.refuse(faults)
    return table


class _Body:
    """The rows below the headers of a table, a block at a time, and what its account says of them.

    Parameters
    ----------
    path
        For messages.
    parts
        Sheets of one shape, each with its header.
    kind
        Which columns they may have.
    """

    def __init__(self, path: str, parts: list[tuple[Sheet, Header]], kind: TableKind) -> None:
        self.path, self.kind, self.faults = path, kind, list[tuple[Row, Words]]()
        self._parts, self._none = parts, dict[Words, list[Row]]()
        self._filled, self._datums = Counter[str](), set[str]()
        self._cleaned: dict[str, list[Row]] = {}
        self._suspects: dict[str, list[pd.Series[str]]] = {}
        self._rows = self._used = 0
        header = parts[0][1]
        if _is_own(header):
            # what zonegap wrote is WGS-84
            pairs = [
                pair if pair.datum else replace(pair, datum="WGS-84", ground="file")
                for pair in header.pairs
            ]
            header = replace(header, pairs=tuple(pairs))
        self.header = header

    def blocks(self, *, whole: bool) -> Iterator[tuple[pd.DataFrame, pd.DataFrame | None]]:
        """Give known cells, clean, and with `whole` all cells as they stand; at least one block."""
        self._none = {REMARK_ROWS: [], BLANK_ROWS: []}
        for sheet, own in self._parts:
            one = len(self._parts) == 1
            label = _plain_label if one else partial(_label_in_sheet, sheet.name)
            reader = _Reader(sheet, own, label, self.kind)
            for cells, given in reader.blocks(whole=whole):
                yield self._clean(cells), None if given is None else self._under_all(own, given)
            self.faults += reader.faults
            self._none[REMARK_ROWS] += reader.remarks
            self._none[BLANK_ROWS] += reader.blanks
            self._rows += reader.rows
            self.faults += [_no_stored_value(own, label(r), c) for r, c in reader.without_value]

    def headings(self) -> tuple[str, ...]:
        """Return the headings of all sheets, each as often as it stands in one."""
        return tuple(text for text, _ in self._keys())

    def finish(self, account: Account) -> list[tuple[Row, Words]]:
        """Put into the account what the blocks held, and return the faults."""
        account.rows, account.used = self._rows, self._used
        account.left_out += [Said(words, tuple(rows)) for words, rows in self._none.items() if rows]
        cleaned = [row for rows in self._cleaned.values() for row in rows]
        if cleaned:
            account.guess(
                Message("characters that cannot be seen are left out of cells"),
                list(dict.fromkeys(cleaned)),
            )
        account.columns = list(_read_columns(self.header, self._filled, self._datums))
        faults, row = self.faults, self.header.row
        if self.kind.positions and not self.header.pairs and not faults:
            suspects = {column: pd.concat(parts) for column, parts in self._suspects.items()}
            faults = faults + _look_like_positions(self.header, suspects)
        if not self._used and not faults:
            none = Message("row {row}: no rows below the header; accepted: at least one", row=row)
            faults = [(row, none)]
        return faults

    def _clean(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return a block with all columns of its kind, and count what the account says."""
        self._used += len(cells)
        for column in [c for c in map(str, cells) if c.startswith("?")]:
            suspect = cells.pop(column)
            if self.kind.positions:
                self._suspects.setdefault(column, []).append(suspect)
        for column in map(str, cells):
            # controls and signs that cannot be seen come with text from web pages
            cells[column], changed = clean_cells(cells[column])
            self._cleaned.setdefault(column, []).extend(cells.index[changed])
            self._filled[column] += int((cells[column] != "").sum())
        if "datum" in cells:
            self._datums |= set(cells["datum"].unique())
        everything = list(dict.fromkeys([*cells, *self.kind.columns]))
        return cells.reindex(columns=everything, fill_value="")

    def _keys(self) -> list[tuple[str, int]]:
        """Return the headings of all sheets; one that stands twice in a sheet is two columns."""
        return list(dict.fromkeys(key for _, own in self._parts for key in _numbered(own.texts)))

    def _under_all(self, own: Header, given: pd.DataFrame) -> pd.DataFrame:
        """Return the cells of a sheet as they stand, under the headings of all sheets."""
        keys = self._keys()
        if len(self._parts) > 1:
            places = {key: n for n, key in enumerate(_numbered(own.texts))}
            order = [places.get(key, -1) for key in keys]
            given = given.reindex(columns=order, fill_value="")
        return given.set_axis([text for text, _ in keys], axis=1)


def _numbered(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return headings with the number of times that each has stood before it."""
    times: Counter[str] = Counter()
    keys = []
    for text in texts:
        times[text] += 1
        keys.append((text, times[text]))
    return keys


def _plain_label(row: int) -> Row:
    return row


def _label_in_sheet(sheet: str, row: int) -> Row:
    """Return a row as a spreadsheet writes a place in another sheet."""
    return f"{sheet}!{row}"


def _is_own(header: Header) -> bool:
    """Whether zonegap wrote the table: its columns say how each position was found."""
    return {"geocode_method", "geocode_source", "geocode_level"} <= set(header.places)


def _read_columns(
    header: Header, filled_cells: Mapping[str, int], datums: Iterable[str]
) -> Iterable[ReadColumn]:
    """Give what the account says of each column, in the order of the table."""
    found: list[tuple[int, ReadColumn]] = []
    for column, place in header.places.items():
        h = header.headings[column]
        filled = filled_cells[column]
        ground = "heading" if h.unit else ""
        found.append((place, ReadColumn(column, h.text, h.unit, "", ground, filled)))
    for n, pair in enumerate(header.pairs):
        datum, ground = pair.datum, pair.ground
        if not datum and "datum" in header.places:
            named = sorted({datum_of(d) for d in datums} - {""})
            datum, ground = ", ".join(named), "column"
        filled = filled_cells[f"lon_{n}"]
        lon, lat = (h.text for h in pair.headings)
        column, partner = ("lonlat", "") if pair.lon == pair.lat else ("lon", lat)
        found.append((pair.lon, ReadColumn(column, lon, "", datum, ground, filled, partner)))
    return [column for _, column in sorted(found, key=lambda each: each[0])]


class _Block:
    """Takes some cells of each row of a block: a frame needs less memory than lists."""

    def __init__(
        self, columns: Sequence[str | int], places: Sequence[int], *, strip: bool = True
    ) -> None:
        self._columns, self._strip = list(columns), strip
        self._pick: Callable[[list[str]], tuple[str, ...]] = (
            itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
        )
        self._labels: list[Row] = []
        self._rows: list[tuple[str, ...]] = []

    def __len__(self) -> int:
        """Return the number of rows taken."""
        return len(self._rows)

    def add(self, label: Row, cells: list[str]) -> None:
        """Take a row."""
        self._labels.append(label)
        self._rows.append(self._pick(cells))

    def frame(self) -> pd.DataFrame:
        """Return the rows taken, by their label, and begin anew."""
        index = pd.Index(self._labels, name="row")
        frame = pd.DataFrame(self._rows, index=index, columns=self._columns, dtype=str)
        self._labels.clear()
        self._rows.clear()
        return frame.apply(lambda column: column.str.strip()) if self._strip else frame


class _Reader:
    """Reads the rows of one sheet below its header.

    Attributes
    ----------
    remarks, blanks
        Labels of rows that are no entries; known when all blocks are read, as is the rest.
    faults
        Each with its row.
    rows
        Number of rows that are not blank.
    without_value
        Row and column of formulas without a stored value.
    """

    def __init__(
        self, sheet: Sheet, header: Header, label: Callable[[int], Row], kind: TableKind
    ) -> None:
        self.sheet, self.header, self.label, self.kind = sheet, header, label, kind
        self.remarks: list[Row] = []
        self.blanks: list[Row] = []
        self.faults: list[tuple[Row, Words]] = []
        self.without_value: list[tuple[int, int]] = []
        self.rows = 0
        # what is picked out of each row: the known columns, the pairs, and what looks like one
        self.columns: list[str] = list(header.places)
        self.places: list[int] = list(header.places.values())
        for n, pair in enumerate(header.pairs):
            self.columns += [f"lon_{n}"] if pair.lon == pair.lat else [f"lon_{n}", f"lat_{n}"]
            self.places += [pair.lon] if pair.lon == pair.lat else [pair.lon, pair.lat]
        if not header.pairs:
            for place, column in header.unread.items():
                if column.looks_like in ("lon", "lat"):
                    self.columns.append(f"?{column.looks_like} {column.heading}")
                    self.places.append(place)

    def blocks(  # noqa: C901, one pass over the rows
        self, *, whole: bool
    ) -> Iterator[tuple[pd.DataFrame, pd.DataFrame | None]]:
        """Give the rows, and with `whole` all their cells; at least one block."""
        header = self.header
        keys = self._keys()
        merged = _merged_fills(self.sheet, header)
        taken = _Block(self.columns, self.places)
        everything = _Block(range(header.width), range(header.width), strip=False)
        last = given = 0
        for number, cells in enumerate(self.sheet.rows(), start=1):
            if number <= header.row:
                continue
            if number in merged:
                cells = merged[number](cells)  # noqa: PLW2901
            # sums, remarks and blank rows are no entries
            first, is_remark = _first_cell(cells, keys, named="name" in header.places)
            self.rows += bool(first)
            if is_remark:
                self.remarks.append(self.label(number))
            if not first and self.kind.keeps:
                self.blanks.append(self.label(number))
            if is_remark or not first:
                continue
            last = len(self.blanks)
            if len(cells) != header.width:
                cells = self._fitted(cells)  # noqa: PLW2901
            if len(cells) != header.width:
                self.faults.append((self.label(number), self._wrong_width(number, cells)))
                continue
            taken.add(self.label(number), cells)
            if whole:
                everything.add(self.label(number), cells)
            if len(taken) < _ROWS_AT_ONCE:
                continue
            # a table too long is refused by this fault alone
            given += len(taken)
            if given > MAX_ROWS:
                self.faults = [(self.label(number), self._too_long(number))]
                break
            yield taken.frame(), everything.frame() if whole else None
        if len(taken) or not given:
            yield taken.frame(), everything.frame() if whole else None
        self.faults += _merged_faults(self.sheet, header, self.label)
        wanted = set(self.places)
        self.without_value = [
            (row + 1, column)
            for row, column in self.sheet.formulas_without_value()
            if row + 1 > header.row and column in wanted
        ]
        # blank rows at the end are no rows
        del self.blanks[last:]

    def _keys(self) -> list[tuple[int, str]]:
        """Return place and heading of the columns that every entry fills."""
        header = self.header
        places = [header.places[c] for c in self.kind.needs if c in header.places]
        if POSITION in self.kind.needs:
            places += [place for pair in header.pairs for place in (pair.lon, pair.lat)]
        return [(place, header.texts[place]) for place in places]

    def _fitted(self, cells: list[str]) -> list[str]:
        """Return a row at the width of the header, where it only lacks or adds blank cells."""
        width = self.header.width
        if len(cells) < width and self.sheet.kind in SPREADSHEETS:
            return [*cells, *[""] * (width - len(cells))]
        # empty cells behind the last column do no harm
        return cells[:width] if not any(map(str.strip, cells[width:])) else cells

    def _wrong_width(self, row: int, cells: list[str]) -> Words:
        return Message(
            "row {row}: {cells} cells; accepted: {width}, as in the header",
            row=self.label(row), cells=len(cells), width=self.header.width,
        )  # fmt: skip

    def _too_long(self, row: int) -> Words:
        return Message(
            "row {row}: more than {limit:,} rows; accepted: up to that, split the table",
            row=self.label(row), limit=MAX_ROWS,
        )  # fmt: skip


# spreadsheets give rows as long as they are filled; in a text a short row is a slip
SPREADSHEETS = ("xlsx", "xlsb", "xls", "ods")


def _merged_fills(
    sheet: Sheet, header: Header
) -> dict[int, Callable[[list[str]], list[str]]]:  # fmt: skip
    """Return what fills the cells of each row that are merged with one above or before.

    A merged cell counts for all its rows, but not where a sum is made of the column.
    """
    held: dict[tuple[int, int], str] = {}
    todo: dict[int, list[tuple[int, int, int, int]]] = {}
    never = {header.places[c] for c in _ONE_A_ROW if c in header.places}
    for area in sheet.merged:
        top, _, bottom, _ = area
        if bottom + 1 > header.row:
            for row in range(max(top, header.row) + 1, bottom + 2):
                todo.setdefault(row, []).append(area)

    def fill(cells: list[str], row: int) -> list[str]:
        filled = list(cells)
        for top, left, _, right in todo[row]:
            filled += [""] * (min(right, header.width - 1) + 1 - len(filled))
            if left >= len(filled):
                continue
            if row == top + 1:
                held[top, left] = filled[left]
            for place in range(left, min(right, header.width - 1) + 1):
                if not filled[place] and place not in never:
                    filled[place] = held.get((top, left), "")
        return filled

    return {row: (lambda cells, row=row: fill(cells, row)) for row in todo}  # type: ignore[misc]


def _merged_faults(
    sheet: Sheet, header: Header, label: Callable[[int], Row]
) -> list[tuple[Row, Words]]:  # fmt: skip
    """Return the cells that are merged over several rows in a column that is added up."""
    found: list[tuple[Row, Words]] = []
    for column in _ONE_A_ROW:
        place = header.places.get(column)
        for top, left, bottom, right in sheet.merged:
            inside = place is not None and left <= place <= right
            if inside and bottom > top and top + 1 > header.row:
                fault = Message(
                    "row {row}, column {column!r}: one cell merged over rows {row} to {last}; "
                    "accepted: a value in each row",
                    row=label(top + 1), last=bottom + 1, column=header.headings[column].text,
                )  # fmt: skip
                found.append((label(top + 1), fault))
    return found


def _no_stored_value(header: Header, row: Row, place: int) -> tuple[Row, Words]:
    text = header.texts[place] if place < len(header.texts) else ""
    fault = Message(
        "row {row}, column {column!r}: a formula without a stored value; open the file in Excel "
        "or WPS, save it once, and read it again",
        row=row, column=text,
    )  # fmt: skip
    return row, fault


def _first_cell(cells: list[str], keys: list[tuple[int, str]], *, named: bool) -> tuple[str, bool]:
    """Return a row's first text, and whether the row is a remark, a sum or the header again.

    Parameters
    ----------
    cells
        The row.
    keys
        Place and heading of the columns that an entry fills.
    named
        Whether they are names: a sum may stand there. Else a row that fills them is an entry.
    """
    first = cells[0].strip() if cells else ""
    if not first:
        first = next((cell for cell in map(str.strip, cells) if cell), "")
    if not first:
        return "", False
    texts = [cells[place].strip() if len(cells) > place else "" for place, _ in keys]
    if any(text == heading for text, (_, heading) in zip(texts, keys, strict=True)):
        return first, True
    remark = _REMARK.match(first) is not None
    if named:
        return first, remark or any(text and _REMARK.match(text) for text in texts)
    return first, remark and not any(text and text != first for text in texts)


_CHINA = {"lon": (73.0, 136.0), "lat": (3.0, 54.0)}
_MOST = 0.9


def _look_like_positions(
    header: Header, suspects: Mapping[Any, pd.Series[str]]
) -> list[tuple[Row, Words]]:
    """Return the columns that hold degrees under a heading that is not known."""
    found: list[tuple[Row, Words]] = []
    for column, cells in suspects.items():
        side, _, heading = str(column).removeprefix("?").partition(" ")
        values = pd.to_numeric(cells[cells.str.strip() != ""], errors="coerce")
        low, high = _CHINA[side]
        if len(values) and float(values.between(low, high).mean()) >= _MOST:
            fault = Message(
                "row {row}: column {heading!r} holds degrees and is no known heading of {column}; "
                "accepted: {accepted}, or its name in columns of the study file",
                row=header.row, heading=heading, column=COLUMN_NAMES[side],
                accepted=accepted_headings(None, side),
            )  # fmt: skip
            found.append((header.row, fault))
    return found
