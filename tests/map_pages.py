"""Map pages for the browser tests, and how the tests use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from maps.page import zone_map
from maps.safe_text import stable_html
from zones.pipeline import StudyResult


def layers_of(result: StudyResult) -> dict[str, pd.DataFrame]:
    return {name: result.hubs_of(name) for name in result.layers()}


def save_page(result: StudyResult, path: Path, **options: Any) -> Path:
    """Write the page of the built-in study, or of the frames in `options`."""
    zones, hubs = options.pop("zones", result.zones), options.pop("hubs", layers_of(result))
    path.write_text(stable_html(zone_map(zones, hubs, **options)), encoding="utf-8")
    return path


def open_page(browser: Any, path: Path, fragment: str = "") -> None:
    browser.get("about:blank")  # else another fragment would not load the page anew
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(path.as_uri() + fragment)


def requests_of(browser: Any) -> list[str]:
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [params["request"]["url"] for params in sent]


def run(browser: Any, script: str, *arguments: Any) -> Any:
    return browser.execute_script(script, *arguments)


def text_of(browser: Any, selector: str) -> str:
    script = "return document.querySelector(arguments[0]).textContent"
    return str(run(browser, script, selector)).strip()


def texts_of(browser: Any, selector: str) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())"
    return list(run(browser, script, selector))


def number_of(browser: Any, selector: str) -> int:
    return int(text_of(browser, selector).replace(",", ""))


def put(browser: Any, selector: str, value: object, event: str = "input") -> None:
    """Give a control a value as a user would."""
    run(
        browser,
        "const c = document.querySelector(arguments[0]); c.value = arguments[1];"
        "c.dispatchEvent(new Event(arguments[2], {bubbles: true}))",
        selector,
        str(value),
        event,
    )


def click(browser: Any, selector: str) -> None:
    run(browser, "document.querySelector(arguments[0]).click()", selector)


def settle(browser: Any, pause_ms: int = 350) -> None:
    """Wait for a drawing and for the address, which follow a little later."""
    browser.execute_async_script(
        "const done = arguments[1]; requestAnimationFrame(() => setTimeout(done, arguments[0]))",
        pause_ms,
    )
