"""Compile functions with numba, kept on disk so that the next process starts at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function: without fast-math, so that its bits are those of the written formula.

    It runs without Python's lock, so plain threads share the cores. Where no folder can be
    written for the cache, it is compiled anew in each process.
    """
    try:
        return numba.njit(nogil=True, cache=True, error_model="numpy")(function)  # type: ignore[no-any-return]
    except RuntimeError:  # no place for the cache
        return numba.njit(nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]
