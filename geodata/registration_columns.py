"""Find the columns of a company extract: its header below any title rows, by synonyms."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import BadInputError
from geodata.tabular_files import Sheet

HEADER_WITHIN_ROWS = 30
HUB_HEADINGS = ("hub", "枢纽")
# column -> headings that name it, compared without spaces, case and what stands in brackets.
# Not meant: 法定代表人, 实缴资本, 曾用名, 最新年报地址 and other columns of the usual exports.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": tuple(
        "公司名称 企业名称 公司名 企业名 名称 单位名称 机构名称 企业全称 公司全称 公司 企业 "
        "name company companyname firm firmname enterprise enterprisename".split()
    )
    # a list of hubs, not of companies, says so by this heading
    + HUB_HEADINGS,
    "capital": tuple(
        "注册资本 注册资金 注册资本金 认缴注册资本 registeredcapital capital regcapital".split()
    ),
    "currency": tuple("币种 注册资本币种 资本币种 货币 currency capitalcurrency".split()),
    "address": tuple(
        "注册地址 企业地址 公司地址 企业注册地址 公司注册地址 地址 住所 企业住所 详细地址 "
        "address registeredaddress".split()
    ),
    "province": tuple("所属省份 省份 所在省份 所属省 所在省 省 省级 注册省份 province".split()),
    "city": tuple(
        "所属城市 城市 所在城市 所属市 所在市 市 地级市 注册城市 city prefecture".split()
    ),
    "status": tuple(
        "经营状态 登记状态 企业状态 公司状态 存续状态 状态 status operatingstatus "
        "registrationstatus".split()
    ),
    "credit_code": tuple(
        "统一社会信用代码 社会信用代码 信用代码 统一信用代码 统一代码 "
        "creditcode unifiedsocialcreditcode uscc".split()
    ),
    "lon": tuple("经度 lon lng long longitude x坐标 经度坐标".split()),
    "lat": tuple("纬度 lat latitude y坐标 纬度坐标".split()),
    "datum": tuple("坐标系 坐标系统 坐标类型 大地基准 基准 datum crs coordinatesystem".split()),
}
_COLUMN_OF = {word: column for column, words in SYNONYMS.items() for word in words}
# 注册资本万元: the unit without brackets
_UNIT_AT_END = re.compile(r"(?<=资本|资金)[万亿]?(?:人民币|美)?元$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_IGNORED = re.compile(r"[\s_*:\-.]+")


@dataclass(frozen=True)
class Header:
    """Where the columns of an extract are.

    Attributes
    ----------
    row
        Number of the header's row; the title rows stand above.
    places
        Column -> its place in a row, from 0.
    headings
        Column -> the heading as it stands.
    width
        Number of cells of the header.
    titles
        The text of the rows above.
    """

    row: int
    places: dict[str, int]
    headings: dict[str, str]
    width: int
    titles: str


def find_header(sheets: Sequence[Sheet], path: Path) -> tuple[Sheet, Header]:
    """Return the first sheet that has a header, and the header.

    Raises
    ------
    BadInputError
        When no sheet has one, two headings name one column, or there is no name column.
    """
    first_rows: list[str] = []
    for sheet in sheets:
        titles: list[str] = []
        for number, cells in enumerate(itertools.islice(sheet.rows(), HEADER_WITHIN_ROWS), 1):
            found = [(column_of(text), place, text.strip()) for place, text in enumerate(cells)]
            known = [f for f in found if f[0]]
            filled = [text for _, _, text in found if text]
            if filled and not first_rows:
                first_rows = filled
            # a title such as 企业名称 alone is no header, unless it is the table's only column
            if len({column for column, _, _ in known}) >= 2 or len(known) == len(filled) == 1:
                return sheet, _header(number, known, len(cells), " ".join(titles), path)
            titles += filled
    seen = ", ".join(repr(text) for text in first_rows[:12])
    raise BadInputError(
        str(path),
        [
            f"no header in the first {HEADER_WITHIN_ROWS} rows (the first has {seen}); accepted: a "
            "row that names the columns, at least the company's name and one more; "
            + "; ".join(f"{c}: {_accepted(c)}" for c in ("name", "capital", "address", "province"))
        ],
    )


def column_of(heading: str) -> str:
    """Return the column that a heading names, "" for one that is not used."""
    plain = _UNIT_AT_END.sub("", _BRACKETS.sub("", _plain(heading)))
    return _COLUMN_OF.get(_IGNORED.sub("", plain), "")


def remark_of(heading: str) -> str:
    """Return what a heading adds: 万元 in 注册资本(万元), gcj-02 in 经度(GCJ-02)."""
    plain = _plain(heading)
    found = _BRACKETS.search(plain) or _UNIT_AT_END.search(plain.strip())
    return found[0].strip("()[] ") if found else ""


def _plain(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).casefold()


def _header(
    number: int, known: list[tuple[str, int, str]], width: int, titles: str, path: Path
) -> Header:
    faults = []
    by_column: dict[str, list[str]] = {}
    for column, _, text in known:
        by_column.setdefault(column, []).append(text)
    for column, texts in by_column.items():
        if len(texts) > 1:
            both = " and ".join(repr(text) for text in texts)
            faults.append(
                f"row {number}: columns {both} both mean {column}; accepted: one of them; "
                "rename or remove the other"
            )
    if "name" not in by_column:
        have = ", ".join(repr(text) for _, _, text in known)
        faults.append(
            f"row {number}: no column of company names (known here: {have}); "
            f"accepted: {_accepted('name')}"
        )
    for one, other in (("lon", "lat"), ("lat", "lon")):
        if one in by_column and other not in by_column:
            faults.append(
                f"row {number}: column {by_column[one][0]!r} without its partner; "
                f"accepted: {_accepted(other)}"
            )
    if faults:
        raise BadInputError(str(path), faults)
    return Header(
        number,
        {column: place for column, place, _ in known},
        {column: text for column, _, text in known},
        width,
        titles,
    )


def _accepted(column: str) -> str:
    return ", ".join(SYNONYMS[column])
