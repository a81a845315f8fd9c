"""A progress bar, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

import typer

Item = TypeVar("Item")


def progress_bar(items: Iterable[Item], length: int) -> Iterator[Item]:
    """Yield the items; where messages go to a terminal, with a bar in plain ASCII."""
    if not sys.stderr.isatty():
        yield from items
        return
    with typer.progressbar(items, length=length, label="asking", file=sys.stderr) as bar:
        yield from bar
