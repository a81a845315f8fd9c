"""Compile functions with numba, kept on disk so that the next process starts at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function: without fast-math, so that its bits are those of the written formula.

    It runs without Python's lock, so plain threads share the cores. Where no folder can be
    written for the cache, it is compiled anew in each process.
    """
    try:
        made = numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:  # no place for the cache
        made = numba.njit(function, nogil=True, error_model="numpy")
    return cast(F, made)
