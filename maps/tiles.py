"""Background tiles on demand: where they come from, their credit, their datum."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from geodata.errors import UsageError
from geodata.words import Listed, Message, Words

KEY_VARIABLE = "ZONEGAP_TILES_KEY"
TILE_DATUMS = ("WGS-84", "GCJ-02")  # no service of tiles in BD-09 is known here

# The national platform: CGCS2000, within decimetres of WGS-84; layers vec (map), cva (names)
_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}"
    "&TILECOL={{x}}&tk={{key}}"
)
# AMap: GCJ-02; an address that is found on other people's pages only
_AMAP = (
    "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8"
    "&x={x}&y={y}&z={z}"
)
_UNDOCUMENTED = Message(
    "Tiles amap: undocumented address; AMap's terms do not, as far as we know, allow it; not for "
    "publication."
)
NAMES = ("tianditu", "amap")


@dataclass(frozen=True)
class TileSource:
    """Tiles of a background.

    Attributes
    ----------
    urls
        Templates with ``{x}``, ``{y}``, ``{z}`` and perhaps ``{s}``; the first lies lowest.
    credit
        Text that is always shown with them.
    datum
        ``WGS-84`` or ``GCJ-02``; points and lines are shifted to the latter.
    subdomains
        Of ``{s}``, one character each.
    approval
        Their map review number (审图号), "" where none is given.
    caution
        What stands against their use, None where nothing is known.
    """

    urls: tuple[str, ...]
    credit: str
    datum: str = "WGS-84"
    subdomains: str = "abc"
    approval: str = ""
    caution: Words | None = None


def tile_source(
    name: str,
    key: str | None = None,
    credit: str | None = None,
    datum: str | None = None,
    approval: str | None = None,
) -> TileSource:
    """Return the tiles of a name or a URL template.

    Parameters
    ----------
    name
        ``tianditu``, ``amap``, or a URL with ``{x}``, ``{y}``, ``{z}``, perhaps ``{s}``, ``{key}``.
    key
        The service's key; the environment variable ZONEGAP_TILES_KEY without one.
    credit, datum
        Of a URL: what is shown with the tiles (its host without one), and ``WGS-84`` or ``GCJ-02``.
    approval
        Their map review number (审图号), shown with their credit.

    Raises
    ------
    UsageError
        For an unknown name, a URL without its marks, or a missing key.
    """
    key = key or os.environ.get(KEY_VARIABLE) or None
    if datum not in (None, *TILE_DATUMS):
        raise UsageError(
            Message(
                "tiles datum: {datum!r}; accepted: {accepted}",
                datum=datum,
                accepted=Listed(TILE_DATUMS),
            )
        )
    if name in NAMES and (credit or datum):
        raise UsageError(
            Message(
                "tiles {name!r} have a credit and a datum of their own; give these with a URL only",
                name=name,
            )
        )
    if name == "tianditu":
        urls = tuple(_TIANDITU.format(layer=layer) for layer in ("vec", "cva"))
        source = TileSource(urls, "天地图 Tianditu, www.tianditu.gov.cn", "WGS-84", "01234567")
    elif name == "amap":
        credit = "高德地图 AMap, www.amap.com"
        source = TileSource((_AMAP,), credit, "GCJ-02", "1234", caution=_UNDOCUMENTED)
    else:
        source = _from_url(name, credit, datum)
    if "{key}" in source.urls[0]:
        if key is None:
            raise UsageError(
                Message(
                    "tiles {name!r} need a key: option --tiles-key or environment variable "
                    "{variable}; Tianditu gives one free of charge at console.tianditu.gov.cn",
                    name=name,
                    variable=KEY_VARIABLE,
                )
            )
        urls = tuple(url.replace("{key}", quote(key, safe="")) for url in source.urls)
        source = replace(source, urls=urls)
    return replace(source, approval=(approval or "").strip())


def _from_url(url: str, credit: str | None, datum: str | None) -> TileSource:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:  # a bracket that is not closed
        host = None
    if not host:
        raise UsageError(
            Message(
                "tiles: {url!r}; accepted: {accepted}, or a URL https://.../{{z}}/{{x}}/{{y}}",
                url=url,
                accepted=Listed(NAMES),
            )
        )
    missing = [mark for mark in ("{x}", "{y}", "{z}") if mark not in url]
    if missing:
        raise UsageError(
            Message(
                "tiles: {url!r} lacks {missing}; accepted: https://.../{{z}}/{{x}}/{{y}}",
                url=url,
                missing=Listed(missing),
            )
        )
    return TileSource((url,), credit or host.replace("{s}.", ""), datum or "WGS-84")
