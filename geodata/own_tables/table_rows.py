"""Read the rows of a user's table below its header."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter

import pandas as pd

from geodata.messages import say
from geodata.own_tables.headers import Header
from geodata.own_tables.tabular_files import Rows

# the first words of a row that is no entry: sums and remarks below or inside a table
_REMARK = re.compile(
    r"(?:合计|总计|小计|注|备注|说明|资料来源|数据来源|来源|导出时间|导出日期)(?:[:：].*)?$"
)
MAX_ROWS = 5_000_000  # a million companies take about 1 GB of memory
_ROWS_AT_ONCE = 1 << 16


def read_rows(
    rows: Rows, header: Header, columns: Iterable[str]
) -> tuple[pd.DataFrame, dict[int, str], list[tuple[int, str]]]:
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
    places = list(header.places.values())
    pick = itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
    heading = header.headings["name"]
    name_place = header.places["name"]
    remarks: dict[int, str] = {}
    faults: list[tuple[int, str]] = []
    blocks: list[pd.DataFrame] = []
    numbers: list[int] = []
    block: list[tuple[str, ...]] = []

    def close_block() -> None:
        index = pd.Index(numbers, name="row", dtype="int64")
        frame = pd.DataFrame(block, index=index, columns=list(header.places), dtype=str)
        blocks.append(frame.apply(lambda column: column.str.strip()))
        numbers.clear()
        block.clear()

    for number, cells in enumerate(rows, start=1):
        if number <= header.row:
            continue
        first, is_remark = _first_cell(cells, name_place, heading)
        if is_remark:
            remarks[number] = first
        if is_remark or not first:
            continue
        if len(cells) != header.width and (
            len(cells) < header.width or any(map(str.strip, cells[header.width :]))
        ):
            faults.append((number, _wrong_width(number, cells, header)))
            continue
        numbers.append(number)
        block.append(pick(cells))
        if len(block) == _ROWS_AT_ONCE:
            close_block()
            if len(blocks) * _ROWS_AT_ONCE > MAX_ROWS:
                faults = [(number, _too_long(number))]
                break
    close_block()
    table = pd.concat(blocks)
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


def _wrong_width(row: int, cells: list[str], header: Header) -> str:
    return say(
        "row {row}: {cells} cells; accepted: {width}, as in the header",
        row=row, cells=len(cells), width=header.width,
    )  # fmt: skip


def _too_long(row: int) -> str:
    return say(
        "row {row}: more than {limit:,} rows; accepted: up to that, split the table",
        row=row, limit=MAX_ROWS,
    )  # fmt: skip
