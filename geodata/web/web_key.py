"""The key of a web geocoder: from the environment or a file only its owner can read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from geodata.errors import DataFileError, UsageError
from geodata.messages import say

_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")
_MAX_BYTES = 4096


class WebKey:
    """A key that shows itself nowhere: not in ``repr``, not in ``str``, not in a pickle.

    Parameters
    ----------
    value
        16 to 128 letters, digits, ``-`` and ``_``.
    where
        Where it comes from, for messages.

    Raises
    ------
    UsageError
        When it is no key; the message never holds it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str, where: str) -> None:
        if not _KEY.fullmatch(value):
            text = f"{where}: no key; accepted: 16 to 128 letters, digits, - and _ on one line"
            raise UsageError(text)
        self._value = value

    def __repr__(self) -> str:
        """Return a text without the key."""
        return "WebKey(hidden)"

    def __reduce__(self) -> str:
        """Refuse to be pickled."""
        text = "a key is not written anywhere"
        raise TypeError(text)

    def reveal(self) -> str:
        """Return the key, to be put into a request."""
        return self._value

    def hide(self, text: str) -> str:
        """Return a text without the key."""
        return text.replace(self._value, "(key)")


def find_key(variable: str, file: Path | None, environment: Mapping[str, str]) -> WebKey:
    """Return the key of a file, or of the environment where no file is given.

    Parameters
    ----------
    variable
        Name in the environment, e.g. ``ZONEGAP_AMAP_KEY``.
    file
        Key file: the key on its first line.
    environment
        Usually ``os.environ``.

    Raises
    ------
    UsageError
        When there is no key, or others can read the file.
    DataFileError
        When the file cannot be read.
    """
    if file is not None:
        return WebKey(_first_line(file), str(file))
    value = environment.get(variable, "").strip()
    if not value:
        text = f"no key: set the environment variable {variable}, or give --key-file FILE"
        raise UsageError(text)
    return WebKey(value, variable)


def permissions_are_checked() -> bool:
    """Whether the system tells who can read a file by its mode (not so on Windows)."""
    return os.name == "posix"


def _first_line(file: Path) -> str:
    try:
        # the opened file is asked, so that it cannot be changed for another one in between
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if permissions_are_checked() and mode & (stat.S_IRWXG | stat.S_IRWXO):
                text = f"{file}: others can read it; accepted: chmod 600 {file}"
                raise UsageError(text)
            data = opened.read(_MAX_BYTES)
    except OSError as error:
        text = say("{path}: cannot be read ({why})", path=file, why=error.strerror)
        raise DataFileError(text) from None
    lines = data.decode("utf-8-sig", "replace").strip().splitlines()
    return lines[0].strip() if lines else ""
