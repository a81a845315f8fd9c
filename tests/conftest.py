"""Fixtures shared by the tests: the built-in study, run once a process, and a headless browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from geodata.words import use_language
from zones.pipeline import StudyResult, run_study
from zones.study import Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# how long one example takes says nothing on a busy machine
settings.register_profile("zonegap", deadline=None)
settings.load_profile("zonegap")


@pytest.fixture(autouse=True)
def english() -> None:
    """Start every test with English messages, whatever the one before it has asked for."""
    use_language("en")


@pytest.fixture(scope="session")
def result() -> StudyResult:
    return run_study(Study())


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Headless Chromium that can reach nothing; its log and its requests are kept."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        if os.environ.get("CI"):
            pytest.fail("chromium and chromium-driver are missing")
        pytest.skip("no chromium and chromium-driver here; .ci/run installs them")
    os.environ.setdefault("SE_OFFLINE", "true")  # the driver is here; nothing is to be fetched
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
        "--disable-background-networking --disable-component-update --window-size=1300,900 "
        "--host-resolver-rules=MAP*~NOTFOUND"
    ).split():
        options.add_argument(flag.replace("MAP*", "MAP * "))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    chrome.set_script_timeout(20)
    yield chrome
    chrome.quit()


@pytest.fixture(scope="session")
def figures(result: StudyResult) -> dict[tuple[str, str], Figure]:
    """Draw every figure of the built-in study, by language and name."""
    from tests.drawn_figures import LANGUAGES, draw

    return {
        (language, name): figure
        for language in LANGUAGES
        for name, figure in draw(result, language=language).items()
    }
