"""Ask one web geocoder: pace, retry, limits, and a key that gets out nowhere.

The key travels in the query of the URL, as all three services want it. HTTP libraries put URLs
into their exceptions and logs; so nothing of theirs leaves `_get`, whose outcome is plain data,
and their loggers are silent while it runs. Redirects are not followed: they would carry the key.
"""

from __future__ import annotations

import datetime
import email.utils
import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from geodata.errors import UsageError, how_to_install
from geodata.web.web_answer import (
    BadAnswerError,
    TryLaterError,
    WebAnswer,
    WebQuery,
    WebService,
    WebStopError,
)
from geodata.web.web_key import WebKey

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

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
    """What came of one request: plain text without the key. `failure` is "" where all is well."""

    failure: str
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
            text = f"web geocoders need {error.name}: {how_to_install('web')}"
            raise UsageError(text) from None
        self.service, self._key, self._clock = service, key, clock
        self.requests = 0
        self._pause_s = 1.0 / (rate_per_s or service.rate_per_s)
        self._next_s = clock.monotonic()
        try:
            self._http = httpx.Client(
                timeout=CHUNK_TIMEOUT_S,
                follow_redirects=False,
                headers={"Accept": "application/json", "User-Agent": "zonegap"},
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            text = "the proxy named in the environment cannot be used (HTTPS_PROXY, ALL_PROXY)"
            raise UsageError(text) from None
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
        text = (
            f"{cause}, still after {TRIES} tries: the quota is used up, or fewer a second are "
            "wanted (--rate)"
        )
        raise WebStopError(text)

    def today(self) -> str:
        """Return the day, YYYY-MM-DD in UTC."""
        return f"{self._clock.utc():%Y-%m-%d}"

    def _wait_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_s = error.wait_s if isinstance(error, TryLaterError) else 0.0
        return max(asked_s, self._backoff(state))

    def _ask_once(self, query: WebQuery) -> WebAnswer:
        self._keep_pace()
        with _silent():
            got = self._get(query)
        _check_status(got, self._clock)
        try:
            body = json.loads(got.body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, Mapping):
            text = "its answer is no JSON object"
            raise TryLaterError(text)
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
        """Send one request; no exception of the library leaves here, for each holds the URL."""
        import httpx

        self.requests += 1
        started_s = self._clock.monotonic()
        parameters = self.service.parameters(query, self._key.reveal())
        try:
            with self._http.stream("GET", self.service.url, params=parameters) as response:
                return self._receive(response, started_s)
        except httpx.TimeoutException:
            return _Outcome("no answer in time")
        except httpx.ConnectError as error:
            return _Outcome(f"no connection ({self._key.hide(str(error))[:200]})")
        except Exception as error:  # whatever it is, it may hold the URL
            return _Outcome(f"the connection failed ({type(error).__name__})")

    def _receive(self, response: httpx.Response, started_s: float) -> _Outcome:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                return _Outcome(f"its answer is longer than {MAX_BYTES:,} bytes", passes=False)
            if self._clock.monotonic() - started_s > ANSWER_TIMEOUT_S:
                return _Outcome("no answer in time")
        after = self._key.hide(response.headers.get("Retry-After", ""))
        text = self._key.hide(body.decode("utf-8-sig", "replace"))
        return _Outcome("", status=response.status_code, retry_after=after, body=text)


def _check_status(got: _Outcome, clock: type[Clock]) -> None:
    """Raise what the outcome of a request means, unless it is an answer to be read."""
    if got.failure and got.passes:
        raise TryLaterError(got.failure)
    if got.failure:
        raise BadAnswerError(got.failure)
    status = f"HTTP status {got.status}"
    if got.status == 429 or got.status >= 500:
        wait_s = _retry_after_s(got.retry_after, clock)
        if wait_s > LONGEST_WAIT_S:
            text = f"it asks to wait {wait_s:,.0f} s ({status})"
            raise WebStopError(text)
        cause = "too many requests" if got.status == 429 else "the service is busy"
        text = f"{cause} ({status})"
        raise TryLaterError(text, wait_s, too_fast=got.status == 429)
    if 300 <= got.status < 400:
        text = f"it redirects elsewhere ({status}), which would carry the key and is not followed"
        raise WebStopError(text)
    if got.status in {401, 403, 418}:
        text = f"the key is refused, or its quota is used up ({status})"
        raise WebStopError(text)
    if got.status != 200:
        text = f"the query was not accepted ({status})"
        raise BadAnswerError(text)


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
def _silent() -> Iterator[None]:
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
