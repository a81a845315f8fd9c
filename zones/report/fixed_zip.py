"""Zip archives that are equal when their contents are: one date, one system, one order."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path


def write_fixed_zip(raw: io.BytesIO, path: Path) -> None:
    """Write an archive held in memory to a file, without its dates and its maker's system.

    Parameters
    ----------
    raw
        The archive, such as an Office document.
    path
        The file to write.
    """
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = zipfile.ZipInfo(name)
            part.create_system = 0
            new.writestr(part, old.read(name), zipfile.ZIP_DEFLATED)
