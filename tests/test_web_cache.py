"""Answers are kept: across runs, kills and stops; nothing is asked twice; the file is ours."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from geodata.errors import DataFileError, UsageError
from geodata.web.answer import WebAnswer, WebQuery, WebService, WebStopError, nothing_found
from geodata.web.ask import PROVIDERS, Answers, WebOptions, ask_all, service_of
from geodata.web.cache import AnswerCache, default_cache
from tests.stub_geocoder import KEY, Reply, Script, Stub, amap, amap_error, fake_clock, serve

QUERIES = [WebQuery(f"浙江省杭州市余杭区文一西路{i}号") for i in range(40)]
ANSWER = WebAnswer(120.123456789, 30.1, "GCJ-02", "门址", "330110", 0.5, '{"a":"值"}')

DRIVER = """
import sys
from pathlib import Path
from geodata.web.amap import AMap
from geodata.web.answer import WebQuery
from geodata.web.ask import WebOptions, ask_all
AMap.url = sys.argv[1]
queries = [WebQuery(text) for text in Path(sys.argv[3]).read_text("utf-8").split()]
answers = ask_all(queries, AMap(), WebOptions("amap", Path(sys.argv[2]), rate_per_s=1000.0))
print(len(answers.found), answers.requests)
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ZONEGAP_AMAP_KEY", KEY)


def good(asked: dict[str, str], count: int) -> Reply:
    return Reply(amap("120.0", "30.2"))


def at(stub: Stub) -> WebService:
    service = service_of("amap")
    service.url = stub.url
    return service


def run(script: Script, cache: Path, queries: list[WebQuery] = QUERIES) -> tuple[Answers, Stub]:
    with serve(script) as stub:
        options = WebOptions("amap", cache, rate_per_s=1000.0)
        return ask_all(queries, at(stub), options, fake_clock()), stub


