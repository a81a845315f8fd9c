"""Locate the companies of an extract: by the file's own positions, else by address and name."""

from __future__ import annotations

import pandas as pd

from geodata.addresses import scope_of
from geodata.gazetteer import LAST_YEAR, gazetteer
from geodata.geocode_texts import geocode_texts
from geodata.loaders import load_provinces
from geodata.own_tables.given_positions import DatumDoubt, datum_doubt, far_from_address

GIVEN = "given"  # geocode_method of a position that stands in the file


def locate_registrations(
    registrations: pd.DataFrame,
) -> tuple[pd.DataFrame, DatumDoubt | None]:
    """Add where each company is and how that is known; no row is dropped.

    Parameters
    ----------
    registrations
        As `geodata.own_tables.registrations.load_registrations` gives them.

    Returns
    -------
    tuple
        First, on the same index, the given columns with ``lon`` and ``lat`` filled in (WGS-84
        degrees, nan where unresolved), and ``province_adcode`` ("" where unknown), ``adcode``,
        ``geocode_city``, ``geocode_county``, ``geocode_level``, ``geocode_method`` (``given`` for
        a position of the file, taken as it is), ``geocode_source``, ``uncertainty_km`` (0 for a
        given one), ``geocode_candidates``, ``geocode_reason`` (of a given position: what
        contradicts it by far). Second, the datum that the given positions show where it is not
        the stated one.
    """
    stated = registrations["province"].map(provinces_by_cell(registrations["province"]))
    # a cell that names no province goes on as it is: the geocoder says why it does not help
    homes = stated.where(stated != "", registrations["province"])
    located = geocode_texts(
        [registrations["address"], registrations["name"]], homes, registrations["city"]
    )
    codes = {d.name: d.adcode for d in gazetteer(LAST_YEAR).provinces.values()}
    home = located["geocode_province"].where(located["geocode_province"] != "", stated)
    given = registrations["lon"].notna()
    own, named = registrations.loc[given, ["lon", "lat"]], located[given]
    far, doubt = far_from_address(own, named), datum_doubt(own, named)
    for column in ("lon", "lat"):
        located[column] = registrations[column].where(given, located[column])
    located.loc[given, "uncertainty_km"] = 0.0
    for column, text in (
        ("adcode", ""), ("geocode_level", "place"), ("geocode_method", GIVEN),
        ("geocode_source", "the file"), ("geocode_candidates", ""), ("geocode_reason", far),
    ):  # fmt: skip
        located.loc[given, column] = text
    located["uncertainty_km"] = located["uncertainty_km"].astype(float)
    located.insert(0, "province_adcode", home.map(codes).fillna(""))
    kept = registrations.drop(columns=["lon", "lat"])
    return kept.join(located.drop(columns="geocode_province")), doubt


def provinces_by_cell(cells: pd.Series[str]) -> dict[str, str]:
    """Return the province that each distinct cell names, in Chinese or English; "" for none."""
    names = gazetteer(LAST_YEAR)
    english = {str(en).casefold(): str(zh) for zh, en in load_provinces()["province_en"].items()}
    found = {}
    for cell in cells.unique():
        try:
            province = scope_of(english.get(cell.casefold(), cell), "", names).province
        except ValueError:
            province = None
        found[cell] = province.name if province is not None else ""
    return found
