"""Find the columns of a user's table: its header below any title rows, by synonyms."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geodata.errors import BadInputError
from geodata.messages import listed, say
from geodata.own_tables.tabular_files import Sheet

HEADER_WITHIN_ROWS = 30
# of columns that every kind of table may have
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
        What the rows are, in English: companies, zones.
    shown
        Columns whose headings a message lists.
    unit_at_end
        A unit that may end a heading without brackets.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    rows: str
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

    def accepted(self, column: str) -> str:
        """Return the headings of a column for a message."""
        return listed(self.synonyms[column])


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
    wanted = {plain_heading(text).strip(): column for column, text in (chosen or {}).items()}
    first_rows: list[str] = []
    for sheet in sheets:
        titles: list[str] = []
        for number, cells in enumerate(itertools.islice(sheet.rows(), HEADER_WITHIN_ROWS), 1):
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
    seen = ", ".join(repr(text) for text in first_rows[:12])
    fault = say(
        "no header in the first {rows} rows (the first has {seen}); accepted: a row that names "
        "the columns, at least the name of the {what} and one more; {columns}",
        rows=HEADER_WITHIN_ROWS,
        seen=seen,
        what=say(vocabulary.rows),
        columns="; ".join(f"{c}: {vocabulary.accepted(c)}" for c in vocabulary.shown),
    )
    raise BadInputError(str(path), [fault])


def plain_heading(heading: str) -> str:
    """Return a heading in the form it is compared in."""
    return unicodedata.normalize("NFKC", heading).casefold()


def _column(heading: str, vocabulary: Vocabulary, wanted: Mapping[str, str]) -> str:
    own = wanted.get(plain_heading(heading).strip())
    if own is not None:
        return own
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
    faults = []
    by_column: dict[str, list[str]] = {}
    for column, _, text in known:
        by_column.setdefault(column, []).append(text)
    for column, texts in by_column.items():
        if len(texts) > 1:
            both = say(" and ").join(repr(text) for text in texts)
            faults.append(
                say(
                    "row {row}: columns {both} both mean {column}; accepted: one of them; rename "
                    "or remove the other",
                    row=number, both=both, column=column,
                )
            )  # fmt: skip
    for text, column in wanted.items():
        if column not in by_column:
            fault = say(
                "row {row}: no column {heading!r}, which the study file names for {column}",
                row=number,
                heading=text,
                column=column,
            )
            faults.append(fault)
    if "name" not in by_column and "name" not in wanted.values():
        have = ", ".join(repr(text) for _, _, text in known)
        faults.append(
            say(
                "row {row}: no column for the name of the {what} (known here: {have}); accepted: "
                "{accepted}",
                row=number, what=say(vocabulary.rows), have=have,
                accepted=vocabulary.accepted("name"),
            )
        )  # fmt: skip
    for one, other in (("lon", "lat"), ("lat", "lon")):
        if one in by_column and other not in by_column:
            faults.append(
                say(
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
