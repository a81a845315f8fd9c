"""Locate rows with a web geocoder, on top of the offline result and checked against it."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from geodata.gazetteer import LAST_YEAR, Division, gazetteer
from geodata.names import normalise
from geodata.resolver import level_of
from geodata.web.web_answer import WebAnswer, WebQuery, WebService
from geodata.web.web_ask import WebOptions, ask_all, service_of
from geodata.web.web_check import Offline, check
from geodata.zone_evidence import radius_km

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
        What `geodata.geocode_texts.geocode_texts` made of the texts; stays as it is.
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
        What `geodata.geocoder.geocode_zones` made of the zones; stays as it is.
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
            reason = f"{service.title} failed: {answers.failed[row.query]}; asked again next time"
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
    """Return what becomes of a row, its new columns, and the reason."""
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
