"""Baidu (百度) geocoding, Web API v3: asked for GCJ-02 (``ret_coordtype=gcj02ll``), else BD-09.

Fields as documented at https://lbsyun.baidu.com/faq/api?title=webapi/guide/webservice-geocoding:
request ``address`` (at most 84 bytes), ``city``, ``ret_coordtype``, ``output``, ``ak``; answer
``status`` (0 done), ``result`` with ``location`` (``lng``, ``lat``), ``level``, ``confidence``
(how far off the point may be, by steps), ``comprehension``. No province is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.web.answer import (
    UNKNOWN_LEVEL_KM,
    BadAnswerError,
    TryLaterError,
    WebAnswer,
    WebQuery,
    WebStopError,
    as_json,
    nothing_found,
    number,
    record,
    word,
)
from geodata.words import Message

DATUM = "GCJ-02"
# Levels of the page above; those not named here are single premises. Radii in km are judgements
# about the size of the thing matched, not calibrated.
LEVELS_KM = {
    "国家": 2000.0, "省": 300.0, "城市": 40.0, "区县": 15.0, "乡镇": 8.0, "村庄": 3.0, "道路": 5.0,
    "商圈": 2.0, "工业园区": 6.0, "旅游景点": 3.0, "绿地": 2.0, "UNKNOWN": UNKNOWN_LEVEL_KM,
    "": UNKNOWN_LEVEL_KM,
}  # fmt: skip
PREMISES_KM = 1.0
# Documented error of the point by confidence: at least this confidence, at most this many km.
CONFIDENCE_KM = (
    (80, 0.1), (75, 0.2), (70, 0.3), (60, 0.5), (50, 1.0), (40, 2.0), (30, 5.0), (25, 8.0),
    (20, 10.0),
)  # fmt: skip
# Codes of https://lbsyun.baidu.com/index.php?title=webapi/appendix, by what they mean for us.
QUOTA = {4: Message("daily quota"), 301: Message("quota"), 302: Message("daily quota")}
TOO_FAST = frozenset({401, 402})
# Status 1 is both "server error" and, with this in its message, "no such place".
SERVER_ERROR, NO_SUCH_PLACE = 1, "无相关结果"


class Baidu:
    """The service as `geodata.web.client` asks it."""

    name = "baidu"
    title = "Baidu"
    url = "https://api.map.baidu.com/geocoding/v3/"
    key_variable = "ZONEGAP_BAIDU_KEY"
    rate_per_s = 2.0  # an individual's key has 3 a second
    max_bytes = 84

    def parameters(self, query: WebQuery, key: str) -> dict[str, str]:
        """Return the parameters of the request."""
        asked = {
            "address": query.text, "output": "json", "ret_coordtype": "gcj02ll", "ak": key,
        }  # fmt: skip
        return asked | {"city": query.city} if query.city else asked

    def read(self, body: Mapping[str, Any]) -> WebAnswer:
        """Return the result; see `geodata.web.answer.WebService`."""
        status = body.get("status")
        if isinstance(status, bool) or not isinstance(status, int):
            raise BadAnswerError(Message("its status is missing"))
        if status == SERVER_ERROR and NO_SUCH_PLACE in f"{body.get('msg')}{body.get('message')}":
            return nothing_found(DATUM)
        if status != 0:
            _fail(status)
        result = record(body.get("result"), "result")
        place = record(result.get("location"), "location")
        level = word(result.get("level"))
        confidence = number(result.get("confidence", 0), "confidence")
        error_km = next(
            (km for least, km in CONFIDENCE_KM if confidence >= least), UNKNOWN_LEVEL_KM
        )
        return WebAnswer(
            number(place.get("lng"), "longitude"), number(place.get("lat"), "latitude"), DATUM,
            level, "", max(LEVELS_KM.get(level, PREMISES_KM), error_km), as_json(result),
        )  # fmt: skip


def _fail(status: int) -> None:
    if status in QUOTA:
        raise WebStopError(
            Message(
                "the {quota} of the key is used up (status {status})",
                quota=QUOTA[status],
                status=status,
            )
        )
    if status in TOO_FAST:
        raise TryLaterError(
            Message("too many requests at once (status {status})", status=status), too_fast=True
        )
    if status == SERVER_ERROR:
        raise TryLaterError(Message("the service is busy (status 1)"))
    # the key, its kind, its white list, its services
    if status in {3, 5, 9, 101} or 200 <= status < 300:
        raise WebStopError(
            Message(
                "the key is refused (status {status}): it must be one for servers (服务端)",
                status=status,
            )
        )
    known = status if 0 <= status < 10**6 else Message("unknown")
    raise BadAnswerError(Message("the query was not accepted (status {code})", code=known))
