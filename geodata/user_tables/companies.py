"""Company extracts as their users export them: columns, loading, places.

The rows that are not used, and every cell that is not understood, are in the report beside it. A
company is where the file's own position says, else where its address or name does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from geodata.address_geocoder import ZONE, ZONE_EVIDENCE, ZONE_SOURCE, geocode_with_reasons
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.schema import cell_fault
from geodata.user_tables.account import Account, row_label
from geodata.user_tables.capital import read_capital
from geodata.user_tables.divisions import Bound, provinces_by_cell, with_regions
from geodata.user_tables.positions import (
    IN_CHINA,
    DatumDoubt,
    datum_doubt,
    far_from_address,
    read_positions,
)
from geodata.user_tables.tables import Source, TableKind, Wish, read_table
from geodata.user_tables.text import is_blank
from geodata.words import ENGLISH, Message, Words

# Not meant: 法定代表人, 实缴资本, 曾用名, 最新年报地址 and other columns of the usual exports.
COMPANIES = TableKind(
    Message("companies"),
    {
        "name": ("company_name", "any_name", "hub_name", "zone_name"),
        "capital": ("capital",),
        "currency": ("currency",),
        "address": ("address",),
        "province": ("province",),
        "city": ("city",),
        "county": ("county",),
        "region": ("region",),
        "status": ("status",),
        "credit_code": ("credit_code",),
        "type": ("company_type", "any_type"),
        "datum": ("datum",),
    },
    ("name", "capital", "address", "province"),
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
TEXT_COLUMNS = (
    "name", "capital_text", "address", "province", "city", "county", "status", "credit_code",
)  # fmt: skip
COLUMNS = (
    "name capital_yi_cny capital_text address province city county status credit_code "
    "sole_proprietor lon lat"
).split()


@dataclass(frozen=True)
class RegistrationReport:
    """The rows of a file and which were not used. Rows are numbered as a spreadsheet shows them.

    Attributes
    ----------
    account
        What was read and what was not.
    file
        The table's name.
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
    order
        All rows in the order of the file.
    made_up
        The table says that its companies are made up.
    """

    account: Account
    file: str
    rows: int
    deregistered: pd.DataFrame
    duplicates: pd.DataFrame
    unparsed_capital: pd.DataFrame
    blank_capital: int
    unusable_codes: int
    statuses: dict[str, int]
    order: pd.Index
    made_up: bool = False


def load_registrations(
    source: Source, wish: Wish | None = None, *, keep_deregistered: bool = False
) -> tuple[pd.DataFrame, RegistrationReport]:
    """Read a company extract.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame. Rows above the
        header are taken as titles; headings are known by `geodata.user_tables.headings.STEMS`.
    wish
        Encoding, columns and datum, where the table does not say them.
    keep_deregistered
        Keep companies whose status says 注销, 吊销, 撤销, 责令关闭 or 除名.

    Returns
    -------
    tuple
        A frame indexed by ``row`` (as a spreadsheet shows it) with ``name``, ``capital_yi_cny``
        (亿元, nan where not stated or not understood), ``capital_text``, ``address``,
        ``province``, ``city``, ``county``, ``status``, ``credit_code``, ``sole_proprietor`` (see
        `sole_proprietors`), and ``lon``, ``lat`` (WGS-84 degrees,
        converted from the stated datum; nan where the file gives none); and the report.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        When it has no header, or cells are not accepted: a company without a name, a position
        without datum or out of range, a row of another length.
    """
    table = read_table(source, COMPANIES, wish)
    table.cells = with_regions(table.cells, Bound())
    cells, account = table.cells, table.account
    lon, lat, faults = read_positions(table, IN_CHINA)
    faults += [
        (row_label(row), cell_fault(row, table.heading("name"), "", Message("a value is required")))
        for row in cells.index[cells["name"] == ""]
    ]
    table.refuse(faults)

    frame = cells.rename(columns={"capital": "capital_text"})[list(TEXT_COLUMNS)]
    frame["credit_code"] = plain_codes(frame["credit_code"])
    frame["sole_proprietor"] = sole_proprietors(cells)
    frame["lon"], frame["lat"] = lon, lat
    gone = frame["status"].map(_is_deregistered(frame["status"]))
    if keep_deregistered:
        gone[:] = False
    alive = frame[~gone]
    codes = comparable_codes(alive["credit_code"])
    usable = codes.str.fullmatch(_CODE)
    doubled = usable & codes.duplicated()
    first_row = pd.Series(alive.index, index=codes.to_numpy())
    first_row = first_row[~first_row.index.duplicated()]
    duplicates = alive.loc[doubled, ["name", "credit_code"]]
    duplicates["first_row"] = codes[doubled].map(first_row)

    kept = alive[~doubled].copy()
    currency = cells["currency"].loc[kept.index]
    heading = table.header.headings.get("capital")
    words = "" if heading is None else heading.unit or heading.remark
    capital, unparsed = read_capital(kept["capital_text"], currency, words)
    kept.insert(1, "capital_yi_cny", capital)
    account.leave_out(Message("deregistered"), map(row_label, frame.index[gone]))
    account.leave_out(Message("credit code stands above"), map(row_label, duplicates.index))
    if "capital" in table.header.places and len(unparsed):
        account.check(
            Message("registered capital not understood, in no sum"), map(row_label, unparsed.index)
        )
    elif "capital" not in table.header.places:
        account.check(Message("no column of registered capital: sums of it are empty"))
    blank = codes.map({code: is_blank(code) for code in codes.unique()}).astype(bool)
    unusable = kept.index[(~usable & ~blank)[kept.index]]
    if len(unusable):
        account.check(
            Message("credit codes that are too short or have lost digits, not compared"),
            map(row_label, unusable),
        )
    report = RegistrationReport(
        account=account,
        file=account.source,
        rows=len(cells),
        deregistered=frame.loc[gone, ["name", "status"]],
        duplicates=duplicates,
        unparsed_capital=unparsed,
        blank_capital=int(capital.isna().sum()) - len(unparsed),
        unusable_codes=len(unusable),
        statuses=dict(sorted(Counter(kept["status"]).items())),
        order=cells.index,
        made_up=MADE_UP_MARK in table.header.titles.casefold(),
    )
    return kept[COLUMNS], report


def comparable_codes(codes: pd.Series[str]) -> pd.Series[str]:
    """Return credit codes without space, in capitals."""
    return codes.str.replace(r"\s", "", regex=True).str.upper()


_FORMULA = re.compile(r'=\s*"(.*)"')


def plain_codes(codes: pd.Series[str]) -> pd.Series[str]:
    """Return codes as they are where an export wrote them as formulas: ="9133..."."""
    return codes.str.replace(_FORMULA, r"\1", regex=True)


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
THE_FILE = "the file"  # its geocode_source


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
        contradicts it by far), and the development zone that the row's texts name, a given
        position or not: ``zone_id`` of the catalogue, ``zone_evidence`` (see
        `geodata.address_geocoder.geocode_with_reasons`) and ``zone_uncertainty_km``, the 90 %
        radius of the zone's position; "", "" and nan for none. Second, the datum that the given
        positions show where it is not the stated one. Third, by each English text of
        ``geocode_reason`` the same in words.
    """
    stated = registrations["province"].map(provinces_by_cell(registrations["province"]))
    # a cell that names no province is kept: the geocoder says why it does not help
    homes = stated.where(stated != "", registrations["province"])
    # what a column holds is what it says
    located, reasons = geocode_with_reasons(
        [registrations["address"], registrations["name"]], homes, registrations["city"],
        registrations["county"], credit_codes=comparable_codes(registrations["credit_code"]),
        kind=("address", "company"),
    )  # fmt: skip
    # a sole proprietor stands at the seat of the county, or of a city without counties
    fine = registrations["sole_proprietor"] & (located["geocode_level"] == "place")
    if fine.any():
        chain = located.loc[fine, ["geocode_province", "geocode_city", "geocode_county"]]
        seats, _ = geocode_with_reasons([chain.fillna("").agg("".join, axis=1)], kind="address")
        located.loc[fine] = seats
    # the zone that is named, before the file's own position takes its place
    in_zone = located["geocode_method"] == ZONE
    keys = located["geocode_source"].str.removeprefix(ZONE_SOURCE)
    zones = pd.DataFrame(
        {
            "zone_id": keys.where(in_zone, ""),
            ZONE_EVIDENCE: located.pop(ZONE_EVIDENCE),
            "zone_uncertainty_km": located["uncertainty_km"].astype(float).where(in_zone),
        }
    )
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
        ("geocode_source", THE_FILE), ("geocode_candidates", ""), ("geocode_reason", far_texts),
    ):  # fmt: skip
        located.loc[given, column] = text
    located["uncertainty_km"] = located["uncertainty_km"].astype(float)
    located.insert(0, "province_adcode", home.map(codes).fillna(""))
    kept = registrations.drop(columns=["lon", "lat"])
    return kept.join(located.drop(columns="geocode_province")).join(zones), doubt, reasons
