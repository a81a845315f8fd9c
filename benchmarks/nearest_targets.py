"""What was asked of the nearest hub, beside what was measured."""

from __future__ import annotations

import statistics
from typing import Any

from nearest_candidates import EXACT_PEERS, OURS

# the targets: (workload, peers, peer's time / ours)
TARGETS = [
    ("1e6x564", EXACT_PEERS, 3.5),
    ("1e7x564", EXACT_PEERS, 6.0),
    ("1e5x564", EXACT_PEERS, 2.0),
    ("1e6x1e5", EXACT_PEERS, 1.2),
    ("1e6x564 both in towns", EXACT_PEERS, 2.0),
    ("1e6x564 hubs in towns", EXACT_PEERS, 2.0),
    ("1e6x564 points in towns", EXACT_PEERS, 2.0),
    ("1e6x564", ["sklearn BallTree", "sklearn neighbors"], 60.0),
    ("1e6x564", ["geopandas"], 90.0),
]


def ratios(times: dict[str, list[float]], peer: str) -> tuple[float, float, float]:
    """Return least, median and greatest of peer's time / ours over the rounds."""
    each = [p / o for p, o in zip(times[peer], times[OURS], strict=True)]
    return min(each), statistics.median(each), max(each)


def best_exact(result: dict[str, Any]) -> str:
    """Return the quickest peer without a wrong hub."""
    exact = [
        name
        for name in EXACT_PEERS
        if name in result["times"] and result["right"][name]["wrong"] == 0
    ]
    return min(exact, key=lambda name: statistics.median(result["times"][name]))


def check_targets(results: dict[str, Any], whole: dict[str, list[float]]) -> list[list[str]]:
    """Return a row for each target: workload, peer, wanted, measured, met."""
    rows = []
    for workload, peers, wanted in TARGETS:
        if workload not in results:
            continue
        times = results[workload]["times"]
        have = [p for p in peers if p in times]
        if peers is EXACT_PEERS:
            peer = best_exact(results[workload])
        else:
            peer = min(have, key=lambda name: statistics.median(times[name]))
        low, middle, high = ratios(times, peer)
        met = "yes" if middle >= wanted else "NO"
        rows.append([workload, peer, f"{wanted:g}", f"{low:.3g} / {middle:.3g} / {high:.3g}", met])
    if whole:
        low, middle, high = ratios(whole, "geopandas")
        met = "yes" if middle >= 3.5 else "NO"
        rows.append(
            [
                "2543x206, whole process",
                "geopandas",
                "3.5",
                f"{low:.3g} / {middle:.3g} / {high:.3g}",
                met,
            ]
        )
    return rows
