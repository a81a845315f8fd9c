"""How large the page of the map is and how quick it answers, for the study and 100,000 points.

Run: ``python benchmarks/map_page.py``; needs Chromium and its driver. The made-up points are the
study's zones scattered by some 50 km with a fixed seed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from maps.page import zone_map
from maps.safe_text import stable_html
from zones.pipeline import StudyResult, run_study
from zones.study import Study

SEED = 2026
SCATTER_DEG = 0.5
STEPS = 40  # of the slider, a measurement each
VIEW_PX = "1440,900"

# First paint as the browser reports it; ready when the first drawing of the points is done.
LOAD = """
const paint = performance.getEntriesByName("first-contentful-paint")[0];
return [paint ? paint.startTime : NaN, zonegap.readyAt];
"""
# One step: from the slider's event until the frame after the new drawing; reading a pixel back
# waits for the drawing itself.
STEP = """
const [km, done] = arguments, slider = document.querySelector("#zg-slider");
const points = zonegap.app.points, start = performance.now();
slider.value = String(km);
slider.dispatchEvent(new Event("input", {bubbles: true}));
requestAnimationFrame(() => {
  points.canvas.getContext("2d").getImageData(0, 0, 1, 1);
  requestAnimationFrame(() => done(performance.now() - start));
});
"""
# One letter more in the search box, until its list stands.
SEARCH = """
const box = document.querySelector("#zg-search"), start = performance.now();
box.value = arguments[0];
box.dispatchEvent(new Event("input", {bubbles: true}));
return performance.now() - start;
"""


def made_up(zones: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return that many zones, drawn from the study's and scattered."""
    rng = np.random.default_rng(SEED)
    rows = zones.iloc[rng.integers(0, len(zones), count)]
    rows = rows.drop(columns=["nearest_hub", "nearest_km"])
    scatter = rng.normal(0.0, SCATTER_DEG, (2, count))
    rows.index = pd.Index([f"P{i:06d}" for i in range(count)])
    return rows.assign(lon=rows["lon"] + scatter[0], lat=rows["lat"] + scatter[1])


def browser() -> webdriver.Chrome:
    """Return headless Chromium without network and without a graphics card."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--window-size={VIEW_PX}",
    ):
        options.add_argument(flag)
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND")
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def measure(result: StudyResult, zones: pd.DataFrame, folder: Path) -> None:
    """Write the page, open it, move the slider, print the figures."""
    path = folder / f"{len(zones)}.html"
    hubs = {name: result.hubs_of(name) for name in result.layers()}
    start = time.perf_counter()
    path.write_text(stable_html(zone_map(zones, hubs)), encoding="utf-8")
    made_s = time.perf_counter() - start
    chrome = browser()
    try:
        chrome.get(path.as_uri())
        time.sleep(1.0)
        paint_ms, ready_ms = chrome.execute_script(LOAD)
        thresholds_km = np.linspace(100, 2500, STEPS).round(-1)
        steps_ms = [chrome.execute_async_script(STEP, float(km)) for km in thresholds_km]
        search_ms = [chrome.execute_script(SEARCH, "jiang"[: n + 1]) for n in range(5)]
    finally:
        chrome.quit()
    print(
        f"{len(zones):>7,} zones: {path.stat().st_size / 1e6:.2f} MB, made in {made_s:.1f} s, "
        f"first paint {paint_ms:.0f} ms, ready {ready_ms:.0f} ms, slider step median "
        f"{statistics.median(steps_ms):.0f} ms, slowest {max(steps_ms):.0f} ms, "
        f"search first {search_ms[0]:.0f} ms, then median {statistics.median(search_ms[1:]):.0f} ms"
    )


def main() -> None:
    """Measure the built-in study and the made-up points."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="made-up points")
    count = parser.parse_args().count
    result = run_study(Study())
    with tempfile.TemporaryDirectory() as folder:
        measure(result, result.zones, Path(folder))
        measure(result, made_up(result.zones, count), Path(folder))


if __name__ == "__main__":
    main()
