"""Asking web geocoders: their fields and codes, retries, pace, limits, stops; a stub answers."""

from __future__ import annotations

import datetime
import gzip
import json
import math
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from contextlib import closing, suppress
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geodata.web.client
from geodata.datum import wgs84_to_gcj02
from geodata.errors import UsageError
from geodata.web.answer import (
    BadAnswerError,
    TryLaterError,
    WebAnswer,
    WebQuery,
    WebService,
    WebStopError,
)
from geodata.web.ask import PROVIDERS, service_of
from geodata.web.client import TRIES, Clock, WebClient, WebKey
from tests.stub_geocoder import (
    KEY,
    Reply,
    Script,
    Stub,
    amap,
    amap_error,
    baidu,
    fake_clock,
    serve,
    tianditu,
)

QUERY = WebQuery("浙江省杭州市余杭区文一西路969号", "杭州市")
GOOD = {
    "amap": amap("120.02", "30.28"),
    "tianditu": tianditu("120.02", 30.28),
    "baidu": baidu(120.02, 30.28),
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def at(stub: Stub, provider: str = "amap") -> WebService:
    service = service_of(provider)
    service.url = stub.url
    return service


def ask(
    script: Script, provider: str = "amap", clock: type[Clock] | None = None
) -> tuple[WebAnswer, Stub]:
    with serve(script) as stub:
        client = WebClient(at(stub, provider), WebKey(KEY, "test"), 1000.0, clock or fake_clock())
        with closing(client):
            return client.ask(QUERY), stub


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_service_is_asked_and_read_as_documented(provider: str) -> None:
    answer, stub = ask(lambda asked, count: Reply(GOOD[provider]), provider)
    assert (answer.lon, answer.lat) == (120.02, 30.28)
    assert answer.radius_km <= 1.0
    assert stub.texts() == [QUERY.text]
    sent = stub.asked[0]
    assert KEY in {sent.get("key"), sent.get("tk"), sent.get("ak")}
    assert sent.get("ret_coordtype", "gcj02ll") == "gcj02ll"
    assert sent.get("city", "杭州市") == "杭州市"


def test_positions_are_brought_to_wgs84() -> None:
    there = wgs84_to_gcj02(120.0, 30.0)
    lon, lat = (float(v) for v in there)
    for datum, given_lon, given_lat in (("GCJ-02", lon, lat), ("WGS-84", 120.0, 30.0)):
        answer = WebAnswer(given_lon, given_lat, datum, "", "", 1.0, "")
        assert answer.wgs84() == pytest.approx((120.0, 30.0), abs=1e-7)
    # Baidu's own datum lies some 900 m further on
    lon, lat = WebAnswer(120.0, 30.0, "BD-09", "", "", 1.0, "").wgs84()
    assert 0.5 < math.hypot((lon - 120) * 96, (lat - 30) * 111) < 2.0


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("amap", {"status": "1", "infocode": "10000", "count": "0", "geocodes": []}),
        ("tianditu", {"status": "101", "msg": "no"}),
        ("baidu", {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}),
    ],
)
def test_nothing_found_is_an_answer(provider: str, body: dict[str, object]) -> None:
    answer, _ = ask(lambda asked, count: Reply(body), provider)
    assert not answer.found


@pytest.mark.parametrize(
    ("provider", "body", "words"),
    [
        *(
            ("amap", amap_error(code, f"no {KEY}"), f"used up (infocode {code})")
            for code in ("10003", "10044", "40000", "10010")
        ),
        *(
            ("amap", amap_error(code, f"no {KEY}"), f"refused (infocode {code})")
            for code in ("10001", "10009", "10013")
        ),
        ("baidu", {"status": 302, "message": f"天配额超限 {KEY}"}, "used up (status 302)"),
        ("baidu", {"status": 4, "message": "x"}, "used up (status 4)"),
        ("baidu", {"status": 200, "message": f"AK有误 {KEY}"}, "refused (status 200)"),
        ("baidu", {"status": 5, "message": "x"}, "refused (status 5)"),
    ],
)
def test_used_up_quotas_and_refused_keys_stop_at_once(
    provider: str, body: dict[str, object], words: str
) -> None:
    with pytest.raises(WebStopError) as caught:
        ask(lambda asked, count: Reply(body), provider)
    assert words in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "first",
    [
        Reply(status=429),
        Reply(status=500),
        Reply(status=503, body=b"<html>"),
        Reply(b'{"status": "1", "geoco', promised_bytes=900),
        Reply(b"not json"),
        Reply(b"[1, 2]"),
        Reply(b"\xff\xfe"),
        Reply(b"[" * 200_000),
        Reply(b'{"status": ' + b"9" * 5000 + b"}"),
        Reply(amap_error("10021")),
        Reply(amap_error("10016")),
    ],
    ids=("429 500 html cut-off no-json array no-utf8 deep huge-number too-fast busy".split()),
)
def test_what_passes_is_tried_again_with_growing_waits(first: Reply) -> None:
    clock = fake_clock()
    answer, stub = ask(
        lambda asked, count: first if count <= 3 else Reply(GOOD["amap"]), clock=clock
    )
    assert answer.found
    assert len(stub.asked) == 4
    waits = [s for s in clock.slept if s >= 0.5]
    assert len(waits) == 3
    for wait_s, least_s in zip(waits, (1, 2, 4), strict=True):
        assert least_s <= wait_s <= least_s + 1


