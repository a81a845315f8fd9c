"""The errors a user can cause; each ends the command with its own exit code."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from geodata.words import Foreign, Listed, Message, Words

if TYPE_CHECKING:
    pass


class ZonegapError(Exception):
    """Base of all errors that are shown as one message, without a traceback.

    Parameters
    ----------
    message
        A sentence with its facts; it is put into a language where it is shown.
    """

    exit_code = 1

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        """Return the message in the language in use."""
        return str(self.message)


class DataFileError(ZonegapError):
    """A file cannot be found, read, or is not what the registry says."""

    exit_code = 3


class BadInputError(ZonegapError):
    """A table holds values that are not accepted.

    Parameters
    ----------
    file
        Path or name of the table.
    faults
        One message a fault: row, column, value, and what is accepted.
    """

    exit_code = 3
    SHOWN = 20

    def __init__(self, file: str, faults: Sequence[Words]) -> None:
        self.file, self.faults = file, list(faults)
        super().__init__(Faults(file, self.faults, self.SHOWN))

    def __reduce__(self) -> tuple[type[BadInputError], tuple[str, list[Words]]]:
        """Let the error travel between processes."""
        return type(self), (self.file, self.faults)


class Faults(Words):
    """The first faults of a file, a line each, and how many more there are."""

    __slots__ = ("faults", "file", "shown")

    def __init__(self, file: str, faults: Sequence[Words], shown: int) -> None:
        self.file, self.faults, self.shown = file, faults, shown

    def in_language(self, language: str) -> str:
        """Return the lines in a language."""
        lines = [
            Message("{file}: {fault}", file=self.file, fault=fault)
            for fault in self.faults[: self.shown]
        ]
        more = len(self.faults) - self.shown
        if more > 0:
            rest = Message("and {more} more of {faults} faults", more=more, faults=len(self.faults))
            lines.append(Message("{file}: {fault}", file=self.file, fault=rest))
        return "\n".join(line.in_language(language) for line in lines)


class UsageError(ZonegapError, ValueError):
    """An option, an argument or a key of the study file is wrong."""

    exit_code = 2


class FontError(ZonegapError):
    """No installed font has the characters a figure needs."""


# what the system says most often when it does not give a file
_SYSTEM_FAULTS = {
    errno.ENOENT: Message("No such file or directory"),
    errno.EACCES: Message("Permission denied"),
    errno.EPERM: Message("Operation not permitted"),
    errno.EISDIR: Message("Is a directory"),
    errno.ENOTDIR: Message("Not a directory"),
    errno.ENOTEMPTY: Message("Directory not empty"),
    errno.EEXIST: Message("File exists"),
    errno.ENOSPC: Message("No space left on device"),
    errno.EROFS: Message("Read-only file system"),
    errno.ENAMETOOLONG: Message("File name too long"),
    errno.EBUSY: Message("Device or resource busy"),
    errno.EMFILE: Message("Too many open files"),
    errno.EFBIG: Message("File too large"),
    errno.EDQUOT: Message("Disk quota exceeded"),
    errno.EIO: Message("Input/output error"),
    errno.ELOOP: Message("Too many levels of symbolic links"),
}


def system_fault(error: BaseException) -> Words:
    """Return the system's fault with a file, in our words where we have them."""
    number, said = getattr(error, "errno", None), getattr(error, "strerror", None)
    if number in _SYSTEM_FAULTS and said in (None, os.strerror(number)):
        return _SYSTEM_FAULTS[number]
    if isinstance(said, Words):  # an error of our own
        return said
    if number is None:
        return Foreign(said or error, Message("the system gives no cause"))
    return Foreign(said or error, Message("system error {number}", number=number))


def how_to_install(extra: str) -> Message:
    """Return how an extra of this package is installed; it is on no index, so from its source.

    Double quotes, since Windows' cmd knows no others.
    """
    command = f'python -m pip install ".[{extra}]"'
    return Message("{command} in the source folder of zonegap", command=command)


def missing_columns(missing: Iterable[str], there: Iterable[object]) -> list[Words]:
    """Return one fault for each column that a table lacks, naming those that are there."""
    have = Listed(map(str, there))
    return [
        Message("column {column!r} is missing; columns: {have}", column=name, have=have)
        for name in missing
    ]


def not_accepted(name: object, value: object, accepted: object) -> Message:
    """Return the commonest fault: which option or key, what it was, what is accepted."""
    return Message(
        "{name}: {value!r}; accepted: {accepted}", name=name, value=value, accepted=accepted
    )
