"""Locate rows with a web geocoder, on top of the offline result and checked against it.

An answer is taken when it lies in the right province, no farther from the offline position than
both are unsure, and is finer than that position. Everything else is refused, with the reason.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Geod

from geodata.gazetteer import KM_PER_DEGREE, LAST_YEAR, Division, gazetteer
from geodata.names import normalise
from geodata.resolver import level_of
from geodata.vocabulary import CHINA_LAT_DEG, CHINA_LON_DEG, TIMES_UNCERTAINTY
from geodata.web.answer import WebAnswer, WebQuery, WebService
from geodata.web.ask import WebOptions, ask_all, service_of
from geodata.words import ENGLISH
from geodata.zone_geocoder import radius_km

# A point is outside its province when some other province has a county seat nearer by more than
# this. Of 1,873 points of zones whose province is known, 2 break the rule; of these points under
# the name of the province next to them, 95 % do.
PROVINCE_MARGIN_KM = 20.0


class Offline(NamedTuple):
    """What is known of a row without the web.

    Attributes
    ----------
    lon, lat
        WGS-84 degrees.
    uncertainty_km
        Radius that holds the true place in about 90 % of cases.
    province_adcode
        Code of its province.
    adcode
        Code of its division; "" where unknown.
    """

    lon: float
    lat: float
    uncertainty_km: float
    province_adcode: str
    adcode: str


class Verdict(NamedTuple):
    """Whether an answer is taken, and the sentence that says so.

    Attributes
    ----------
    outcome
        ``taken``: the web's position takes the place of the offline one; ``kept``: it says
        nothing, or nothing finer; ``refused``: it contradicts.
    lon, lat
        The answer in WGS-84 degrees.
    near
        What it was held against: the position, or the nearest candidate.
    reason
        In the service's name.
    """

    outcome: str
    lon: float
    lat: float
    near: Offline
    reason: str


def check(answer: WebAnswer, offline: tuple[Offline, ...], service: str) -> Verdict:
    """Hold one answer against the offline position, or against each candidate of an open row.

    Parameters
    ----------
    answer
        As given.
    offline
        What is known of the row, at least one; several where its name may mean several divisions.
    service
        Its title, for the reason.
    """

    def verdict(outcome: str, text: str) -> Verdict:
        return Verdict(outcome, lon, lat, near, f"{service} {text}")

    lon, lat, near = math.nan, math.nan, offline[0]
    if not answer.found:
        return verdict("kept", "finds nothing")
    if not _in_china(answer.lon, answer.lat):
        swapped = _in_china(answer.lat, answer.lon)
        why = "longitude and latitude swapped" if swapped else "outside China"
        return verdict("refused", f"refused: {why} ({answer.lon:.4f}, {answer.lat:.4f})")
    lon, lat = answer.wgs84()
    sizes = [(_distance_km(lon, lat, o), o) for o in offline]
    away_km, near = min(sizes, key=lambda pair: pair[0])
    fault = _other_province(lon, lat, answer.adcode, near.province_adcode)
    if fault:
        return verdict("refused", f"refused: {fault}")
    limit_km = TIMES_UNCERTAINTY * near.uncertainty_km + answer.radius_km
    where = "the offline position" if len(offline) == 1 else "the nearest candidate"
    if away_km > limit_km:
        return verdict(
            "refused",
            f"refused: {away_km:.1f} km from {where}, more than {limit_km:.1f} km "
            f"({TIMES_UNCERTAINTY:g} x {near.uncertainty_km:g} + {answer.radius_km:g})",
        )
    if len(offline) == 1 and answer.radius_km >= near.uncertainty_km:
        return verdict("kept", f"is no finer ({answer.radius_km:g} km), {away_km:.1f} km away")
    return verdict("taken", f"taken: {away_km:.1f} km from {where}")


def _distance_km(lon: float, lat: float, offline: Offline) -> float:
    _, _, metres = _ellipsoid().inv(lon, lat, offline.lon, offline.lat)
    return float(metres) / 1000.0


@functools.cache
def _ellipsoid() -> Geod:
    return Geod(ellps="WGS84")


def _in_china(lon: float, lat: float) -> bool:
    return (
        CHINA_LON_DEG[0] <= lon <= CHINA_LON_DEG[1] and CHINA_LAT_DEG[0] <= lat <= CHINA_LAT_DEG[1]
    )


def _other_province(lon: float, lat: float, adcode: str, province_adcode: str) -> str:
    """Return what speaks for another province than the one known, "" where nothing does."""
    provinces = gazetteer(LAST_YEAR).by_adcode
    known = provinces[province_adcode].name
    named = provinces.get(f"{adcode[:2]}0000")
    if named is not None and named.adcode != province_adcode:
        return f"it names {named.name}, not {known}"
    seats = _seats()
    east = (seats.lon - lon) * math.cos(math.radians(lat))
    away_km = np.hypot(east, seats.lat - lat) * KM_PER_DEGREE  # flat: good to tell near from far
    nearest = int(np.argmin(away_km))
    own = seats.provinces == province_adcode
    margin_km = float(away_km[own].min() - away_km[nearest])
    if margin_km > PROVINCE_MARGIN_KM:
        other = provinces[str(seats.provinces[nearest])].name
        return f"it lies in {other}, not {known} (a county seat is nearer by {margin_km:.0f} km)"
    return ""


class _Seats(NamedTuple):
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    provinces: NDArray[np.str_]


@functools.cache
def _seats() -> _Seats:
    """Return the seats of all divisions of today with their provinces' codes."""
    known: list[Division] = [d for d in gazetteer(LAST_YEAR).current if d.has_seat]
    lon, lat = (np.array([getattr(d, name) for d in known]) for name in ("lon", "lat"))
    return _Seats(lon, lat, np.array([d.province_adcode or d.adcode for d in known]))


