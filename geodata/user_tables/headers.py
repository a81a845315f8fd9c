"""Find the columns of a user's table, by synonyms below any title rows, and read its rows."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

import pandas as pd

from geodata.errors import BadInputError, DataFileError, missing_columns
from geodata.user_tables.files import Rows, Sheet, open_tables
from geodata.words import Listed, Message, Words

HEADER_WITHIN_ROWS = 30
# headings of the columns that every kind of table may have
PROVINCE = tuple("所属省份 省份 所在省份 所属省 所在省 省 省级 注册省份 province".split())
POSITION = {
    "lon": tuple("经度 lon lng long longitude x坐标 经度坐标".split()),
    "lat": tuple("纬度 lat latitude y坐标 纬度坐标".split()),
    "datum": tuple("坐标系 坐标系统 坐标类型 大地基准 基准 datum crs coordinatesystem".split()),
}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_IGNORED = re.compile(r"[\s_*:\-.]+")


@dataclass(frozen=True)
class Vocabulary:
    """The columns that one kind of table may have.

    Attributes
    ----------
    synonyms
        Column -> headings that name it, compared without spaces, case and what stands in
        brackets. The column ``name`` is always needed.
    rows
        What the rows are: companies, zones.
    shown
        Columns whose headings a message lists.
    unit_at_end
        A unit that may end a heading without brackets.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    rows: Words
    shown: tuple[str, ...]
    unit_at_end: re.Pattern[str]

    def column_of(self, heading: str) -> str:
        """Return the column that a heading names, "" for one that is not used."""
        plain = self.unit_at_end.sub("", _BRACKETS.sub("", plain_heading(heading)))
        plain = _IGNORED.sub("", plain)
        return next((column for column, words in self.synonyms.items() if plain in words), "")

    def remark_of(self, heading: str) -> str:
        """Return what a heading adds: 万元 in 注册资本(万元), gcj-02 in 经度(GCJ-02)."""
        plain = plain_heading(heading)
        found = _BRACKETS.search(plain) or self.unit_at_end.search(plain.strip())
        return found[0].strip("()[] ") if found else ""

    def accepted(self, column: str) -> Words:
        """Return the headings of a column for a message."""
        return Listed(self.synonyms[column])


@dataclass(frozen=True)
class Header:
    """Where the columns of a table are.

    Attributes
    ----------
    row
        Number of the header's row; the title rows stand above.
    places
        Column -> its place in a row, from 0.
    headings
        Column -> the heading as it stands.
    remarks
        Column -> what its heading adds in brackets or as a unit.
    width
        Number of cells of the header.
    titles
        The text of the rows above.
    """

    row: int
    places: dict[str, int]
    headings: dict[str, str]
    remarks: dict[str, str] = field(default_factory=dict)
    width: int = 0
    titles: str = ""


def find_header(
    sheets: Sequence[Sheet],
    path: Path,
    vocabulary: Vocabulary,
    chosen: Mapping[str, str] | None = None,
) -> tuple[Sheet, Header]:
    """Return the first sheet that has a header, and the header.

    Parameters
    ----------
    sheets, path
        The file.
    vocabulary
        What its headings may be.
    chosen
        Column -> its heading as it stands, of the user's choice; goes before the synonyms.

    Raises
    ------
    BadInputError
        When no sheet has one, two headings name one column, there is no name column, or a chosen
        heading is missing.
    """
    # headings that the user chose, in the form they are compared in
    wanted = {plain_heading(text).strip(): column for column, text in (chosen or {}).items()}
    first_rows: list[str] = []
    for sheet, rows in _first_rows(sheets):
        titles: list[str] = []
        for number, cells in enumerate(rows, 1):
            # every cell as (column it names or "", place, text)
            found = [(_column(text, vocabulary, wanted), n, text.strip()) for n, text in
                     enumerate(cells)]  # fmt: skip
            known = [f for f in found if f[0]]
            filled = [text for _, _, text in found if text]
            if filled and not first_rows:
                first_rows = filled
            # a title such as 企业名称 alone is no header, unless it is the table's only column
            if len({column for column, _, _ in known}) >= 2 or len(known) == len(filled) == 1:
                return sheet, _header(
                    number, known, len(cells), " ".join(titles), path, vocabulary, wanted
                )
            titles += filled
    # no sheet has a header: say what the first row with text holds
    seen = Listed(map(repr, first_rows[:12]))
    shown = [
        Message("{column}: {accepted}", column=column, accepted=vocabulary.accepted(column))
        for column in vocabulary.shown
    ]
    fault = Message(
        "no header in the first {rows} rows (the first has {seen}); accepted: a row that names "
        "the columns, at least the name of the {what} and one more; {columns}",
        rows=HEADER_WITHIN_ROWS,
        seen=seen,
        what=vocabulary.rows,
        columns=Listed(shown, Message("; ")),
    )
    raise BadInputError(str(path), [fault])


