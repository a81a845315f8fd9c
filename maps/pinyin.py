"""Pinyin of place names whose English name is another word, so that a search finds both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from geodata.loaders import load_place_pinyin


@lru_cache
def _by_first_character() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, pinyin in load_place_pinyin().items():
        table[str(name)[0]].append((str(name), str(pinyin)))
    return dict(table)


def place_pinyin(text: str) -> str:
    """Return the pinyin of the places that a Chinese text names, space-separated, in its order.

    Examples
    --------
    >>> place_pinyin("拉萨经济技术开发区")
    'lasa'
    >>> place_pinyin("东丽经济技术开发区")  # Dongli is its English name
    ''
    """
    table = _by_first_character()
    found = (
        pinyin
        for at, character in enumerate(text)
        for name, pinyin in table.get(character, ())
        if text.startswith(name, at)
    )
    return " ".join(dict.fromkeys(found))


def pinyin_of(texts: Iterable[str]) -> dict[str, str]:
    """Return text -> its places' pinyin, without the texts that have none."""
    found = {text: place_pinyin(text) for text in dict.fromkeys(texts)}
    return {text: pinyin for text, pinyin in found.items() if pinyin}
