"""Text from tables as text in a page, whatever it holds; and pages with equal bytes."""

from __future__ import annotations

import re
from html import escape

import folium

# folium puts tooltips into template literals of its scripts: these three would end or open one
_SCRIPT_MARKS = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;"})
_RANDOM_ID = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")


def as_text(value: object) -> str:
    """Return a value so that it shows as text in markup and inside folium's scripts."""
    return escape(str(value)).translate(_SCRIPT_MARKS)


def stable_html(page: folium.Map) -> str:
    """Return the page of a map with its random element names replaced by numbers.

    folium gives each element a random 32-digit name; equal maps become equal bytes here.
    """
    html: str = page.get_root().render()
    numbers: dict[str, str] = {}
    return _RANDOM_ID.sub(lambda m: numbers.setdefault(m[0], f"{len(numbers):x}"), html)