def test_what_is_stored_comes_back_by_service_query_and_city(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "answers.sqlite"
    query, none = WebQuery("某地", "杭州市"), WebQuery("无", "")
    with closing(AnswerCache(path)) as cache:
        cache.put("amap", query, ANSWER, "2026-01-02")
        cache.put("amap", none, nothing_found("GCJ-02"), "2026-01-02")
        cache.put("amap", query, ANSWER, "2026-01-03")  # again: no fault
    with closing(AnswerCache(path)) as cache:
        assert cache.get("amap", query) == ANSWER
        found = cache.get("amap", none)
        assert found is not None
        assert not found.found
        assert cache.get("baidu", query) is None
        assert cache.get("amap", WebQuery("某地")) is None
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_second_run_asks_nothing_and_needs_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "answers.sqlite"
    first, _ = run(good, cache)
    monkeypatch.delenv("ZONEGAP_AMAP_KEY")
    monkeypatch.setitem(sys.modules, "httpx", None)
    second, stub = run(good, cache)
    assert second.found == first.found
    assert stub.asked == []
    assert (first.requests, second.requests) == (len(QUERIES), 0)


def test_failures_are_not_stored_and_asked_again(tmp_path: Path) -> None:
    def some_bad(asked: dict[str, str], count: int) -> Reply:
        bad = asked["address"].endswith(("3号", "7号"))
        return Reply(amap("nan", "nan")) if bad else good(asked, count)

    first, _ = run(some_bad, tmp_path / "c")
    assert len(first.failed) == 8
    assert set(map(str, first.failed.values())) == {"its longitude is not a finite number"}
    second, stub = run(good, tmp_path / "c")
    assert not second.failed
    assert Counter(stub.texts()) == Counter(q.text for q in first.failed)


def test_a_used_up_quota_stops_and_the_next_run_goes_on(tmp_path: Path) -> None:
    def quota(asked: dict[str, str], count: int) -> Reply:
        return good(asked, count) if count <= 15 else Reply(amap_error("10044"))

    cache = tmp_path / "c"
    with pytest.raises(WebStopError) as caught:
        run(quota, cache)
    text = str(caught.value)
    assert "daily quota of the account is used up (infocode 10044)" in text
    assert f"15 of 40 answers are kept in {cache}, 25 are left" in text
    assert caught.value.exit_code == 1
    done, stub = run(good, cache)
    assert len(done.found) == 40
    assert stub.texts() == [q.text for q in QUERIES[15:]]


def test_a_service_that_is_not_there_is_not_asked_for_every_row(tmp_path: Path) -> None:
    with serve(good) as stub:
        service = at(stub)
    options = WebOptions("amap", tmp_path / "c")
    with pytest.raises(WebStopError, match="no connection.*0 of 40.*40 are left"):
        ask_all(QUERIES, service, options, fake_clock())


def test_one_silent_query_does_not_stop_the_others(tmp_path: Path) -> None:
    def one(asked: dict[str, str], count: int) -> Reply:
        return Reply(status=500) if asked["address"].endswith("西路5号") else good(asked, count)

    done, _ = run(one, tmp_path / "c")
    assert len(done.found) == 39
    assert [str(why) for why in done.failed.values()] == ["the service is busy (HTTP status 500)"]


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_at_any_moment_and_resumed_nothing_is_asked_twice(tmp_path: Path) -> None:
    """Five kills with a request in flight: each costs that one request, no other is repeated."""
    total, kill_at = 150, [7, 31, 60, 61, 130]
    texts = tmp_path / "texts"
    texts.write_text("\n".join(f"浙江省杭州市{i}号" for i in range(total)), encoding="utf-8")
    cache = tmp_path / "answers.sqlite"
    with serve(lambda asked, count: Reply(amap("120.0", "30.2"), delay_s=0.002)) as stub:
        command = [sys.executable, "-c", DRIVER, stub.url, str(cache), str(texts)]
        kills = 0
        for count in kill_at:
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                while len(stub.asked) < count and process.poll() is None:
                    time.sleep(0.0005)
                process.kill()
            kills += process.returncode != 0
            with closing(sqlite3.connect(cache)) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        last = subprocess.run(command, capture_output=True, text=True, check=True)
    assert kills == len(kill_at)
    assert last.stdout.split()[0] == str(total)
    # in order, and only what was in flight when the process was killed comes once more, next
    assert [text for text, _ in itertools.groupby(stub.texts())] == texts.read_text("utf-8").split()
    assert len(stub.asked) <= total + kills


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as one", None]
)
def test_another_file_is_refused_and_left_alone(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other"
    if content is None:
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE mine (x)")
            db.commit()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(DataFileError, match="cache"):
        AnswerCache(path)
    assert path.read_bytes() == before


def test_a_folder_and_a_full_disk_are_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataFileError, match="cannot be opened"):
        AnswerCache(tmp_path)
    with closing(AnswerCache(tmp_path / "c")) as cache:
        cache._db.execute("PRAGMA max_page_count = 2")  # as on a full disk
        big = WebAnswer(1.0, 1.0, "GCJ-02", "", "", 1.0, json.dumps("x" * 100_000))
        with pytest.raises(DataFileError, match="is full"):
            cache.put("amap", WebQuery("x"), big, "2026-01-02")
        assert cache.get("amap", WebQuery("x")) is None


def test_options_are_checked() -> None:
    assert default_cache().name == "web_answers.sqlite"
    with pytest.raises(UsageError, match="provider: 'google'; accepted: amap, tianditu, baidu"):
        WebOptions("google")
    for rate in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="rate: "):
            WebOptions("amap", rate_per_s=rate)
    assert [service_of(p).name for p in PROVIDERS] == [*PROVIDERS]


def test_a_cache_whose_fault_is_no_text_is_a_message(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    AnswerCache(path).close()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"CREATE TABLE", b"CREATE T\xfcBLE"))
    with pytest.raises(DataFileError, match="cache cannot be used"):
        AnswerCache(path)
