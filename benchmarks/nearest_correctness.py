"""Which hubs are wrong, and how far off distances are: by brute force, in extended precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from candidate_process import Candidate
from nearest_candidates import Places, Workload, vectors

from zones.parameters import EARTH_RADIUS_KM

WRONG_KM = 1e-11  # a hub farther than the nearest by more than 1e-8 m is wrong
BRUTE_PAIRS = 6e9  # most pairs of the brute force: all of 1e7 x 564, 60,000 points of 1e6 x 1e5
CHUNK = 1 << 16


def true_km(places: Places, hub: np.ndarray) -> np.ndarray:
    """Return the distance of each point to its given hub in extended precision."""
    degree = np.longdouble("3.14159265358979323846264338327950288") / 180
    out = np.empty(len(hub), np.longdouble)
    hub_lam, hub_phi = (a.astype(np.longdouble) * degree for a in (places.hub_lon, places.hub_lat))
    hub_sin, hub_cos = np.sin(hub_phi), np.cos(hub_phi)
    for low in range(0, len(hub), CHUNK):
        part = slice(low, low + CHUNK)
        chosen = hub[part]
        lam, phi = (a[part].astype(np.longdouble) * degree for a in (places.lon, places.lat))
        turn = hub_lam[chosen] - lam
        sin_phi, cos_phi, cos_turn = np.sin(phi), np.cos(phi), np.cos(turn)
        across = hub_cos[chosen] * np.sin(turn)
        along = cos_phi * hub_sin[chosen] - sin_phi * hub_cos[chosen] * cos_turn
        ahead = sin_phi * hub_sin[chosen] + cos_phi * hub_cos[chosen] * cos_turn
        out[part] = EARTH_RADIUS_KM * np.arctan2(np.hypot(across, along), ahead)
    return out


def brute_hub(places: Places, count: int) -> np.ndarray:
    """Return the nearest hub of the first points by all dot products, refined where they tie."""
    points, hubs = (
        vectors(lon, lat)
        for lon, lat in ((places.lon, places.lat), (places.hub_lon, places.hub_lat))
    )
    out = np.empty(count, np.int64)
    step = max(1, (1 << 23) // len(hubs))
    for low in range(0, count, step):
        dots = points[low : min(low + step, count)] @ hubs.T
        out[low : low + len(dots)] = dots.argmax(axis=1)
        # a dot product cannot tell hubs apart that are this close in cosine
        near = np.count_nonzero(dots >= dots.max(axis=1, keepdims=True) - 1e-13, axis=1) > 1
        for i in np.flatnonzero(near):
            some = np.flatnonzero(dots[i] >= dots[i].max() - 1e-13)
            squared = ((points[low + i] - hubs[some]) ** 2).sum(axis=1)
            out[low + i] = some[squared.argmin()]
    return out


def correctness(workload: Workload, alive: list[Candidate], folder: str) -> dict[str, Any]:
    """Return wrong hubs and the largest error in metres of each candidate."""
    places = workload.places()
    checked = min(
        workload.points, int(2e10 // workload.hubs) // 10 if workload.hubs > 1e4 else 10**9
    )
    hubs, distances = {}, {}
    for one in alive:
        stem = f"{folder}/{len(hubs)}"
        one.ask("answer", (one.points, stem))
        hubs[one.name] = np.load(stem + ".hub.npy")
        distances[one.name] = np.load(stem + ".km.npy")
    best = brute_hub(places, checked)
    best_km = true_km(places.first(checked), best)
    result = {}
    for name, hub in hubs.items():
        n = min(len(hub), checked)
        chosen_km = best_km[:n].copy()
        other = np.flatnonzero(hub[:n] != best[:n])  # a tie, or wrong
        part = Places(places.lon[other], places.lat[other], places.hub_lon, places.hub_lat)
        chosen_km[other] = true_km(part, hub[other])
        result[name] = {
            "checked": n,
            "wrong": int((chosen_km - best_km[:n] > WRONG_KM).sum()),
            "error_m": float(np.abs(distances[name][:n] - best_km[:n]).max() * 1000),
        }
    return result
