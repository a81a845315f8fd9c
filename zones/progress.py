"""A progress bar, on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

import typer

from zones.words.console_words import message

Item = TypeVar("Item")
PARTS = 200  # a bar of a million rows need not move a million times


def on_terminal() -> bool:
    """Whether messages go to a terminal that can go back in its line."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def progress_bar(items: Iterable[Item], length: int) -> Iterator[Item]:
    """Yield the items; where messages go to a terminal, with a bar in plain ASCII.

    Parameters
    ----------
    items
        Anything that can be gone through once.
    length
        How many they are.
    """
    if not on_terminal():
        yield from items
        return
    every = max(1, length // PARTS)
    with typer.progressbar(length=length, label=message("working"), file=sys.stderr) as bar:
        for i, item in enumerate(items, start=1):
            yield item
            if i % every == 0:
                bar.update(every)
        bar.update(length % every)
