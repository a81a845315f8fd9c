"""A web geocoder on this machine that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from geodata.web.client import Clock

# what no output, cache, log or message may hold
KEY = "0123456789abcdef-TestKey"


@dataclass
class Reply:
    """One HTTP answer; `body` goes out as JSON unless it is bytes."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    promised_bytes: int = 0  # a Content-Length beyond the body: the answer breaks off


Script = Callable[[dict[str, str], int], Reply]


@dataclass
class Stub:
    """What the server was asked, in order, and where it is."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def texts(self) -> list[str]:
        """Return the texts asked for, whichever service was meant."""
        return [
            a.get("address") or json.loads(a.get("ds", '{"keyWord": ""}'))["keyWord"]
            for a in self.asked
        ]


@contextmanager
def serve(script: Script) -> Iterator[Stub]:
    """Serve on a free port of this machine; `script` gets the parameters and the count so far."""
    stub, lock = Stub(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            with lock:
                stub.asked.append(asked)
                count = len(stub.asked)
            reply = script(asked, count)
            time.sleep(reply.delay_s)
            body = reply.body
            if not isinstance(body, bytes):
                body = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(reply.promised_bytes or len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the client has hung up

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}/geocode"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fake_clock() -> type[Clock]:
    """Return a clock whose time passes by sleeping only; its `slept` lists the sleeps."""

    class FakeClock(Clock):
        now = 0.0
        slept: ClassVar[list[float]] = []

        @classmethod
        def monotonic(cls) -> float:
            return cls.now

        @classmethod
        def sleep(cls, seconds: float) -> None:
            cls.slept.append(seconds)
            cls.now += seconds

    return FakeClock


def amap(lon: object, lat: object, level: str = "门牌号", adcode: str = "330110") -> dict[str, Any]:
    """Return an AMap body with one geocode."""
    place = {
        "formatted_address": "x", "province": "浙江省", "city": "杭州市", "district": [],
        "adcode": adcode, "location": f"{lon},{lat}", "level": level,
    }  # fmt: skip
    return {"status": "1", "info": "OK", "infocode": "10000", "count": "1", "geocodes": [place]}


def amap_error(infocode: str, info: str = "") -> dict[str, str]:
    """Return an AMap body that says no; `info` may repeat the key."""
    return {"status": "0", "info": info, "infocode": infocode}


def tianditu(lon: object, lat: object, level: str = "门址") -> dict[str, Any]:
    """Return a Tianditu body."""
    place = {"lon": lon, "lat": lat, "level": level, "score": 100, "keyWord": "x"}
    return {"status": "0", "msg": "ok", "location": place}


def baidu(lng: object, lat: object, level: str = "门址", confidence: object = 80) -> dict[str, Any]:
    """Return a Baidu body."""
    place = {"location": {"lng": lng, "lat": lat}, "precise": 1, "confidence": confidence}
    return {"status": 0, "result": place | {"comprehension": 100, "level": level}}