def _first_rows(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, list[list[str]]]]:
    """Give the rows of each sheet that may be its header.

    A text cut by a delimiter that is not its own may have quotes where none may be: that is a
    fault of the file only when it has a header by no other.
    """
    fault = None
    for sheet in sheets:
        try:
            rows = list(itertools.islice(sheet.rows(), HEADER_WITHIN_ROWS))
        except DataFileError as error:
            if not sheet.delimiter:
                raise
            fault = fault or error
        else:
            yield sheet, rows
    if fault is not None:
        raise fault


def plain_heading(heading: str) -> str:
    """Return a heading in the form it is compared in."""
    return unicodedata.normalize("NFKC", heading).casefold()


def _column(heading: str, vocabulary: Vocabulary, wanted: Mapping[str, str]) -> str:
    """Return the column that a heading names; the user's choice goes before the synonyms."""
    own = wanted.get(plain_heading(heading).strip())
    if own is not None:
        return own
    # a column that the user chose has no other heading
    column = vocabulary.column_of(heading)
    return "" if column in wanted.values() else column


def _header(  # noqa: PLR0913, PLR0917
    number: int,
    known: list[tuple[str, int, str]],
    width: int,
    titles: str,
    path: Path,
    vocabulary: Vocabulary,
    wanted: Mapping[str, str],
) -> Header:
    """Return the header that a row makes; all its faults in one error."""
    faults: list[Words] = []
    # no column may stand twice
    by_column: dict[str, list[str]] = {}
    for column, _, text in known:
        by_column.setdefault(column, []).append(text)
    for column, texts in by_column.items():
        if len(texts) > 1:
            both = Listed(map(repr, texts), Message(" and "))
            faults.append(
                Message(
                    "row {row}: columns {both} both mean {column}; accepted: one of them; rename "
                    "or remove the other",
                    row=number, both=both, column=column,
                )
            )  # fmt: skip
    # every heading that the user chose must be there
    for text, column in wanted.items():
        if column not in by_column:
            fault = Message(
                "row {row}: no column {heading!r}, which the study file names for {column}",
                row=number,
                heading=text,
                column=column,
            )
            faults.append(fault)
    # the name is always needed
    if "name" not in by_column and "name" not in wanted.values():
        have = Listed(repr(text) for _, _, text in known)
        faults.append(
            Message(
                "row {row}: no column for the name of the {what} (known here: {have}); accepted: "
                "{accepted}",
                row=number, what=vocabulary.rows, have=have,
                accepted=vocabulary.accepted("name"),
            )
        )  # fmt: skip
    # longitude and latitude go together
    for one, other in (("lon", "lat"), ("lat", "lon")):
        if one in by_column and other not in by_column:
            faults.append(
                Message(
                    "row {row}: column {heading!r} without its partner; accepted: {accepted}",
                    row=number, heading=by_column[one][0], accepted=vocabulary.accepted(other),
                )
            )  # fmt: skip
    if faults:
        raise BadInputError(str(path), faults)
    return Header(
        number,
        {column: place for column, place, _ in known},
        {column: text for column, _, text in known},
        {column: vocabulary.remark_of(text) for column, _, text in known},
        width,
        titles,
    )


# how the first text of a row begins that is a sum or a remark and no entry of the table
_REMARK = re.compile(
    r"(?:合计|总计|小计|注|备注|说明|资料来源|数据来源|来源|导出时间|导出日期)(?:[:：].*)?$"
)
MAX_ROWS = 5_000_000  # a million companies take about 1 GB of memory
_ROWS_AT_ONCE = 1 << 16


