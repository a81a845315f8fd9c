"""Texts of tables stay text in a page, whatever they say; pages are equal to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

import folium
from branca.element import Element
from jinja2 import Template

# folium puts some text into template literals of its scripts: these three would end or open one
_SCRIPT_MARKS = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;"})
# inside a script element "<" could end it; the two separators end a line in older scripts
_JSON_MARKS = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Verbatim(Element):
    """Text put into a page unchanged; branca's own Element would run it as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def as_text(value: object) -> str:
    """Return a value so that it shows as text in markup and inside folium's scripts."""
    return escape(str(value)).translate(_SCRIPT_MARKS)


def script_json(data: object) -> str:
    """Return data as JSON that no content can lead out of a script element.

    Raises
    ------
    ValueError
        When a value is nan or infinity, which JSON does not have.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_JSON_MARKS)


def stable_html(page: folium.Map) -> str:
    """Return the page of a map with its random element names replaced by numbers.

    folium gives each element a random 32-digit name; equal maps become equal bytes here.
    """
    root = page.get_root()
    html: str = root.render()
    for number, name in enumerate(dict.fromkeys(_names(root))):
        html = html.replace(f"_{name}", f"_{number:x}")
    return html


def _names(element: Element) -> Iterator[str]:
    yield element._id
    parts = [getattr(element, part, None) for part in ("header", "html", "script")]
    for child in [*element._children.values(), *parts]:
        if isinstance(child, Element):
            yield from _names(child)
