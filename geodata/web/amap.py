"""AMap (高德) geocoding, Web service API v3: GCJ-02.

Fields as documented at https://lbs.amap.com/api/webservice/guide/api/georegeo: request ``key``,
``address``, ``city`` (name, pinyin, citycode or adcode; county-level cities are not supported),
``output``; answer ``status`` ("1" done, "0" failed), ``infocode``, ``geocodes`` with
``location`` ("lon,lat"), ``level``, ``adcode``. An empty field comes as ``[]``.
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
# Levels of 7 December 2023, https://lbs.amap.com/news/geocoder_api. Radii in km are judgements
# about the size of the thing matched, not calibrated.
LEVELS_KM = {
    "国家": 2000.0, "省": 300.0, "市": 40.0, "区县": 15.0, "开发区": 6.0, "乡镇": 8.0,
    "村庄": 3.0, "热点商圈": 2.0, "道路": 5.0, "小巷": 1.0, "道路交叉路口": 1.0, "兴趣点": 1.0,
    "公交地铁站点": 1.0, "住宅区": 1.0, "门牌号": 0.5, "门址": 0.5, "单元号": 0.5, "楼层": 0.5,
    "房间": 0.5,
}  # fmt: skip
# Codes of https://lbs.amap.com/api/webservice/guide/tools/info, by what they mean for us.
DONE = "10000"
QUOTA = {
    "10003": Message("daily quota of the key"),
    "10010": Message("quota of this network address"),
    "10029": Message("daily quota of the key"),
    "10044": Message("daily quota of the account"),
    "10045": Message("daily quota of the account"),
    "40000": Message("balance of the account"),
    "40002": Message("purchased service"),
    "40003": Message("balance of the account"),
}
TOO_FAST = frozenset("10004 10014 10015 10019 10020 10021".split())
MINUTE_BLOCK, MINUTE_S = "10004", 60.0  # lifted in the next minute
BUSY = frozenset("10016 10017 20003".split())
KEY = frozenset("10001 10002 10005 10006 10007 10008 10009 10011 10012 10013 10026 10041".split())


class AMap:
    """The service as `geodata.web.client` asks it."""

    name = "amap"
    title = "AMap"
    url = "https://restapi.amap.com/v3/geocode/geo"
    key_variable = "ZONEGAP_AMAP_KEY"
    rate_per_s = 2.0  # an individual's key has 3 a second
    max_bytes = 600  # no limit is documented

    def parameters(self, query: WebQuery, key: str) -> dict[str, str]:
        """Return the parameters of the request."""
        asked = {"address": query.text, "output": "JSON", "key": key}
        return asked | {"city": query.city} if query.city else asked

    def read(self, body: Mapping[str, Any]) -> WebAnswer:
        """Return the first geocode; see `geodata.web.answer.WebService`."""
        code = str(body.get("infocode", ""))
        if str(body.get("status")) != "1":
            _fail(code)
        geocodes = body.get("geocodes")
        if not isinstance(geocodes, list):
            raise BadAnswerError(Message("its geocodes are missing"))
        if not geocodes:
            return nothing_found(DATUM)
        best = record(geocodes[0], "first geocode")
        parts = word(best.get("location")).split(",")
        if len(parts) != 2:
            raise BadAnswerError(Message("its location is no pair of numbers"))
        level = word(best.get("level"))
        return WebAnswer(
            number(parts[0], "longitude"), number(parts[1], "latitude"), DATUM, level,
            word(best.get("adcode")), LEVELS_KM.get(level, UNKNOWN_LEVEL_KM), as_json(best),
        )  # fmt: skip


def _fail(code: str) -> None:
    if code in QUOTA:
        raise WebStopError(
            Message("the {quota} is used up (infocode {code})", quota=QUOTA[code], code=code)
        )
    if code in KEY:
        raise WebStopError(
            Message(
                "the key is refused (infocode {code}): it must be one for Web services (Web服务)",
                code=code,
            )
        )
    if code in TOO_FAST:
        wait_s = MINUTE_S if code == MINUTE_BLOCK else 0.0
        raise TryLaterError(
            Message("too many requests (infocode {code})", code=code), wait_s, too_fast=True
        )
    if code in BUSY:
        raise TryLaterError(Message("the service is busy (infocode {code})", code=code))
    known = code if code.isascii() and code.isdigit() and len(code) <= 6 else Message("unknown")
    raise BadAnswerError(Message("the query was not accepted (infocode {code})", code=known))
