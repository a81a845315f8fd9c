"""Limits of files, held before anything is read into memory."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from geodata.errors import DataFileError
from geodata.messages import say

MAX_FILE_MB = 400
MAX_UNPACKED_MB = 2000
_MB = 1_000_000
# what zipfile raises on damaged files, as fuzzing found: negative offsets, names in no encoding
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, LookupError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip


def check_size(path: Path, limit_mb: float | None = None) -> None:
    """Refuse what is no file that can be read, and one over a limit (`MAX_FILE_MB` when None).

    Raises
    ------
    DataFileError
        Naming the file and the limit.
    """
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if stat.S_ISDIR(about.st_mode):
        text = say(
            "{path}: is a folder; accepted: an xlsx, xls, csv, tsv or parquet file", path=path
        )
        raise DataFileError(text)
    if not stat.S_ISREG(about.st_mode):
        # a pipe or device has no size, and may never end
        text = say("{path}: is no regular file; save it as one first", path=path)
        raise DataFileError(text)
    limit_mb = MAX_FILE_MB if limit_mb is None else limit_mb
    if about.st_size > limit_mb * _MB:
        text = say(
            "{path}: {size:,.0f} MB; accepted: up to {limit:g} MB",
            path=path, size=about.st_size / _MB, limit=limit_mb,
        )  # fmt: skip
        raise DataFileError(text)


def unreadable(path: Path, error: Exception) -> DataFileError:
    """Return the error of a file that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return DataFileError(say("{path}: no such file", path=path))
    why = getattr(error, "strerror", None) or error
    return DataFileError(say("{path}: cannot be read ({why})", path=path, why=why))


def check_archive(path: Path) -> None:
    """Refuse a packed file that is damaged or unpacks beyond the limit, unpacking into nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            check_unpacked(path, unpacked)
            # reads no more of an entry than its stated size, and its checksum fails if that lies
            damaged = archive.testzip()
    except _ZIP_ERRORS as error:
        text = say("{path}: a damaged xlsx file ({why})", path=path, why=error)
        raise DataFileError(text) from None
    if damaged is not None:
        text = say(
            "{path}: a damaged xlsx file (part {part} does not match its checksum)",
            path=path, part=damaged,
        )  # fmt: skip
        raise DataFileError(text)


def check_unpacked(path: Path, size: int) -> None:
    """Refuse what holds more bytes than the limit once unpacked."""
    if size > MAX_UNPACKED_MB * _MB:
        text = say(
            "{path}: unpacks to {size:,.0f} MB; accepted: up to {limit:g} MB",
            path=path, size=size / _MB, limit=MAX_UNPACKED_MB,
        )  # fmt: skip
        raise DataFileError(text)
