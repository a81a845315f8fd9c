"""A user's zones and hubs in Python: read, located, and with an account of what was read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.gazetteer import CATALOGUE_YEAR
from geodata.user_tables.account import Account
from geodata.user_tables.hubs import load_hub_table
from geodata.user_tables.tables import Source, Wish
from geodata.user_tables.zones import COLUMNS, english_names, load_zone_table, locate_zone_table
from geodata.words import Message
from zones.hubs import hubs_of_table

# of a table of zones, what says where they are and is told by their position
_PLACED = ("lon", "lat", "position_source", "province_reason")
ZONE_COLUMNS = [column for column in COLUMNS if column not in _PLACED]


def read_zones(  # noqa: PLR0913, what a table does not say of itself
    source: str | Source,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    datum: str = "",
    year: int = CATALOGUE_YEAR,
    openstreetmap: bool = False,
) -> tuple[pd.DataFrame, Account]:
    """Read a table of zones and locate each of them, offline.

    Parameters
    ----------
    source
        A file (xlsx, xls, ods, csv, tsv, Parquet, Arrow, dta, GeoPackage, GeoJSON, Shapefile), or
        a frame of pandas or geopandas. Only a column of names is needed.
    columns
        Column -> its heading in the table, where the headings do not say it: ``name``,
        ``province``, ``city``, ``county``, ``area_ha``, ``lon``, ``lat`` and others.
    encoding
        Of a text; found out when None.
    datum
        Of positions whose headings and cells state none: WGS-84, GCJ-02, BD-09 or CGCS2000.
    year
        Of the division names that the zones' names are read by.
    openstreetmap
        Use positions of OpenStreetMap too; what is made of them then comes under the ODbL.

    Returns
    -------
    tuple
        One row a zone in the order of the table, indexed by its code or number, with the columns
        of the built-in catalogue, ``lon``, ``lat`` (WGS-84 degrees, nan where a zone has no
        place), ``uncertainty_km`` (90 % radius) and how they were found (``geocode_level``,
        ``geocode_method``, ``geocode_source``, ``geocode_reason``). And the account: rows used and
        left out, columns read and not, what to check; its ``lines()`` are what the command prints.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is not accepted.

    Examples
    --------
    >>> table = pd.DataFrame({"园区名称": ["余杭经济技术开发区"], "省份": ["浙江省"]})
    >>> zones, account = read_zones(table)
    >>> zones[["name", "province", "geocode_level"]].iloc[0].tolist()
    ['余杭经济技术开发区', '浙江省', 'county']
    >>> account.used, [column.heading for column in account.columns]
    (1, ['园区名称', '省份'])
    """
    wish = Wish(encoding, dict(columns or {}), datum)
    zones, report = load_zone_table(_opened(source), wish)
    located = locate_zone_table(zones, year, report.account, openstreetmap=openstreetmap)
    lost = zones.loc[located["lon"].isna(), "row"]
    if len(lost):
        report.account.check(Message("zones without a place"), lost)
    zones = zones.assign(name_en=english_names(zones))[ZONE_COLUMNS].join(located)
    return zones, report.account


def read_hubs(
    source: str | Source, *, columns: Mapping[str, str] | None = None, datum: str = ""
) -> tuple[pd.DataFrame, Account]:
    """Read a list of hubs and locate each of them, offline; every row is a hub.

    Parameters
    ----------
    source, datum
        As for `read_zones`. A column of names is enough; hubs with a position may lie anywhere on
        earth.
    columns
        Column -> its heading in the table, where the headings do not say it: ``name``, ``lon``,
        ``lat``, ``province``, ``city``, ``county``, ``address``.

    Returns
    -------
    tuple
        The hubs as `zonegap.hub_layer` gives those of a file, indexed by ``hub``; and the account,
        as for `read_zones`.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is not accepted, and every hub that has no place.

    Examples
    --------
    >>> hubs, account = read_hubs(pd.DataFrame({"城市": ["苏州", "武汉"]}))
    >>> hubs.index.tolist(), account.used
    (['苏州', '武汉'], 2)
    """
    located, account = load_hub_table(_opened(source), Wish(None, dict(columns or {}), datum))
    return hubs_of_table(located), account


def _opened(source: str | Source) -> Source:
    return Path(source) if isinstance(source, str) else source
