"""Answers of web geocoders in one SQLite file, so that nothing is asked twice.

Each answer is committed as it comes: whatever ends the process, answers already given stay.
Failures are never stored. The file can hold all services; a row is known by service, text of the
query and city. Positions are kept as given, with their datum.
"""

from __future__ import annotations

import math
import os
import sqlite3
from pathlib import Path

from geodata.errors import DataFileError, system_fault
from geodata.web.answer import WebAnswer, WebQuery
from geodata.words import Message, library_words

# the messages of the second quote a damaged file, which then is no text
FAULTS = (sqlite3.Error, UnicodeDecodeError)
APPLICATION_ID = 0x7A6F6E65  # "zone": tells our files from other SQLite databases
VERSION = 1
BUSY_S = 30.0
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    provider TEXT NOT NULL,
    query TEXT NOT NULL,
    city TEXT NOT NULL,
    lon REAL,
    lat REAL,
    datum TEXT NOT NULL,
    level TEXT NOT NULL,
    adcode TEXT NOT NULL,
    radius_km REAL,
    answer TEXT NOT NULL,
    asked_on TEXT NOT NULL,
    PRIMARY KEY (provider, query, city)
) WITHOUT ROWID
"""
_GET = (
    "SELECT lon, lat, datum, level, adcode, radius_km, answer FROM answers "
    "WHERE provider = ? AND query = ? AND city = ?"
)
_PUT = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class AnswerCache:
    """The cache file, opened.

    Parameters
    ----------
    path
        Made where it is missing, readable by its owner only: it holds the addresses asked for.

    Raises
    ------
    DataFileError
        When the file is no cache of ours, is damaged, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        except OSError as error:
            raise DataFileError(
                Message(
                    "{path}: cache cannot be opened ({why})",
                    path=path,
                    why=system_fault(error),
                )
            ) from None
        except FAULTS as error:
            raise self._failed(error) from None
        try:
            self._prepare()
        except FAULTS as error:
            self._db.close()
            raise self._failed(error) from None
        except DataFileError:
            self._db.close()
            raise

    def _prepare(self) -> None:
        found = self._db.execute("PRAGMA application_id").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if tables and (found, version) != (APPLICATION_ID, VERSION):
            raise DataFileError(
                Message(
                    "{path}: no cache of this version of zonegap; accepted: another file",
                    path=self.path,
                )
            )
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")
        self._db.execute(_TABLE)
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def get(self, provider: str, query: WebQuery) -> WebAnswer | None:
        """Return the stored answer, None where the query was never answered."""
        try:
            row = self._db.execute(_GET, (provider, query.text, query.city)).fetchone()
        except FAULTS as error:
            raise self._failed(error) from None
        if row is None:
            return None
        lon, lat, datum, level, adcode, radius_km, answer = row
        lon, lat, radius_km = (math.nan if v is None else v for v in (lon, lat, radius_km))
        return WebAnswer(lon, lat, datum, level, adcode, radius_km, answer)

    def put(self, provider: str, query: WebQuery, answer: WebAnswer, asked_on: str) -> None:
        """Store an answer and commit it.

        Parameters
        ----------
        provider, query, answer
            What was asked and said.
        asked_on
            Day, as YYYY-MM-DD; kept for those whose terms limit how long answers may be stored.
        """
        row = (
            provider, query.text, query.city, answer.lon, answer.lat, answer.datum, answer.level,
            answer.adcode, answer.radius_km, answer.raw, asked_on,
        )  # fmt: skip
        try:
            self._db.execute(_PUT, row)  # its own transaction; sqlite3 stores nan as NULL
        except FAULTS as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> DataFileError:
        instead = Message("damaged, open in another program, or the disk is full")
        why = library_words(error, instead)
        return DataFileError(Message("{path}: cache cannot be used{why}", path=self.path, why=why))


def default_cache() -> Path:
    """Return the file used where none is named, in the user's folder for caches."""
    from platformdirs import user_cache_path

    return user_cache_path("zonegap", appauthor=False) / "web_answers.sqlite"
