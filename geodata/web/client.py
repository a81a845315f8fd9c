"""Ask one web geocoder: pace, retry, limits, and a key that gets out nowhere.

The key comes from the environment or a file only its owner can read. It travels in the query of
the URL, as all three services want it. HTTP libraries put URLs into their exceptions and logs; so
nothing of theirs leaves `_get`, whose outcome is plain data, and their loggers are silent while it
runs. Redirects are not followed: they would carry the key.
"""

from __future__ import annotations

import datetime
import email.utils
import json
import logging
import os
import re
import socket
import stat
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geodata.errors import DataFileError, UsageError, how_to_install, system_fault
from geodata.web.answer import (
    BadAnswerError,
    TryLaterError,
    WebAnswer,
    WebQuery,
    WebService,
    WebStopError,
)
from geodata.words import Message, Words, library_words

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState


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
        When it is no key; the message never shows it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str, where: str) -> None:
        if not _KEY.fullmatch(value):
            raise UsageError(
                Message(
                    "{where}: no key; accepted: 16 to 128 letters, digits, - and _ on one line",
                    where=where,
                )
            )
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
        raise UsageError(
            Message(
                "no key: set the environment variable {variable}, or give --key-file FILE",
                variable=variable,
            )
        )
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
                raise UsageError(
                    Message("{file}: others can read it; accepted: chmod 600 {file}", file=file)
                )
            data = opened.read(_MAX_BYTES)
    except OSError as error:
        text = Message("{path}: cannot be read ({why})", path=file, why=system_fault(error))
        raise DataFileError(text) from None
    lines = data.decode("utf-8-sig", "replace").strip().splitlines()
    return lines[0].strip() if lines else ""


TRIES = 6
FIRST_WAIT_S, LAST_WAIT_S = 1.0, 60.0  # doubling; up to 1 s more at random
LONGEST_WAIT_S = 300.0  # a service that asks for more is not waited for
CHUNK_TIMEOUT_S, ANSWER_TIMEOUT_S = 10.0, 30.0
MAX_BYTES = 1_000_000  # an answer has some hundred bytes
_LIBRARIES = ("httpx", "httpcore", "hpack", "h11")


class Clock:
    """Time as the client needs it; tests bring their own."""

    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)
    utc = staticmethod(lambda: datetime.datetime.now(datetime.UTC))


class _Outcome(NamedTuple):
    """What came of one request: plain text without the key. `failure` is None where all is well."""

    failure: Words | None
    passes: bool = True
    status: int = 0
    retry_after: str = ""
    body: str = ""


