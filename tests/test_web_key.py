"""The key: where it may come from, and that it gets out nowhere."""

from __future__ import annotations

import json
import logging
import os
import pickle
import sys
import traceback
from pathlib import Path

import pytest

import zonegap.command.app
from geodata.errors import DataFileError, UsageError
from geodata.web.amap import AMap
from geodata.web.baidu import Baidu
from geodata.web.client import Clock, WebClient, WebKey, find_key
from geodata.web.tianditu import Tianditu
from tests.stub_geocoder import KEY, Reply, amap, amap_error, baidu, serve, tianditu

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files")
ROWS = "公司,地址\n甲,浙江省杭州市余杭区文一西路1号\n乙,江苏省昆山市千灯镇\n丙,广东省深圳市南山区\n"


def test_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"\ufeff{KEY}\n\nmore\n", encoding="utf-8")
    file.chmod(0o600)
    assert find_key("V", file, {"V": "another-key-of-16-signs"}).reveal() == KEY
    assert find_key("V", None, {"V": f" {KEY} "}).reveal() == KEY


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o777])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(KEY, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(UsageError, match=r"others can read it; accepted: chmod 600") as caught:
        find_key("V", file, {})
    assert KEY not in str(caught.value)


def test_no_key_and_no_file_are_messages(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="set the environment variable ZONEGAP_AMAP_KEY, or give"):
        find_key("ZONEGAP_AMAP_KEY", None, {"ZONEGAP_AMAP_KEY": "  "})
    with pytest.raises(DataFileError, match=": cannot be read"):
        find_key("V", tmp_path / "none", {})
    with pytest.raises(DataFileError, match=": cannot be read"):
        find_key("V", tmp_path, {})


@pytest.mark.parametrize("value", ["", "short", KEY + "\n" + KEY, KEY + " ", "钥" * 20, "a" * 129])
def test_what_is_no_key_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(UsageError, match="accepted: 16 to 128 letters") as caught:
        WebKey(value, "here")
    assert len(value) < 3 or value not in str(caught.value)


def test_a_key_does_not_show_itself() -> None:
    key = WebKey(KEY, "test")
    for text in (repr(key), str(key), f"{key}", f"{key!r:>40}", repr([key]), repr({"k": key})):
        assert KEY not in text
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(key)


def geocode_command(tmp_path: Path, provider: str, *more: str) -> list[str]:
    table = tmp_path / "firms.csv"
    table.write_text(ROWS, encoding="utf-8")
    return [
        "zonegap", "geocode", str(table), "--column", "地址", "--out", str(tmp_path / "out.csv"),
        "--provider", provider, "--cache", str(tmp_path / "answers.sqlite"), "--rate", "1000", *more,
    ]  # fmt: skip


ESCAPED = "".join(f"\\u{ord(sign):04x}" for sign in KEY)
# every way an answer can repeat the key or make the library raise with the URL
REPLIES = {
    "amap": [
        Reply(amap(KEY, KEY)),
        Reply(amap("120.02", "30.28", level=KEY, adcode=KEY)),
        Reply(json.dumps(amap("120.02", "30.28", level="KEY")).replace("KEY", ESCAPED).encode()),
        Reply(amap_error("10044", KEY)),
        Reply(amap_error(KEY, KEY)),
        Reply(amap_error("10001", KEY)),
        Reply(f'{{"key": "{KEY}'.encode()),
        Reply(KEY.encode(), status=500),
        Reply(status=429, headers={"Retry-After": KEY}),
        Reply(status=302, headers={"Location": f"http://127.0.0.1:9/?key={KEY}"}),
        Reply(status=200, headers={"Content-Encoding": "gzip"}, body=KEY.encode()),
        Reply(b"{", promised_bytes=500),
        Reply(b"x" * 2_000_000),
        Reply(amap("120.02", "30.28"), delay_s=0.3),
        Reply(status=400, body=KEY.encode()),
    ],
    "tianditu": [Reply({"msg": KEY}, status=403), Reply(tianditu(KEY, 1)), Reply({"status": KEY})],
    "baidu": [Reply({"status": 302, "message": KEY}), Reply(baidu(120.0, 30.2, level=KEY))],
}
CASES = [(p, i) for p, replies in REPLIES.items() for i in range(len(replies))]


@pytest.mark.parametrize(("provider", "number"), CASES)
def test_the_key_is_in_no_output_cache_log_or_message(
    provider: str,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    service = {"amap": AMap, "tianditu": Tianditu, "baidu": Baidu}[provider]
    monkeypatch.setenv(service.key_variable, KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("geodata.web.client.CHUNK_TIMEOUT_S", 0.15)
    monkeypatch.setattr(Clock, "sleep", staticmethod(lambda seconds: None))
    shown: list[str] = []
    ask = WebClient.ask

    def watched(self: WebClient, query: object) -> object:
        """Keep what a caller could see of an error: chain, locals of the frames, attributes."""
        shown.append(repr(self))
        try:
            return ask(self, query)  # type: ignore[arg-type]
        except Exception as error:
            seen: BaseException | None = error
            while seen is not None:
                trace = traceback.TracebackException.from_exception(seen, capture_locals=True)
                shown.extend(trace.format())
                shown.append(f"{seen!r} {seen.args} {vars(seen)}")
                seen = seen.__cause__ or seen.__context__
            raise

    monkeypatch.setattr(WebClient, "ask", watched)
    with serve(lambda asked, count: REPLIES[provider][number]) as stub:
        monkeypatch.setattr(service, "url", stub.url)
        monkeypatch.setattr(sys, "argv", geocode_command(tmp_path, provider))
        with pytest.raises(SystemExit) as ended:
            zonegap.command.app.main()
        assert ended.value.code in (None, 0, 1)
        assert any(KEY in asked.values() for asked in stub.asked)  # it was sent
    captured = capsys.readouterr()
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {p.name for p in files} >= {"firms.csv", "answers.sqlite"}
    hits = [str(p) for p in files if KEY.encode() in p.read_bytes()]
    texts = {"stdout": captured.out, "stderr": captured.err, "log": caplog.text, "seen": shown}
    hits += [name for name, text in texts.items() if KEY in str(text)]
    assert hits == []
    assert shown
    assert captured.err


def test_loggers_of_the_library_work_again_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve(lambda asked, count: Reply(amap("120.02", "30.28"))) as stub:
        httpx.get(stub.url)
        monkeypatch.setattr(AMap, "url", stub.url)
        monkeypatch.setenv("ZONEGAP_AMAP_KEY", KEY)
        monkeypatch.setattr(sys, "argv", geocode_command(tmp_path, "amap"))
        with pytest.raises(SystemExit) as ended:
            zonegap.command.app.main()
        assert ended.value.code in (None, 0)
    assert not logging.getLogger("httpx").disabled


@POSIX
def test_an_open_key_file_ends_the_command_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key"
    file.write_text(KEY, encoding="utf-8")
    file.chmod(0o644)
    monkeypatch.setattr(sys, "argv", geocode_command(tmp_path, "amap", "--key-file", str(file)))
    with pytest.raises(SystemExit) as caught:
        zonegap.command.app.main()
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert "others can read it" in captured.err
    assert KEY not in captured.out + captured.err
    assert not (tmp_path / "out.csv").exists()
