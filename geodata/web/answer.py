"""What a web geocoder's answer is, whatever the service, and how asking can fail."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from geodata.errors import ZonegapError
from geodata.words import Message, Words

# Radius for a level that is missing or unknown, in km: as coarse as a county.
UNKNOWN_LEVEL_KM = 15.0


class WebStopError(ZonegapError):
    """The service will answer nothing more for now: key refused, quota used up, not reachable."""


class TryLaterError(ZonegapError):
    """One request failed in a way that passes: too fast, busy, no connection.

    Parameters
    ----------
    cause
        In words of ours; never the service's text, which may repeat the key.
    wait_s
        Seconds the service asks to wait; 0 where it does not say.
    too_fast
        Whether the service asks for fewer requests.
    """

    def __init__(self, cause: Words, wait_s: float = 0.0, *, too_fast: bool = False) -> None:
        super().__init__(cause)
        self.cause, self.wait_s, self.too_fast = cause, wait_s, too_fast


class BadAnswerError(ZonegapError):
    """One query has no usable answer: malformed, or not accepted by the service."""


@dataclass(frozen=True, slots=True)
class WebQuery:
    """One question: what is sent, and the key of the cache besides the service.

    Attributes
    ----------
    text
        Address, with the province and city that are known put in front.
    city
        City that the service is asked to prefer; "" where none is known.
    """

    text: str
    city: str = ""


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """One answer as given.

    Attributes
    ----------
    lon, lat
        Degrees in `datum`; nan where the service finds nothing.
    datum
        ``WGS-84``, ``GCJ-02`` or ``BD-09``.
    level
        What the service matched, in its own words; "" where it does not say.
    adcode
        GB/T 2260 code of the county it names; "" where it names none.
    radius_km
        Radius to expect at that level; from the tables of the services' modules, not calibrated.
    raw
        The service's own record as JSON.
    """

    lon: float
    lat: float
    datum: str
    level: str
    adcode: str
    radius_km: float
    raw: str

    @property
    def found(self) -> bool:
        """Whether there is a position."""
        return not math.isnan(self.lon)

    def wgs84(self) -> tuple[float, float]:
        """Return the position in WGS-84 degrees."""
        from geodata.datum import to_wgs84  # brings numpy: not at start

        lon, lat = to_wgs84([self.lon], [self.lat], self.datum)
        return float(lon[0]), float(lat[0])


class WebService(Protocol):
    """A web geocoder: how to ask and how to read the answer."""

    name: str
    title: str
    url: str
    key_variable: str
    rate_per_s: float
    max_bytes: int

    def parameters(self, query: WebQuery, key: str) -> dict[str, str]:
        """Return the parameters of the request."""
        ...

    def read(self, body: Mapping[str, Any]) -> WebAnswer:
        """Return the answer of a body that is a JSON object.

        Raises
        ------
        WebStopError, TryLaterError, BadAnswerError
            By the service's own status code.
        """
        ...


def nothing_found(datum: str) -> WebAnswer:
    """Return the answer of a service that knows no such place."""
    return WebAnswer(math.nan, math.nan, datum, "", "", math.nan, "")


def number(value: object, what: str) -> float:
    """Return a finite number, given as a number or as text.

    Raises
    ------
    BadAnswerError
        For anything else.
    """
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            found = float(value)
        except (ValueError, OverflowError):
            found = math.nan
        if math.isfinite(found):
            return found
    raise BadAnswerError(Message("its {what} is not a finite number", what=what))


def word(value: object) -> str:
    """Return a text unchanged, "" for other values, by which services say nothing ([], null)."""
    return value.strip() if isinstance(value, str) else ""


def record(value: object, what: str) -> Mapping[str, Any]:
    """Return a JSON object.

    Raises
    ------
    BadAnswerError
        For anything else.
    """
    if isinstance(value, Mapping):
        return value
    raise BadAnswerError(Message("its {what} is missing", what=what))


def as_json(value: object) -> str:
    """Return compact JSON with sorted keys, fit to be stored as UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")
