"""Positions that a table gives, each with its datum, to WGS-84."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

from geodata.datum import Degrees, bd09_to_gcj02, gcj02_to_wgs84
from geodata.messages import listed, say
from geodata.own_tables.headers import Header
from geodata.schema import Column, cell_fault

DATUMS = ("WGS-84", "GCJ-02", "BD-09")
# the country's rectangle, with a margin
LON_DEG, LAT_DEG = (73.0, 136.0), (3.0, 54.0)
# CGCS2000 and WGS-84 differ by centimetres.
_DATUM_OF = {
    word: datum
    for datum, words in zip(
        DATUMS,
        (
            "wgs84 epsg4326 4326 gps cgcs2000 国家2000",
            "gcj02 gcj 火星坐标系 火星坐标 火星 高德 高德坐标 高德坐标系 腾讯 腾讯坐标系 国测局",
            "bd09 bd09ll 百度 百度坐标 百度坐标系",
        ),
        strict=True,
    )
    for word in words.split()
}
_NO_LETTERS = re.compile(r"[\s_:\-]+")
_BOUNDS = {"lon": Column("number", False, *LON_DEG), "lat": Column("number", False, *LAT_DEG)}


def read_positions(
    cells: pd.DataFrame, header: Header
) -> tuple[Degrees, Degrees, list[tuple[int, str]]]:
    """Return longitude and latitude in WGS-84 degrees, nan where blank, and the faults by row.

    Parameters
    ----------
    cells
        Text columns ``lon``, ``lat``, ``datum``, indexed by row.
    header
        Their headings. The datum may stand in that of the longitude, too: 经度(GCJ-02).
    """
    faults: list[tuple[int, str]] = []
    stated = datum_of(header.remarks.get("lon", ""))
    given = (cells["lon"] != "") | (cells["lat"] != "")
    values = cells[given]
    if values.empty:
        return np.full(len(cells), np.nan), np.full(len(cells), np.nan), faults
    if "datum" not in header.places and not stated:
        both = f"{header.headings['lon']!r}, {header.headings['lat']!r}"
        text = say(
            "row {row}: columns {both} without a datum; accepted: a column 坐标系 or datum with "
            "one of {datums}",
            row=header.row, both=both, datums=listed(DATUMS),
        )  # fmt: skip
        faults.append((header.row, text))
    datums = values["datum"].map({d: datum_of(d) or stated for d in values["datum"].unique()})
    if "datum" in header.places:
        heading = header.headings["datum"]
        for row, cell in values.loc[datums == "", "datum"].items():
            names = listed(DATUMS)
            accepted = say("accepted: {values}", values=names)
            if cell == "":
                accepted = say("a value is required for a position: {values}", values=names)
            text = cell_fault(row, heading, cell, accepted)
            faults.append((int(str(row)), text))
    for column, other in (("lon", "lat"), ("lat", "lon")):
        faults += _number_faults(values, column, other, header)
    lon, lat = np.full((2, len(cells)), np.nan)
    if not faults:
        there = given.to_numpy()
        lon[there], lat[there] = to_wgs84(
            values["lon"].to_numpy(dtype=float), values["lat"].to_numpy(dtype=float), datums
        )
    return lon, lat, faults


def datum_of(text: str) -> str:
    """Return the datum that a text names, "" for none."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _DATUM_OF.get(_NO_LETTERS.sub("", plain), "")


def to_wgs84(lon: Degrees, lat: Degrees, datums: pd.Series[str]) -> tuple[Degrees, Degrees]:
    """Convert positions row by row from WGS-84, GCJ-02 or BD-09 to WGS-84."""
    lon, lat = lon.copy(), lat.copy()
    baidu = (datums == "BD-09").to_numpy()
    lon[baidu], lat[baidu] = bd09_to_gcj02(lon[baidu], lat[baidu])
    shifted = (datums != "WGS-84").to_numpy()
    lon[shifted], lat[shifted] = gcj02_to_wgs84(lon[shifted], lat[shifted])
    return lon, lat


def _number_faults(
    values: pd.DataFrame, column: str, other: str, header: Header
) -> list[tuple[int, str]]:
    faults = []
    heading, bounds, partner = header.headings[column], _BOUNDS[column], _BOUNDS[other]
    for row, cell in values[column].items():
        accepted = bounds.fault(cell)
        if cell == "":
            accepted = say("a value is required beside {other!r}", other=header.headings[other])
        elif accepted is not None and partner.fault(cell) is None:
            accepted += say(
                "; it looks like the {other}: are the two swapped?", other=header.headings[other]
            )
        if accepted is not None:
            faults.append((int(str(row)), cell_fault(row, heading, cell, accepted)))
    return faults
