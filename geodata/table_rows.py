"""Read the rows of a user's table below its header."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter

import pandas as pd

from geodata.headers import Header
from geodata.messages import say
from geodata.tabular_files import Rows

# the first words of a row that is no entry: sums and remarks below or inside a table
_REMARK = re.compile(
    r"(?:合计|总计|小计|注|备注|说明|资料来源|数据来源|来源|导出时间|导出日期)(?:[:：].*)?$"
)
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
        first = next((cell for cell in map(str.strip, cells) if cell), "")
        if not first:
            continue
        if _REMARK.match(first) or (
            len(cells) > name_place and cells[name_place].strip() == heading
        ):
            remarks[number] = first
            continue
        if len(cells) != header.width and (
            len(cells) < header.width or any(cell.strip() for cell in cells[header.width :])
        ):
            message = say(
                "row {row}: {cells} cells; accepted: {width}, as in the header",
                row=number, cells=len(cells), width=header.width,
            )  # fmt: skip
            faults.append((number, message))
            continue
        numbers.append(number)
        block.append(pick(cells))
        if len(block) == _ROWS_AT_ONCE:
            close_block()
    close_block()
    table = pd.concat(blocks)
    for column in columns:
        if column not in table:
            table[column] = pd.Series("", index=table.index, dtype=table["name"].dtype)
    return table, remarks, faults
