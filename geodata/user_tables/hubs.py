"""A user's own list of hubs: every row is one, in China or abroad."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.address_geocoder import geocode_with_reasons
from geodata.addresses import Scope
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.schema import cell_fault
from geodata.user_tables.account import Account, Row, row_label
from geodata.user_tables.companies import GIVEN, sole_proprietors
from geodata.user_tables.divisions import (
    Bound,
    outside_province,
    outside_words,
    province_at,
    with_codes,
    with_regions,
)
from geodata.user_tables.positions import (
    ANYWHERE,
    far_from_address,
    read_positions,
    read_uncertainty,
)
from geodata.user_tables.tables import Source, TableKind, UserTable, Wish, read_table
from geodata.words import Message, Words

HUBS = TableKind(
    Message("hubs"),
    {
        "name": (
            "hub_name", "any_name", "company_name", "zone_name", "city", "county", "region",
            "address", "province",
        ),
        "name_en": ("name_en",),
        "address": ("address",),
        "province": ("province",),
        "city": ("city",),
        "county": ("county",),
        "region": ("region",),
        "adcode": ("adcode",),
        "datum": ("datum",),
        "uncertainty": ("uncertainty",),
        "credit_code": ("credit_code",),
        "type": ("company_type",),
        "geocode_level": ("geocode_level",),
        "geocode_method": ("geocode_method",),
        "geocode_source": ("geocode_source",),
    },
    ("name", "province", "lon"),
)  # fmt: skip
COLUMNS = (
    "name name_en province_adcode adcode lon lat uncertainty_km geocode_level geocode_method "
    "geocode_source geocode_reason"
).split()


def load_hub_table(source: Source, wish: Wish | None = None) -> tuple[pd.DataFrame, Account]:
    """Read and locate a list of hubs.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame. A column of names is
        enough; a position needs its datum and nothing else.
    wish
        Encoding, columns and datum, where the table does not say them.

    Returns
    -------
    tuple
        One row a hub, by row as a spreadsheet shows it: ``name`` as the file has it, ``name_en``,
        ``province_adcode`` ("" abroad), ``adcode``, ``lon``, ``lat`` (WGS-84 degrees),
        ``uncertainty_km`` (90 % radius; of a given position as the file states it, else 0),
        ``geocode_level``, ``geocode_method``, ``geocode_source``, ``geocode_reason``; and the
        account.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is not accepted, and every hub that has no place.
    """
    table = read_table(source, HUBS, wish)
    bound = Bound()
    table.cells = with_regions(table.cells, bound)
    if not table.own:
        table.cells, unknown = with_codes(table.cells, bound)
        if unknown:
            table.account.check(Message("codes that are no division of China"), unknown)
    cells, account = table.cells, table.account
    lon, lat, faults = read_positions(table, ANYWHERE)
    radius_km, bad_radii = read_uncertainty(table)
    faults += bad_radii
    faults += [
        (row_label(row), cell_fault(row, table.heading("name"), "", Message("a value is required")))
        for row in cells.index[cells["name"] == ""]
    ]
    table.refuse(faults)
    hubs = cells[["name", "name_en"]].copy()
    hubs["lon"], hubs["lat"] = lon, lat
    given = hubs["lon"].notna()
    # only a table that says of companies what they are; a place may be called after its trade
    told = bool({"credit_code", "type"} & set(table.header.places))
    homes = sole_proprietors(cells) & told
    located, reasons = _located(cells)
    # a sole proprietor's name and position may be those of a person and a home
    if homes.any():
        account.check(
            Message("sole proprietors: they stand at the place their words name, without name"),
            hubs.index[homes],
        )
        given &= ~homes
        names = located["geocode_county"].where(
            located["geocode_county"] != "", located["geocode_city"]
        )
        hubs.loc[homes, "name"] = names[homes]
    nowhere = ~given & located["geocode_level"].isin(["", "province"])
    table.refuse([
        (row_label(row), Message(
            "row {row}: hub {name!r} has no place ({reason}); accepted: lon, lat and datum",
            row=row, name=cells.loc[row, "name"],
            reason=reasons.get(located.loc[row, "geocode_reason"],
                               located.loc[row, "geocode_reason"]),
        ))
        for row in hubs.index[nowhere]
    ])  # fmt: skip
    stated = _stated_provinces(table, bound)
    codes = {d.name: d.adcode for d in gazetteer(LAST_YEAR).provinces.values()}
    _check_positions(hubs[given], stated[given], located[given], account)
    for column in ("lon", "lat"):
        hubs[column] = hubs[column].where(given, located[column].astype(float))
    here, _, outside = province_at(hubs["lon"].to_numpy(float), hubs["lat"].to_numpy(float))
    by_place = pd.Series(here, index=hubs.index).where(~outside, "")
    province = stated.where(stated != "", located["geocode_province"].where(~given, by_place))
    hubs["province_adcode"] = province.map(codes).fillna("")
    radius = located["uncertainty_km"].astype(float)
    hubs["uncertainty_km"] = radius.where(~given, radius_km.fillna(0.0))
    for column, text in (
        ("adcode", ""), ("geocode_level", "place"), ("geocode_method", GIVEN),
        ("geocode_source", "the file"), ("geocode_reason", ""),
    ):  # fmt: skip
        hubs[column] = located[column].where(~given, text)
    if not given.all():
        account.guess(
            Message("hubs placed by their words, not by a position"),
            [row_label(row) for row in hubs.index[~given]],
        )
    return hubs[COLUMNS], account


def _located(cells: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Words]]:
    """Return where the words of the rows put them."""
    texts = [cells["address"], cells["name"]]
    return geocode_with_reasons(texts, cells["province"], cells["city"], cells["county"])


def _stated_provinces(table: UserTable, bound: Bound) -> pd.Series[str]:
    """Return the province that each row's columns name; a note on cells that name none."""
    cells = table.cells
    keys = list(cells[["province", "city", "county"]].itertuples(index=False, name=None))
    scopes = {key: bound.of(*key) for key in set(keys)}
    names, odd = [], {}
    for row, key in zip(cells.index, keys, strict=True):
        scope = scopes[key]
        home = scope.province if isinstance(scope, Scope) else None
        names.append(home.name if home else "")
        if not isinstance(scope, Scope):
            odd[row_label(row)] = scope
    if odd:
        table.account.check(
            Message("cells of province, city or county that name no division of China"), odd, odd
        )
    return pd.Series(names, index=cells.index)


def _check_positions(
    hubs: pd.DataFrame, stated: pd.Series[str], located: pd.DataFrame, account: Account
) -> None:
    """Note given positions far from what their row says: its province, its words."""
    if hubs.empty:
        return
    lon, lat = hubs["lon"].to_numpy(float), hubs["lat"].to_numpy(float)
    away_km = outside_province(lon, lat, stated.to_numpy())
    about: dict[Row, Words] = {
        row_label(row): outside_words(km, province)
        for row, km, province in zip(hubs.index, away_km, stated, strict=True)
        if km > 0
    }
    fine = located["geocode_level"].isin(["place", "county", "city"])
    far: dict[Any, Words] = far_from_address(hubs[fine], located[fine]) if fine.any() else {}
    about |= {row_label(row): words for row, words in far.items() if row_label(row) not in about}
    if about:
        account.check(
            Message("positions far from the place that their row names, used as given"),
            about, about,
        )  # fmt: skip