class WebClient:
    """Asks one service, one request at a time.

    Parameters
    ----------
    service
        Which one.
    key
        Its key.
    rate_per_s
        Requests a second at most; None for the service's default.
    clock
        For tests.

    Raises
    ------
    UsageError
        When the libraries of the extra ``web`` are missing.
    """

    def __init__(
        self,
        service: WebService,
        key: WebKey,
        rate_per_s: float | None = None,
        clock: type[Clock] = Clock,
    ) -> None:
        try:
            import httpx
            import tenacity
        except ImportError as error:
            raise UsageError(
                Message(
                    "web geocoders need {library}: {command}",
                    library=error.name,
                    command=how_to_install("web"),
                )
            ) from None
        self.service, self._key, self._clock = service, key, clock
        self.requests = 0
        self._connection: socket.socket | None = None
        self._pause_s = 1.0 / (rate_per_s or service.rate_per_s)
        self._next_s = clock.monotonic()
        try:
            self._http = httpx.Client(
                timeout=CHUNK_TIMEOUT_S,
                follow_redirects=False,
                # some hundred bytes gain nothing by it, and a bomb is no longer than others
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                    "User-Agent": "zonegap",
                },
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            raise UsageError(
                Message(
                    "the proxy named in the environment cannot be used (HTTPS_PROXY, ALL_PROXY)"
                )
            ) from None
        self._again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            retry=tenacity.retry_if_exception_type(TryLaterError),
            wait=self._wait_s,
            sleep=clock.sleep,
            reraise=True,
        )
        self._backoff = tenacity.wait_exponential_jitter(FIRST_WAIT_S, LAST_WAIT_S, jitter=1.0)

    def close(self) -> None:
        """Close it."""
        self._http.close()

    def ask(self, query: WebQuery) -> WebAnswer:
        """Return the service's answer to one query.

        Raises
        ------
        BadAnswerError
            When this query has no usable answer.
        TryLaterError
            When the service did not answer after `TRIES` requests.
        WebStopError
            When there is no point in asking more: key refused, quota used up, asked to slow down
            again and again, redirected.
        """
        try:
            return self._again(self._ask_once, query)
        except TryLaterError as error:
            slow, cause = error.too_fast, error.cause
            if not slow:
                raise
        raise WebStopError(
            Message(
                "{cause}, still after {tries} tries: the quota is used up, or fewer a second "
                "are wanted (--rate)",
                cause=cause,
                tries=TRIES,
            )
        )

    def today(self) -> str:
        """Return the day, YYYY-MM-DD in UTC."""
        return f"{self._clock.utc():%Y-%m-%d}"

    def _wait_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_s = error.wait_s if isinstance(error, TryLaterError) else 0.0
        return max(asked_s, self._backoff(state))

    def _ask_once(self, query: WebQuery) -> WebAnswer:
        """Ask without a second try; the answer as it was read, without the key."""
        self._keep_pace()
        with _loggers_off():
            got = self._get(query)
        _check_status(got, self._clock)
        try:
            body = json.loads(got.body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, Mapping):
            raise TryLaterError(Message("its answer is no JSON object"))
        answer = self.service.read(body)
        # once more: JSON can spell the key in escapes
        hide = self._key.hide
        level, adcode, raw = hide(answer.level), hide(answer.adcode), hide(answer.raw)
        return replace(answer, level=level, adcode=adcode, raw=raw)

    def _keep_pace(self) -> None:
        wait_s = self._next_s - self._clock.monotonic()
        if wait_s > 0:
            self._clock.sleep(wait_s)
        self._next_s = self._clock.monotonic() + self._pause_s

    def _get(self, query: WebQuery) -> _Outcome:
        """Send one request; no exception of the library gets out, since each shows the URL."""
        import httpx

        self.requests += 1
        started_s = self._clock.monotonic()
        parameters = self.service.parameters(query, self._key.reveal())
        try:
            with (
                self._hung_up_late(),
                self._http.stream(
                    "GET",
                    self.service.url,
                    params=parameters,
                    extensions={"trace": self._note_connection},
                ) as response,
            ):
                return self._receive(response, started_s)
        except httpx.TimeoutException:
            return _Outcome(Message("no answer in time"))
        except httpx.ConnectError as error:
            return _Outcome(
                Message("no connection{why}", why=library_words(self._key.hide(str(error))[:200]))
            )
        except Exception as error:  # whatever it is, it may hold the URL
            return _Outcome(Message("the connection failed ({why})", why=type(error).__name__))

    def _note_connection(self, name: str, info: Mapping[str, Any]) -> None:
        """Keep the connection, told by the library as it is made: bare, then with TLS."""
        made = info.get("return_value")
        if name.endswith((".connect_tcp.complete", ".start_tls.complete")) and made is not None:
            self._connection = made.get_extra_info("socket")

    @contextmanager
    def _hung_up_late(self) -> Iterator[None]:
        """Hang up after the time of an answer; the library's limit begins anew with each byte."""

        def hang_up() -> None:
            if self._connection is not None:
                with suppress(OSError, ValueError):
                    self._connection.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(ANSWER_TIMEOUT_S, hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _receive(self, response: httpx.Response, started_s: float) -> _Outcome:
        """Read the body of an answer, up to the limits of length and time."""
        body = bytearray()
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            return _Outcome(Message("its answer is compressed, which was not asked for"))
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                return _Outcome(
                    Message("its answer is longer than {most:,} bytes", most=MAX_BYTES),
                    passes=False,
                )
            if self._clock.monotonic() - started_s > ANSWER_TIMEOUT_S:
                return _Outcome(Message("no answer in time"))
        if encoding == "gzip":  # some send it unasked: no more of it is unpacked than is read
            try:
                body = bytearray(zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES))
            except zlib.error:
                return _Outcome(Message("its answer is compressed, which was not asked for"))
        after = self._key.hide(response.headers.get("Retry-After", ""))
        text = self._key.hide(body.decode("utf-8-sig", "replace"))
        return _Outcome(None, status=response.status_code, retry_after=after, body=text)


def _check_status(got: _Outcome, clock: type[Clock]) -> None:
    """Raise the error that the status of a request means; nothing for an answer to be read."""
    if got.failure and got.passes:
        raise TryLaterError(got.failure)
    if got.failure:
        raise BadAnswerError(got.failure)
    status = Message("HTTP status {status}", status=got.status)
    if got.status == 429 or got.status >= 500:
        wait_s = _retry_after_s(got.retry_after, clock)
        if wait_s > LONGEST_WAIT_S:
            raise WebStopError(
                Message("it asks to wait {wait_s:,.0f} s ({status})", wait_s=wait_s, status=status)
            )
        cause = Message("the service is busy")
        if got.status == 429:
            cause = Message("too many requests")
        raise TryLaterError(
            Message("{cause} ({status})", cause=cause, status=status),
            wait_s,
            too_fast=got.status == 429,
        )
    if 300 <= got.status < 400:
        raise WebStopError(
            Message(
                "it redirects elsewhere ({status}), which would carry the key and is not followed",
                status=status,
            )
        )
    if got.status in {401, 403, 418}:
        raise WebStopError(
            Message("the key is refused, or its quota is used up ({status})", status=status)
        )
    if got.status != 200:
        raise BadAnswerError(Message("the query was not accepted ({status})", status=status))


def _retry_after_s(header: str, clock: type[Clock]) -> float:
    """Return the seconds of a Retry-After header, given in seconds or as a date (RFC 9110)."""
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        until = email.utils.parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return 0.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, (until - clock.utc()).total_seconds())


@contextmanager
def _loggers_off() -> Iterator[None]:
    """Turn off the loggers of the HTTP libraries, which write the URL."""
    names: list[Any] = [n for n in logging.root.manager.loggerDict if n.split(".")[0] in _LIBRARIES]
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
