"""Web geocoders that are slow, endless, gone, or want too much patience."""

from __future__ import annotations

from contextlib import closing

import pytest

import geodata.web.client
from geodata.web.answer import (
    BadAnswerError,
    TryLaterError,
    WebStopError,
)
from geodata.web.client import TRIES, Clock, WebClient, WebKey
from tests.stub_geocoder import (
    KEY,
    Reply,
    amap_error,
    fake_clock,
    serve,
)
from tests.test_web_client import (
    GOOD,
    QUERY,
    _no_proxy,  # noqa: F401
    ask,
    at,
)


def test_a_wait_of_an_hour_is_not_waited_for() -> None:
    with pytest.raises(WebStopError, match=r"asks to wait 3,600 s \(HTTP status 429\)"):
        ask(lambda asked, count: Reply(status=429, headers={"Retry-After": "3600"}))


def test_a_minutes_block_is_waited_for() -> None:
    clock = fake_clock()
    ask(
        lambda asked, count: Reply(amap_error("10004") if count == 1 else GOOD["amap"]), clock=clock
    )
    assert max(clock.slept) == 60.0


def test_tries_end() -> None:
    with serve(lambda asked, count: Reply(status=500)) as stub:
        client = WebClient(at(stub), WebKey(KEY, "test"), 1000.0, fake_clock())
        with closing(client), pytest.raises(TryLaterError, match="HTTP status 500"):
            client.ask(QUERY)
        assert len(stub.asked) == TRIES
    with pytest.raises(WebStopError, match="still after 6 tries: the quota is used up, or fewer"):
        ask(lambda asked, count: Reply(amap_error("10020")))


def test_a_slow_service_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geodata.web.client, "CHUNK_TIMEOUT_S", 0.1)
    monkeypatch.setattr(geodata.web.client, "TRIES", 2)
    with pytest.raises(TryLaterError, match="no answer in time"):
        ask(lambda asked, count: Reply(GOOD["amap"], delay_s=0.4))


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(Clock):
        now = 0.0
        sleep = staticmethod(lambda seconds: None)

        @classmethod
        def monotonic(cls) -> float:
            cls.now += 40.0
            return cls.now

    monkeypatch.setattr(geodata.web.client, "TRIES", 2)
    with pytest.raises(TryLaterError, match="no answer in time"):
        ask(lambda asked, count: Reply(b" " * 900_000), clock=Late)


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    with pytest.raises(BadAnswerError, match="longer than 1,000,000 bytes"):
        ask(lambda asked, count: Reply(b" " * 30_000_000))


def test_redirects_are_not_followed_for_they_carry_the_key() -> None:
    with serve(lambda asked, count: Reply(GOOD["amap"])) as other:
        away = Reply(status=302, headers={"Location": f"{other.url}?key={KEY}"})
        with pytest.raises(WebStopError, match="redirects elsewhere"):
            ask(lambda asked, count: away)
        assert other.asked == []


def test_no_connection() -> None:
    with serve(lambda asked, count: Reply()) as stub:
        service = at(stub)
    client = WebClient(service, WebKey(KEY, "test"), 1000.0, fake_clock())
    with closing(client), pytest.raises(TryLaterError, match="no connection"):
        client.ask(QUERY)
    assert client.requests == TRIES


def test_pace() -> None:
    clock = fake_clock()
    with serve(lambda asked, count: Reply(GOOD["amap"])) as stub:
        client = WebClient(at(stub), WebKey(KEY, "test"), 4.0, clock)
        with closing(client):
            for _ in range(9):
                client.ask(QUERY)
    assert clock.monotonic() == pytest.approx(8 / 4.0)
