"""Get the answers to many queries: from the cache, and those it lacks from the web geocoder."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from geodata.errors import UsageError, how_to_install
from geodata.web.amap import AMap
from geodata.web.answer import (
    BadAnswerError,
    TryLaterError,
    WebAnswer,
    WebQuery,
    WebService,
    WebStopError,
)
from geodata.web.baidu import Baidu
from geodata.web.cache import AnswerCache, default_cache
from geodata.web.client import Clock, WebClient, find_key
from geodata.web.tianditu import Tianditu
from geodata.words import Listed, Message, Words

PROVIDERS = ("amap", "tianditu", "baidu")
# So many queries without an answer one after the other: the service is not there.
SILENT_QUERIES = 3

Progress = Callable[[Iterable[WebQuery], int], Iterable[WebQuery]]


@dataclass(frozen=True)
class WebOptions:
    """Which service, and how to ask it.

    Attributes
    ----------
    provider
        One of `PROVIDERS`.
    cache
        File of answers; None for the one in the user's cache folder.
    key_file
        Key file; None for the environment.
    rate_per_s
        Requests a second at most; None for the service's default.
    progress
        Wraps the queries still to be asked, given with their number: a progress bar.
    """

    provider: str
    cache: Path | None = None
    key_file: Path | None = None
    rate_per_s: float | None = None
    progress: Progress | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check the values; raises UsageError."""
        if self.provider not in PROVIDERS:
            raise UsageError(
                Message(
                    "provider: {provider!r}; accepted: {accepted}",
                    provider=self.provider,
                    accepted=Listed(PROVIDERS),
                )
            )
        if self.rate_per_s is not None and not 0 < self.rate_per_s < math.inf:
            raise UsageError(
                Message(
                    "rate: {rate}; accepted: requests a second, more than 0",
                    rate=self.rate_per_s,
                )
            )


def service_of(provider: str) -> WebService:
    """Return the service of a name in `PROVIDERS`."""
    services: dict[str, type[WebService]] = {"amap": AMap, "tianditu": Tianditu, "baidu": Baidu}
    return services[provider]()


class Answers(NamedTuple):
    """The answers to queries, and the failures.

    Attributes
    ----------
    found
        Answers by query.
    failed
        Causes by query, in words of ours.
    requests
        How many were sent.
    """

    found: dict[WebQuery, WebAnswer]
    failed: dict[WebQuery, Words]
    requests: int


def ask_all(
    queries: Sequence[WebQuery],
    service: WebService,
    options: WebOptions,
    clock: type[Clock] = Clock,
) -> Answers:
    """Return each query's answer from the cache or the service.

    Key and libraries are wanted only where the cache lacks an answer. Each answer is stored as
    it comes; failures are not.

    Parameters
    ----------
    queries
        Each once.
    service, options
        Whom to ask, and how.
    clock
        For tests.

    Raises
    ------
    WebStopError
        When the service stops answering; says how many queries are left.
    UsageError, DataFileError
        When key, libraries or cache are not usable.
    """
    with closing(AnswerCache(options.cache or _default_cache())) as cache:
        known = {query: cache.get(service.name, query) for query in queries}
        found = {query: answer for query, answer in known.items() if answer is not None}
        left = [query for query in queries if query not in found]
        if not left:
            return Answers(found, {}, 0)
        key = find_key(service.key_variable, options.key_file, os.environ)
        with closing(WebClient(service, key, options.rate_per_s, clock)) as client:
            failed, stop = _ask_left(left, client, cache, found, options.progress)
    if stop:
        raise WebStopError(
            Message(
                "{title} stopped: {stop}. {kept:,} of {queries:,} answers are kept in {path}, "
                "{left:,} are left. Nothing else is written; the same command later goes on "
                "from there.",
                title=service.title,
                stop=stop,
                kept=len(found),
                queries=len(queries),
                path=cache.path,
                left=len(queries) - len(found),
            )
        )
    return Answers(found, failed, client.requests)


def _ask_left(
    left: list[WebQuery],
    client: WebClient,
    cache: AnswerCache,
    found: dict[WebQuery, WebAnswer],
    progress: Progress | None,
) -> tuple[dict[WebQuery, Words], Words | None]:
    """Ask for what the cache lacks, fill it and `found`; return failures, and why it stopped."""
    failed: dict[WebQuery, Words] = {}
    silent = 0
    for query in progress(left, len(left)) if progress else left:
        try:
            answer = client.ask(query)
        except BadAnswerError as error:
            failed[query], silent = error.message, 0
        except TryLaterError as error:
            failed[query], silent = error.cause, silent + 1
            if silent == SILENT_QUERIES:
                return failed, error.cause
        except WebStopError as error:
            return failed, error.message
        else:
            cache.put(client.service.name, query, answer, client.today())
            found[query], silent = answer, 0
    return failed, None


def _default_cache() -> Path:
    try:
        return default_cache()
    except ImportError:
        raise UsageError(
            Message(
                "web geocoders need platformdirs: {command}",
                command=how_to_install("web"),
            )
        ) from None