@pytest.mark.parametrize("status", [1, 401, 402])
def test_a_busy_baidu_is_asked_again(status: int) -> None:
    busy = Reply({"status": status, "message": "x"})
    answer, stub = ask(
        lambda asked, count: busy if count <= 2 else Reply(GOOD["baidu"]), "baidu", fake_clock()
    )
    assert answer.found
    assert len(stub.asked) == 3


def test_retry_after_is_honoured_in_seconds_and_as_a_date() -> None:
    soon = Clock.utc() + datetime.timedelta(seconds=90)
    for value, least_s, most_s in (("17", 17, 17), (format_datetime(soon, usegmt=True), 80, 90)):
        clock = fake_clock()
        late = Reply(status=429, headers={"Retry-After": value})
        ask(
            lambda asked, count, late=late: late if count == 1 else Reply(GOOD["amap"]), clock=clock
        )
        assert least_s <= max(clock.slept) <= most_s


@pytest.mark.parametrize("value", ["", "soon", "-5", "٣", "Mon, 99 Foo", "1e9"])
def test_a_retry_after_that_says_nothing_is_passed_over(value: str) -> None:
    assert geodata.web.client._retry_after_s(value, Clock) == 0.0


@pytest.mark.parametrize("status", [401, 403, 418])
def test_a_refused_key_by_http_status(status: int) -> None:
    with pytest.raises(WebStopError, match=f"refused, or its quota .*{status}"):
        ask(lambda asked, count: Reply({"msg": KEY}, status=status), "tianditu")


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("amap", amap("nan", "30")),
        ("amap", amap("120", "inf")),
        ("amap", amap("east", "north")),
        ("amap", amap("1e999", "30")),
        ("amap", amap("120,30", "1")),
        ("amap", {"status": "1", "infocode": "10000", "geocodes": "no"}),
        ("amap", {"status": "1", "infocode": "10000", "geocodes": ["no"]}),
        ("amap", amap_error("30001")),
        ("amap", amap_error(f"<b>{KEY}</b>")),
        ("amap", {}),
        ("tianditu", tianditu(math.nan, 30.0)),
        ("tianditu", tianditu(True, 30.0)),
        ("tianditu", tianditu(None, [])),
        ("tianditu", {"status": "404"}),
        ("tianditu", {"status": "0"}),
        ("baidu", baidu("120.1x", 30)),
        ("baidu", baidu(10**400, 30)),
        ("baidu", baidu(120, 30, confidence="high")),
        ("baidu", {"status": "0"}),
        ("baidu", {"status": 0, "result": []}),
        ("baidu", {"status": -(10**30)}),
    ],
)
def test_wrong_values_fail_one_query_and_are_not_asked_again(
    provider: str, body: dict[str, object]
) -> None:
    with serve(lambda asked, count: Reply(body)) as stub:
        client = WebClient(at(stub, provider), WebKey(KEY, "test"), 1000.0, fake_clock())
        with closing(client), pytest.raises(BadAnswerError) as caught:
            client.ask(QUERY)
        assert len(stub.asked) == 1
    assert KEY not in str(caught.value)
    assert "<" not in str(caught.value)


