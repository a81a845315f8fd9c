"""Locate addresses and company names of a table, row by row, offline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from geodata.addresses import resolve_address, resolve_company, scope_of
from geodata.chain import Scope, read_chain
from geodata.errors import UsageError
from geodata.gazetteer import LAST_YEAR, Division, Gazetteer, gazetteer
from geodata.names import normalise
from geodata.resolver import Resolution
from geodata.towns import town_at
from geodata.zone_evidence import radius_km

COLUMNS = (
    "lon lat adcode geocode_province geocode_city geocode_county geocode_level geocode_method "
    "geocode_source uncertainty_km geocode_candidates geocode_reason"
).split()
KINDS = ("auto", "address", "company")
# finer first; "" is unresolved
_FINENESS = ("place", "county", "city", "province", "")
_COMPANY = re.compile(r"公司|(?:集团|厂|合作社|研究院|事务所|银行|分行|支行|商行|经营部)$")

Row = tuple[object, ...]


def geocode_texts(
    texts: Sequence[pd.Series[str]],
    provinces: pd.Series[str] | None = None,
    cities: pd.Series[str] | None = None,
    *,
    year: int = LAST_YEAR,
    kind: str = "auto",
) -> pd.DataFrame:
    """Locate each row by the finest of its texts.

    Parameters
    ----------
    texts
        One or more columns on one index, the most trusted first: addresses, company names.
    provinces, cities
        Columns that bind, on the same index; empty cells say nothing.
    year
        Of the division names, 1980 to 2024; former names are understood too.
    kind
        ``address``, ``company``, or ``auto``: a text with 公司 or the like is a company's name.

    Returns
    -------
    pandas.DataFrame
        On the same index: ``lon``, ``lat`` (WGS-84 degrees, nan where unresolved), ``adcode`` (of
        2024), ``geocode_province``, ``geocode_city``, ``geocode_county`` (names of 2024),
        ``geocode_level`` (place, county, city, province, or "" where unresolved),
        ``geocode_method``, ``geocode_source``, ``uncertainty_km``, ``geocode_candidates`` (codes,
        separated by a semicolon), ``geocode_reason``.

    Raises
    ------
    UsageError
        For an unknown kind or a year without names.
    """
    if kind not in KINDS:
        text = f"kind: {kind!r}; accepted: {', '.join(KINDS)}"
        raise UsageError(text)
    names, today = gazetteer(year), gazetteer(LAST_YEAR)
    index = texts[0].index
    blank: Iterable[str] = [""] * len(index)
    seen: dict[tuple[str, ...], Row] = {}
    rows = []
    for key in zip(
        blank if provinces is None else provinces,
        blank if cities is None else cities,
        *texts,
        strict=True,
    ):
        if key not in seen:
            seen[key] = _row(key, names, today, kind)
        rows.append(seen[key])
    return pd.DataFrame(rows, index=index, columns=COLUMNS)


def _row(key: tuple[str, ...], names: Gazetteer, today: Gazetteer, kind: str) -> Row:
    province, city, *texts = key
    try:
        scope = scope_of(province, city, names)
    except ValueError as error:
        return _unresolved(str(error))
    best: Row | None = None
    for text in texts:
        company = kind == "company" or (kind == "auto" and bool(_COMPANY.search(text)))
        resolve = resolve_company if company else resolve_address
        row = _located(resolve(text, scope, names), text, scope, names, today)
        if best is None or _fineness(row) < _fineness(best):
            best = row
    return best or _unresolved("no text")


def _fineness(row: Row) -> int:
    return _FINENESS.index(str(row[COLUMNS.index("geocode_level")]))


def _located(found: Resolution, text: str, scope: Scope, names: Gazetteer, today: Gazetteer) -> Row:
    candidates = ";".join(d.current_adcode or d.adcode for d in found.divisions[1:])
    if found.level == "":
        candidates = ";".join(d.current_adcode or d.adcode for d in found.divisions)
        return _unresolved(found.reason, candidates)
    division = found.divisions[0]
    lon, lat, level, source = division.lon, division.lat, found.level, division.position_source
    reason = found.reason
    if division.level != "province" and found.method != "column":
        words = normalise(text)
        town = town_at(words, read_chain(words, 0, scope, names).end, division, names)
        if town is not None:
            lon, lat, level, source = town.lon, town.lat, "place", f"GeoNames {town.geonameid}"
            reason = ""
    if not division.has_seat:
        return _unresolved(f"no position is known for {division.name}", division.current_adcode)
    return (
        lon, lat, division.current_adcode, *_parents(division, today), level, found.method, source,
        radius_km(level, found.method), candidates, reason,
    )  # fmt: skip


def _parents(division: Division, today: Gazetteer) -> tuple[str, str, str]:
    """Return the names of province, city and county that hold a division's seat today."""
    now = today.by_adcode.get(division.current_adcode, division)
    province = today.by_adcode[now.province_adcode].name
    city_adcode = now.adcode if now.level == "city" else now.city_adcode
    city = today.by_adcode[city_adcode].name if city_adcode in today.by_adcode else ""
    return province, city, now.name if now.level == "county" else ""


def _unresolved(reason: str, candidates: str = "") -> Row:
    nan = float("nan")
    return (nan, nan, "", "", "", "", "", "", "", nan, candidates, reason)
