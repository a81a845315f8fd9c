"""Background tiles: names, keys, datum, and what is refused."""

from __future__ import annotations

import re

import pytest

from geodata.errors import UsageError
from maps.tiles import KEY_VARIABLE, tile_source


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def test_tianditu_wants_a_key_and_lines_up_with_wgs84(monkeypatch: pytest.MonkeyPatch) -> None:
    source = tile_source("tianditu", "a key&")
    assert source.datum == "WGS-84"
    assert len(source.urls) == 2
    assert all(url.endswith("&tk=a%20key%26") for url in source.urls)
    assert all(mark in url for url in source.urls for mark in ("{x}", "{y}", "{z}", "{s}"))
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    assert tile_source("tianditu").urls[0].endswith("tk=secret")


def test_amap_is_gcj02_and_a_url_is_what_the_user_says() -> None:
    assert tile_source("amap").datum == "GCJ-02"
    url = "https://{s}.example.org/{z}/{x}/{y}.png"
    assert tile_source(url).credit == "example.org"
    mine = tile_source(f"{url}?k={{key}}", "1", credit="Mine", datum="GCJ-02")
    assert (mine.credit, mine.datum, mine.urls[0][-4:]) == ("Mine", "GCJ-02", "?k=1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("osm",), "accepted: tianditu, amap, or a URL"),
        (("tianditu",), "option --tiles-key or environment variable ZONEGAP_TILES_KEY"),
        (("https://example.org/{z}/{x}.png",), "lacks {y}"),
        (("javascript:alert(1)/{z}{x}{y}",), "accepted: tianditu, amap, or a URL"),
        (("https://a.org/{z}/{x}/{y}?{key}",), "need a key"),
        (("amap", None, None, "WGS-84"), "a datum of their own"),
        (("https://a.org/{z}/{x}/{y}", None, None, "BD-09"), "accepted: WGS-84, GCJ-02"),
    ],
)
def test_wrong_tiles_are_named(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        tile_source(*options)
