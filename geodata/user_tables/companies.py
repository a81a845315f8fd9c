"""Company extracts as their users export them: columns, loading, places.

The rows that are not used, and every cell that is not understood, are in the report beside it. A
company is where the file's own position says, else where its address or name does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.address_geocoder import geocode_with_reasons
from geodata.addresses import ScopeError, scope_of
from geodata.errors import BadInputError
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.loaders import load_provinces
from geodata.schema import cell_fault
from geodata.user_tables.capital import read_capital
from geodata.user_tables.files import open_tables
from geodata.user_tables.headers import (
    POSITION,
    PROVINCE,
    Vocabulary,
    find_header,
    read_rows,
)
from geodata.user_tables.positions import DatumDoubt, datum_doubt, far_from_address, read_positions
from geodata.user_tables.text import is_blank
from geodata.words import ENGLISH, Message, Words

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
    "province": PROVINCE,
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
    "type": tuple("企业类型 公司类型 市场主体类型 类型 type companytype enterprisetype".split()),
    **POSITION,
}
COMPANIES = Vocabulary(
    SYNONYMS,
    Message("companies"),
    ("name", "capital", "address", "province"),
    # 注册资本万元: the unit without brackets
    re.compile(r"(?<=资本|资金)[万亿]?(?:人民币|美)?元$"),
)


MADE_UP_MARK = "synthetic"  # in a title row: the companies of the table are made up
# A company in liquidation (清算) or out of business (停业, 歇业) is still registered and stays; one
# whose registration was cancelled or whose licence was revoked may do no business and is not used.
_DEREGISTERED = re.compile(
    r"注销|吊销|撤销|责令关闭|除名|deregistered|revoked|cancell?ed|dissolved|struck off"
)
# only under way, or denied
_STILL_REGISTERED = re.compile(
    r"(?:未|拟|正在|申请|简易)(?:注销|吊销|撤销)(?:公告中|公告|中)?|(?:注销|吊销|撤销)(?:公告中|中)|"
    r"not (?:deregistered|revoked|cancell?ed)"
)
# Codes that a spreadsheet program has turned into numbers have lost digits and are not compared.
_CODE = re.compile(r"[0-9A-Z]{8,}")
# a sole proprietor (个体工商户): how the credit code begins, what name or type hold
_SOLE_CODE = "92"
_SOLE_NAME = re.compile(r"个体工商户|个体户|个体经营")
_SOLE_TYPE = re.compile(r"个体|sole proprietor|individual business", re.IGNORECASE)
_NOT_OF_CODE = re.compile(r"[^0-9A-Za-z]+")
TEXT_COLUMNS = ("name", "capital_text", "address", "province", "city", "status", "credit_code")
COLUMNS = (
    "name capital_yi_cny capital_text address province city status credit_code sole_proprietor "
    "lon lat"
).split()


@dataclass(frozen=True)
class RegistrationReport:
    """The rows of a file and which were not used. Rows are numbered as a spreadsheet shows them.

    Attributes
    ----------
    file, sheet, header_row
        Where the table was found.
    rows
        Companies in the file.
    deregistered
        Left out for their status: ``name``, ``status`` by row.
    duplicates
        Left out since their credit code stands above: ``name``, ``credit_code``, ``first_row``.
    unparsed_capital
        Kept, with a capital that is not understood: ``value``, ``reason`` by row.
    blank_capital
        Kept rows that state no capital.
    unusable_codes
        Kept rows whose credit code is not comparable, such as 9.13E+17.
    statuses
        Status as printed -> kept rows.
    remarks
        Rows that are no company (sums, sources): their text by row.
    unread_sheets
        Further sheets of the file, not read.
    is_hub_list
        The list names hubs, not companies.
    made_up
        The table says that its companies are made up.
    """

    file: str
    sheet: str
    header_row: int
    rows: int
    deregistered: pd.DataFrame
    duplicates: pd.DataFrame
    unparsed_capital: pd.DataFrame
    blank_capital: int
    unusable_codes: int
    statuses: dict[str, int]
    remarks: dict[int, str] = field(default_factory=dict)
    unread_sheets: tuple[str, ...] = ()
    is_hub_list: bool = False
    made_up: bool = False


def load_registrations(
    path: Path, *, keep_deregistered: bool = False
) -> tuple[pd.DataFrame, RegistrationReport]:
    """Read a company extract: xlsx, xls, csv, tsv or parquet.

    Parameters
    ----------
    path
        The file. Text may be UTF-8, UTF-16 with a byte-order mark, or GB18030. Rows above the
        header are taken as titles; headings are known by `SYNONYMS`.
    keep_deregistered
        Keep companies whose status says 注销, 吊销, 撤销, 责令关闭 or 除名.

    Returns
    -------
    tuple
        A frame indexed by ``row`` (as a spreadsheet shows it) with ``name``, ``capital_yi_cny``
        (亿元, nan where not stated or not understood), ``capital_text``, ``address``,
        ``province``, ``city``, ``status``, ``credit_code``, ``sole_proprietor`` (see
        `sole_proprietors`; never in a list of hubs), and ``lon``, ``lat`` (WGS-84 degrees,
        converted from the stated datum; nan where the file gives none); and the report.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        When it has no header, or cells are not accepted: a company without a name, a position
        without datum or out of range, a row of another length.
    """
    sheets = open_tables(path)
    sheet, header = find_header(sheets, path, COMPANIES)
    cells, remarks, faults = read_rows(sheet.rows(), header, SYNONYMS)
    if cells.empty and not faults:
        fault = Message(
            "row {row}: no rows below the header; accepted: at least one", row=header.row
        )
        faults = [(header.row, fault)]
    lon, lat, bad_positions = read_positions(cells, header)
    faults += bad_positions
    heading = header.headings["name"]
    faults += [
        (row, cell_fault(row, heading, "", Message("a value is required")))
        for row in cells.index[cells["name"] == ""]
    ]
    if faults:
        raise BadInputError(str(path), [text for _, text in sorted(faults)])

    frame = cells.rename(columns={"capital": "capital_text"})[list(TEXT_COLUMNS)]
    is_hub_list = heading.strip().casefold() in HUB_HEADINGS
    frame["sole_proprietor"] = sole_proprietors(cells) & (not is_hub_list)
    frame["lon"], frame["lat"] = lon, lat
    gone = frame["status"].map(_is_deregistered(frame["status"]))
    if keep_deregistered:
        gone[:] = False
    alive = frame[~gone]
    codes = alive["credit_code"].str.replace(r"\s", "", regex=True).str.upper()
    usable = codes.str.fullmatch(_CODE)
    unusable = codes[~usable].value_counts()
    doubled = usable & codes.duplicated()
    first_row = pd.Series(alive.index, index=codes.to_numpy())
    first_row = first_row[~first_row.index.duplicated()]
    duplicates = alive.loc[doubled, ["name", "credit_code"]]
    duplicates["first_row"] = codes[doubled].map(first_row).astype("int64")

    kept = alive[~doubled].copy()
    currency, unit = cells["currency"].loc[kept.index], header.remarks.get("capital", "")
    capital, unparsed = read_capital(kept["capital_text"], currency, unit)
    kept.insert(1, "capital_yi_cny", capital)
    report = RegistrationReport(
        file=path.name,
        sheet=sheet.name,
        header_row=header.row,
        rows=len(cells),
        deregistered=frame.loc[gone, ["name", "status"]],
        duplicates=duplicates,
        unparsed_capital=unparsed,
        blank_capital=int(capital.isna().sum()) - len(unparsed),
        unusable_codes=sum(int(n) for code, n in unusable.items() if not is_blank(str(code))),
        statuses=dict(sorted(Counter(kept["status"]).items())),
        remarks=remarks,
        unread_sheets=() if "-separated" in sheet.name else tuple(
            s.name for s in sheets if s is not sheet
        ),
        is_hub_list=is_hub_list,
        made_up=MADE_UP_MARK in header.titles.casefold(),
    )  # fmt: skip
    return kept[COLUMNS], report


def sole_proprietors(cells: pd.DataFrame) -> pd.Series[bool]:
    """Whether each row is a sole proprietor (个体工商户), as far as the table shows it.

    By ``credit_code`` (it begins with 92, whatever stands around or between its digits, also of
    full width), or by ``name`` or ``type``. A registration number of 15 digits does not tell.
    """
    codes = {
        code: _NOT_OF_CODE.sub("", unicodedata.normalize("NFKC", code)).startswith(_SOLE_CODE)
        for code in cells["credit_code"].unique()
    }
    found: pd.Series[bool] = cells["credit_code"].map(codes).astype(bool)
    return found | cells["name"].str.contains(_SOLE_NAME) | cells["type"].str.contains(_SOLE_TYPE)


def deregistered_word(status: str) -> str:
    """Return the word by which a status says that a company is deregistered, "" for none."""
    found = _DEREGISTERED.search(_STILL_REGISTERED.sub("", status.casefold()))
    return found[0] if found else ""


def _is_deregistered(statuses: pd.Series[str]) -> dict[str, bool]:
    return {status: bool(deregistered_word(status)) for status in statuses.unique()}


GIVEN = "given"  # geocode_method of a position that stands in the file


def locate_registrations(
    registrations: pd.DataFrame,
) -> tuple[pd.DataFrame, DatumDoubt | None, dict[str, Words]]:
    """Add where each company is and how that is known; no row is dropped.

    A sole proprietor's position may be a home: it is not used, its texts say the county.

    Parameters
    ----------
    registrations
        As `geodata.user_tables.companies.load_registrations` gives them.

    Returns
    -------
    tuple
        First, on the same index, the given columns with ``lon`` and ``lat`` filled in (WGS-84
        degrees, nan where unresolved), and ``province_adcode`` ("" where unknown), ``adcode``,
        ``geocode_city``, ``geocode_county``, ``geocode_level``, ``geocode_method`` (``given`` for
        a position of the file, used unchanged), ``geocode_source``, ``uncertainty_km`` (0 for a
        given one), ``geocode_candidates``, ``geocode_reason`` (of a given position: what
        contradicts it by far). Second, the datum that the given positions show where it is not
        the stated one. Third, by each English text of ``geocode_reason`` the same in words.
    """
    stated = registrations["province"].map(provinces_by_cell(registrations["province"]))
    # a cell that names no province is kept: the geocoder says why it does not help
    homes = stated.where(stated != "", registrations["province"])
    located, reasons = geocode_with_reasons(
        [registrations["address"], registrations["name"]], homes, registrations["city"]
    )
    # a sole proprietor stands at the seat of the county, or of a city without counties
    fine = registrations["sole_proprietor"] & (located["geocode_level"] == "place")
    if fine.any():
        chain = located.loc[fine, ["geocode_province", "geocode_city", "geocode_county"]]
        seats, _ = geocode_with_reasons([chain.fillna("").agg("".join, axis=1)], kind="address")
        located.loc[fine] = seats
    codes = {d.name: d.adcode for d in gazetteer(LAST_YEAR).provinces.values()}
    home = located["geocode_province"].where(located["geocode_province"] != "", stated)
    given = registrations["lon"].notna() & ~registrations["sole_proprietor"]
    own, named = registrations.loc[given, ["lon", "lat"]], located[given]
    far, doubt = far_from_address(own, named), datum_doubt(own, named)
    far_texts = [far[row].in_language(ENGLISH) if row in far else "" for row in own.index]
    reasons |= {why.in_language(ENGLISH): why for why in far.values()}
    for column in ("lon", "lat"):
        located[column] = registrations[column].where(given, located[column])
    located.loc[given, "uncertainty_km"] = 0.0
    for column, text in (
        ("adcode", ""), ("geocode_level", "place"), ("geocode_method", GIVEN),
        ("geocode_source", "the file"), ("geocode_candidates", ""), ("geocode_reason", far_texts),
    ):  # fmt: skip
        located.loc[given, column] = text
    located["uncertainty_km"] = located["uncertainty_km"].astype(float)
    located.insert(0, "province_adcode", home.map(codes).fillna(""))
    kept = registrations.drop(columns=["lon", "lat"])
    return kept.join(located.drop(columns="geocode_province")), doubt, reasons


def provinces_by_cell(cells: pd.Series[str]) -> dict[str, str]:
    """Return the province that each distinct cell names, in Chinese or English; "" for none."""
    names = gazetteer(LAST_YEAR)
    english = {str(en).casefold(): str(zh) for zh, en in load_provinces()["province_en"].items()}
    found = {}
    for cell in cells.unique():
        try:
            province = scope_of(english.get(cell.casefold(), cell), "", names).province
        except ScopeError:
            province = None
        found[cell] = province.name if province is not None else ""
    return found
