"""Tianditu (天地图) geocoding: CGCS2000, taken as WGS-84.

Fields as documented at http://lbs.tianditu.gov.cn/server/geocodinginterface.html: request ``ds``
(JSON with ``keyWord``) and ``tk``; answer ``status`` ("0" done, "101" nothing found, "404"
failed), ``location`` with ``lon``, ``lat``, ``level`` (optional), ``score``. CGCS2000 and WGS-84
differ by less than a metre. Refused keys and used-up quotas come as HTTP 403, 418 and 429.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.web.answer import (
    UNKNOWN_LEVEL_KM,
    BadAnswerError,
    WebAnswer,
    WebQuery,
    as_json,
    nothing_found,
    number,
    record,
    word,
)
from geodata.words import Message

DATUM = "WGS-84"
# The documents list no levels; these were seen in answers. Radii are judgements, in km.
LEVELS_KM = {
    "省": 300.0, "市": 40.0, "区县": 15.0, "乡镇": 8.0, "村庄": 3.0, "道路": 5.0, "地名地址": 5.0,
    "兴趣点": 1.0, "门址": 0.5, "门牌号": 0.5,
}  # fmt: skip


class Tianditu:
    """The service as `geodata.web.client` asks it."""

    name = "tianditu"
    title = "Tianditu"
    url = "https://api.tianditu.gov.cn/geocoder"
    key_variable = "ZONEGAP_TIANDITU_KEY"
    rate_per_s = 2.0  # no limit is documented
    max_bytes = 600  # no limit is documented

    def parameters(self, query: WebQuery, key: str) -> dict[str, str]:
        """Return the parameters of the request; without the city, for which there is no field."""
        return {"ds": as_json({"keyWord": query.text}), "tk": key}

    def read(self, body: Mapping[str, Any]) -> WebAnswer:
        """Return the location; see `geodata.web.answer.WebService`."""
        status = str(body.get("status", ""))
        if status == "101":
            return nothing_found(DATUM)
        if status != "0":
            known = status if status.isascii() and status.isdigit() and len(status) <= 6 else "?"
            raise BadAnswerError(Message("the query was not accepted (status {code})", code=known))
        place = record(body.get("location"), "location")
        level = word(place.get("level"))
        return WebAnswer(
            number(place.get("lon"), "longitude"), number(place.get("lat"), "latitude"), DATUM,
            level, "", LEVELS_KM.get(level, UNKNOWN_LEVEL_KM), as_json(place),
        )  # fmt: skip
