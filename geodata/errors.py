"""The errors a user can cause; each ends the command with its own exit code."""

from __future__ import annotations

from geodata.messages import say


class ZonegapError(Exception):
    """Base of all errors that are shown as one message, without a traceback."""

    exit_code = 1


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
        One line a fault: row, column, value, and what is accepted.
    """

    exit_code = 3
    SHOWN = 20

    def __init__(self, file: str, faults: list[str]) -> None:
        self.file = file
        self.faults = faults
        more = len(faults) - self.SHOWN
        lines = [f"{file}: {fault}" for fault in faults[: self.SHOWN]]
        if more > 0:
            rest = say("and {more} more of {faults} faults", more=more, faults=len(faults))
            lines.append(f"{file}: {rest}")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[BadInputError], tuple[str, list[str]]]:
        """Let the error travel between processes."""
        return type(self), (self.file, self.faults)


class UsageError(ZonegapError, ValueError):
    """An option, an argument or a key of the study file is wrong."""

    exit_code = 2


def how_to_install(extra: str) -> str:
    """Return how an extra of this package is installed; it is on no index, so from its source.

    Double quotes, since Windows' cmd knows no others.
    """
    return f'python -m pip install ".[{extra}]" in the source folder of zonegap'


class FontError(ZonegapError):
    """No installed font has the characters a figure needs."""