def test_a_wrong_proxy_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://:x")
    with pytest.raises(UsageError, match="the proxy named in the environment"):
        WebClient(service_of("amap"), WebKey(KEY, "test"))


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx", None)
    with pytest.raises(UsageError, match=r'need httpx: python -m pip install "\.\[web\]"'):
        WebClient(service_of("amap"), WebKey(KEY, "test"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    "status infocode geocodes location level adcode lon lat lng result confidence msg".split()
)


@settings(max_examples=100, deadline=None)
@given(
    provider=st.sampled_from(PROVIDERS),
    change=st.dictionaries(FIELDS, JSON, max_size=4),
    inner=st.dictionaries(FIELDS, JSON, max_size=4),
)
def test_any_body_is_read_or_refused(
    provider: str, change: dict[str, object], inner: dict[str, object]
) -> None:
    body = {**GOOD[provider], **change}
    for name in ("location", "result"):
        if isinstance(body.get(name), dict):
            body[name] = {**body[name], **inner}
    if isinstance(body.get("geocodes"), list):
        body["geocodes"] = [inner, *body["geocodes"]]
    message, answer = "", None
    try:
        answer = service_of(provider).read(body)
    except (BadAnswerError, TryLaterError, WebStopError) as error:
        message = str(error)
    assert len(message) < 200
    assert (answer is None) == (message != "")
    if answer:
        assert math.isfinite(answer.lon) == math.isfinite(answer.lat) == answer.found


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


@pytest.mark.parametrize("layers", ["gzip", "gzip, gzip", "gzip, gzip, gzip", "deflate", "br"])
def test_a_compressed_bomb_is_not_unpacked(layers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thrice compressed, some hundred bytes become gigabytes."""
    bomb = b" " * 50_000_000
    for _ in layers.split(","):
        bomb = zlib.compress(bomb) if layers == "deflate" else gzip.compress(bomb)
    monkeypatch.setattr(geodata.web.client, "TRIES", 1)
    tracemalloc.start()
    try:
        with pytest.raises(TryLaterError, match=r"compressed, which was not|no JSON object"):
            ask(lambda asked, count: Reply(bomb, headers={"Content-Encoding": layers}))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_compressed_unasked_is_read() -> None:
    body = gzip.compress(json.dumps(GOOD["amap"]).encode())
    answer, _ = ask(lambda asked, count: Reply(body, headers={"Content-Encoding": "gzip"}))
    assert answer.found


class _Dripping:
    """A server that sends what it is given again and again, each time before patience ends."""

    def __init__(self, begin: bytes, again: bytes) -> None:
        self.begin, self.again = begin, again
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self.listener.accept()
                threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def _answer(self, one: socket.socket) -> None:
        with suppress(OSError), one:
            one.recv(65536)
            one.sendall(self.begin)
            for _ in range(400):
                one.sendall(self.again)
                time.sleep(0.05)


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
    ],
    ids="status header headers interim body chunks chunk-size no-length".split(),
)
def test_slow_bytes_have_an_end(
    begin: bytes, again: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geodata.web.client, "ANSWER_TIMEOUT_S", 0.5)
    monkeypatch.setattr(geodata.web.client, "TRIES", 1)
    server = _Dripping(begin, again)
    service = service_of("amap")
    service.url = server.url
    client = WebClient(service, WebKey(KEY, "test"), 1000.0)
    start = time.monotonic()
    with closing(client), pytest.raises((TryLaterError, BadAnswerError)) as caught:
        client.ask(QUERY)
    assert time.monotonic() - start < 10.0  # the server would go on for 20 s
    assert KEY not in str(caught.value)
    server.listener.close()


def test_a_second_answer_of_one_connection_has_an_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geodata.web.client, "TRIES", 1)
    with serve(
        lambda asked, count: Reply(GOOD["amap"]) if count == 1 else Reply(GOOD["amap"], delay_s=5.0)
    ) as stub:
        client = WebClient(at(stub), WebKey(KEY, "test"), 1000.0)
        with closing(client):
            client.ask(QUERY)
            monkeypatch.setattr(geodata.web.client, "ANSWER_TIMEOUT_S", 0.3)
            start = time.monotonic()
            with pytest.raises(TryLaterError):
                client.ask(QUERY)
            assert time.monotonic() - start < 4.0


@pytest.mark.parametrize(
    "reply",
    [
        b"no http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 500_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x00\x05hello",
    ],
)
def test_what_is_no_answer_of_http_is_a_failure_of_the_connection(
    reply: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geodata.web.client, "ANSWER_TIMEOUT_S", 0.5)
    monkeypatch.setattr(geodata.web.client, "TRIES", 1)
    server = _Dripping(reply, b"")
    service = service_of("amap")
    service.url = server.url
    client = WebClient(service, WebKey(KEY, "test"), 1000.0)
    with closing(client), pytest.raises(TryLaterError, match=r"the connection failed|in time"):
        client.ask(QUERY)
    server.listener.close()


def _tls_server(folder: Path) -> tuple[socket.socket, str]:
    """Return a server whose certificate nobody vouches for."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
               "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "k.pem",
               "-out", "c.pem"]  # fmt: skip
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate")
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def answer() -> None:
        with suppress(OSError):
            while True:
                one, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(one, server_side=True) as secure:
                    got.append(secure.recv(65536))

    threading.Thread(target=answer, daemon=True).start()
    return listener, f"https://localhost:{listener.getsockname()[1]}/"


def test_a_certificate_nobody_vouches_for_gets_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(geodata.web.client, "TRIES", 1)
    listener, url = _tls_server(tmp_path)
    service = service_of("amap")
    service.url = url
    client = WebClient(service, WebKey(KEY, "test"), 1000.0)
    with closing(client), pytest.raises(TryLaterError, match="no connection") as caught:
        client.ask(QUERY)
    assert KEY not in str(caught.value)
    listener.close()
    # and one that speaks no TLS at all
    with serve(lambda asked, count: Reply(GOOD["amap"])) as stub:
        service.url = stub.url.replace("http:", "https:")
        client = WebClient(service, WebKey(KEY, "test"), 1000.0)
        with closing(client), pytest.raises(TryLaterError, match="no connection"):
            client.ask(QUERY)
        assert stub.asked == []


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