_NAME = re.compile(r"[一-鿿]{2,}")
# Our level by the radius of the service's: up to so many km.
_LEVELS_KM = ((10.0, "place"), (15.0, "county"), (40.0, "city"), (math.inf, "province"))


class WebResult(NamedTuple):
    """Rows located with the web's help, and how that went.

    Attributes
    ----------
    located
        The offline frame with the accepted answers put over it.
    counts
        ``taken``, ``kept``, ``refused``, ``failed``, ``not asked`` (rows), ``requests``.
    """

    located: pd.DataFrame
    counts: dict[str, int]


class _Row(NamedTuple):
    query: WebQuery
    was_cut: bool
    offline: tuple[Offline, ...]
    extent_km: float


def web_geocode_texts(
    located: pd.DataFrame,
    texts: Sequence[pd.Series[str]],
    provinces: pd.Series[str] | None,
    cities: pd.Series[str] | None,
    options: WebOptions,
) -> WebResult:
    """Locate texts by a web geocoder where it agrees with the offline result.

    Parameters
    ----------
    located
        The result of `geodata.address_geocoder.geocode_texts` for the texts; not changed.
    texts, provinces, cities
        As given to it. The first text that is not empty is asked for, with province and city in
        front where it does not name them.
    options
        The service.

    Raises
    ------
    WebStopError
        When the service stops answering; the answers so far are in the cache.
    UsageError, DataFileError
        When key, libraries or cache are not usable.
    """
    service, blank = service_of(options.provider), [""] * len(located)
    home = blank if provinces is None else [_name(cell) for cell in provinces]
    town = blank if cities is None else [_name(cell) for cell in cities]
    rows: list[_Row | None] = []
    for cells, province, city, known in zip(
        zip(*(column.tolist() for column in texts), strict=True), home, town,
        located.to_dict("records"), strict=True,
    ):  # fmt: skip
        text = next((c for cell in cells if (c := " ".join(cell.split()))), "")
        offline = _offline_of(known)
        row = _Row(*_query(service, text, province, city), offline, 0.0)
        rows.append(row if text and offline else None)
    return _locate(located, rows, service, options)


def web_geocode_zones(located: pd.DataFrame, zones: pd.DataFrame, options: WebOptions) -> WebResult:
    """Locate zones by a web geocoder where it agrees with the offline result.

    Parameters
    ----------
    located
        The result of `geodata.zone_geocoder.geocode_zones` for the zones; not changed.
    zones
        With columns ``name``, ``province``, ``province_adcode``, ``area_ha``. The radius of a
        circle of the zone's area is added to that of the answer.
    options
        The service; raises as `web_geocode_texts`.
    """
    service = service_of(options.provider)
    rows: list[_Row | None] = []
    for zone, known in zip(zones.to_dict("records"), located.to_dict("records"), strict=True):
        offline = Offline(
            known["lon"], known["lat"], known["uncertainty_km"], zone["province_adcode"],
            known["adcode"],
        )  # fmt: skip
        area_km2 = zone["area_ha"] / 100.0
        extent_km = math.sqrt(area_km2 / math.pi) if area_km2 > 0 else 0.0
        query, was_cut = _query(service, zone["name"], zone["province"], "")
        rows.append(_Row(query, was_cut, (offline,), extent_km))
    return _locate(located, rows, service, options)