def read_rows(
    rows: Rows, header: Header, columns: Iterable[str]
) -> tuple[pd.DataFrame, dict[int, str], list[tuple[int, Words]]]:
    """Read the known columns below the header, a block at a time; others never take memory.

    Parameters
    ----------
    rows
        Of the sheet, from its first.
    header
        Which of them are known.
    columns
        Of the result; those that the table lacks are blank.

    Returns
    -------
    tuple
        Cells as text without space around, by row as a spreadsheet shows it; rows that are sums,
        remarks or the header again; and faults by row.
    """
    # takes the known cells out of a row, always as a tuple
    places = list(header.places.values())
    pick = itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
    heading = header.headings["name"]
    name_place = header.places["name"]
    remarks: dict[int, str] = {}
    faults: list[tuple[int, Words]] = []
    blocks: list[pd.DataFrame] = []
    numbers: list[int] = []
    block: list[tuple[str, ...]] = []

    def close_block() -> None:
        """Make a frame of the rows read so far: it needs less memory than lists of texts."""
        index = pd.Index(numbers, name="row", dtype="int64")
        frame = pd.DataFrame(block, index=index, columns=list(header.places), dtype=str)
        blocks.append(frame.apply(lambda column: column.str.strip()))
        numbers.clear()
        block.clear()

    for number, cells in enumerate(rows, start=1):
        if number <= header.row:
            continue
        # sums, remarks and blank rows are no entries; remarks are kept for the account
        first, is_remark = _first_cell(cells, name_place, heading)
        if is_remark:
            remarks[number] = first
        if is_remark or not first:
            continue
        # empty cells behind the last column do no harm
        if len(cells) != header.width and (
            len(cells) < header.width or any(map(str.strip, cells[header.width :]))
        ):
            faults.append((number, _wrong_width(number, cells, header)))
            continue
        numbers.append(number)
        block.append(pick(cells))
        if len(block) == _ROWS_AT_ONCE:
            close_block()
            # a table too long is refused by this fault alone
            if len(blocks) * _ROWS_AT_ONCE > MAX_ROWS:
                faults = [(number, _too_long(number))]
                break
    close_block()
    table = pd.concat(blocks)
    # columns that the table lacks are blank
    everything = list(dict.fromkeys([*table, *columns]))
    table = table.reindex(columns=everything, fill_value="")
    return table, remarks, faults


def _first_cell(cells: list[str], name_place: int, heading: str) -> tuple[str, bool]:
    """Return a row's first text, and whether the row is a remark, a sum or the header again."""
    first = cells[0].strip() if cells else ""
    if not first:
        first = next((cell for cell in map(str.strip, cells) if cell), "")
    name = cells[name_place].strip() if len(cells) > name_place else ""
    return first, bool(first) and (name == heading or _REMARK.match(first) is not None)


def _wrong_width(row: int, cells: list[str], header: Header) -> Words:
    return Message(
        "row {row}: {cells} cells; accepted: {width}, as in the header",
        row=row, cells=len(cells), width=header.width,
    )  # fmt: skip


def _too_long(row: int) -> Words:
    return Message(
        "row {row}: more than {limit:,} rows; accepted: up to that, split the table",
        row=row, limit=MAX_ROWS,
    )  # fmt: skip


def read_table(path: Path, wanted: Collection[str]) -> pd.DataFrame:
    """Read a whole table as text, its header being the row that has all the columns wanted.

    Parameters
    ----------
    path
        xlsx, xls, csv, tsv, parquet.
    wanted
        Headings as they stand in the file.

    Returns
    -------
    pandas.DataFrame
        Every column under its own heading, cells without space around, by row as a spreadsheet
        shows it; without the blank rows.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        When no row of the first ones has all of them, a heading stands twice, or rows are of
        another length.
    """
    sheets = open_tables(path)
    best: list[str] = []
    for sheet, rows in _first_rows(sheets):
        for number, cells in enumerate(rows, 1):
            headings = [cell.strip() for cell in cells]
            if set(wanted) <= set(headings):
                return _whole(sheet, number, headings, path)
            # for the message: the first row, cut by the delimiter that cuts it most
            if any(headings) and (number == 1 or not best) and len(headings) > len(best):
                best = headings
    missing = [name for name in wanted if name not in best]
    raise BadInputError(str(path), missing_columns(missing, pd.DataFrame(columns=best)))


def _whole(sheet: Sheet, header_row: int, headings: list[str], path: Path) -> pd.DataFrame:
    """Return every column of a sheet below its header."""
    while headings and not headings[-1]:
        headings = headings[:-1]
    doubled = sorted({name for name in headings if headings.count(name) > 1})
    faults: list[Words] = [
        Message("column {column!r} stands twice", column=name) for name in doubled
    ]
    header = Header(header_row, {}, {}, width=len(headings))
    numbers, rows = [], []
    for number, cells in enumerate(sheet.rows(), start=1):
        stripped = [cell.strip() for cell in cells]
        if number <= header_row or not any(stripped):
            continue
        if len(stripped) < header.width or any(stripped[header.width :]):
            faults.append(_wrong_width(number, cells, header))
            continue
        numbers.append(number)
        rows.append(stripped[: header.width])
        if len(rows) > MAX_ROWS:
            faults = [_too_long(number)]
            break
    if faults:
        raise BadInputError(str(path), faults)
    index = pd.Index(numbers, name="row", dtype="int64")
    return pd.DataFrame(rows, index=index, columns=headings, dtype=str)