def _query(service: WebService, text: str, province: str, city: str) -> tuple[WebQuery, bool]:
    """Return what to ask, city and province in front where unnamed, and whether it was cut."""
    for name in (city, province):
        if name and name[:2] not in text:
            text = name + text
    cut = text.encode("utf-8", "replace")[: service.max_bytes].decode("utf-8", "ignore")
    return WebQuery(cut, city if city in _prefectures() else ""), cut != text


@functools.cache
def _prefectures() -> frozenset[str]:
    """Return the names that services take as a city: not those of county-level cities."""
    cities = [d for d in gazetteer(LAST_YEAR).current if level_of(d) == "city"]
    return frozenset(name for d in cities for name in (d.name, d.short_name) if name)


def _name(cell: str) -> str:
    """Return a cell of a column of provinces or cities where it holds a Chinese name."""
    text = normalise(cell)
    return text if _NAME.fullmatch(text) else ""


def _offline_of(known: Mapping[Hashable, Any]) -> tuple[Offline, ...]:
    """Return the offline position of a row of texts, or the candidates of an open one."""
    names = gazetteer(LAST_YEAR)
    if known["geocode_level"]:
        home = names.provinces[str(known["geocode_province"])].adcode
        lon, lat, radius = (float(str(known[c])) for c in ("lon", "lat", "uncertainty_km"))
        return (Offline(lon, lat, radius, home, str(known["adcode"])),)
    codes = str(known["geocode_candidates"]).split(";")
    divisions = [names.by_adcode[code] for code in codes if code in names.by_adcode]
    return tuple(
        Offline(
            d.lon, d.lat, radius_km(level_of(d), "name"), d.province_adcode or d.adcode, d.adcode
        )
        for d in divisions
        if d.has_seat
    )


def _locate(
    located: pd.DataFrame, rows: list[_Row | None], service: WebService, options: WebOptions
) -> WebResult:
    """Ask for the rows that can be checked; put the outcome into their columns."""
    # equal texts are asked for once
    queries = list(dict.fromkeys(row.query for row in rows if row))
    answers = ask_all(queries, service, options)
    counts = dict.fromkeys(("taken", "kept", "refused", "failed", "not asked"), 0)
    out = []
    for known, row in zip(located.to_dict("records"), rows, strict=True):
        new: dict[str, object] = {}
        if row is None:
            what = "not asked"
            reason = f"{service.title} not asked: nothing known offline to check it against"
        elif row.query in answers.failed:
            what = "failed"
            why = answers.failed[row.query].in_language(ENGLISH)  # reasons are data
            reason = f"{service.title} failed: {why}; asked again next time"
        else:
            what, new, reason = _judge(answers.found[row.query], row, known, service)
        counts[what] += 1
        old = str(known["geocode_reason"])
        out.append(known | new | {"geocode_reason": f"{old}; {reason}" if old else reason})
    frame = pd.DataFrame(out, index=located.index, columns=located.columns)
    return WebResult(frame.astype(located.dtypes), counts | {"requests": answers.requests})


def _judge(
    answer: WebAnswer, row: _Row, known: Mapping[Hashable, Any], service: WebService
) -> tuple[str, dict[str, object], str]:
    """Return the outcome of a row, its new columns, and the reason."""
    answer = replace(answer, radius_km=round(answer.radius_km + row.extent_km, 1))
    verdict = check(answer, row.offline, service.title)
    cut = f" (asked with the first {service.max_bytes} bytes)" if row.was_cut else ""
    reason = verdict.reason + cut
    if verdict.outcome != "taken":
        return verdict.outcome, {}, reason
    level = next(name for most_km, name in _LEVELS_KM if answer.radius_km <= most_km)
    new: dict[str, object] = {
        "lon": verdict.lon, "lat": verdict.lat, "geocode_level": level,
        "geocode_method": f"web-{service.name}", "uncertainty_km": answer.radius_km,
        "geocode_source": f"{service.title} ({answer.datum})",
    }  # fmt: skip
    names = gazetteer(LAST_YEAR).by_adcode
    division = names.get(answer.adcode)
    if division is None or division.level != "county":
        division = names.get(verdict.near.adcode)
    if division and (not known["adcode"] or str(known["adcode"]).endswith("00")):
        new |= {c: v for c, v in _columns_of(division).items() if c in known}
    return verdict.outcome, new, reason


def _columns_of(division: Division) -> dict[str, str]:
    """Return the columns that name a division of today."""
    names = gazetteer(LAST_YEAR).by_adcode
    city = division if division.level == "city" else names.get(division.city_adcode)
    return {
        "adcode": division.adcode,
        "geocode_province": names[division.province_adcode or division.adcode].name,
        "geocode_city": city.name if city else "",
        "geocode_county": division.name if division.level == "county" else "",
    }
