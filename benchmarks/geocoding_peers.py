"""The zones' names through our geocoder and through three others.

Truth for the county is the address of the reference points (a web service's, with faults of its
own); for the province it is the zone's code. Peers get the province before the name, which they
need and we take from the code. Addresses: benchmarks/addresses.py.
Needs: pip install cpca cnloc geotool-cn

Run: python benchmarks/geocoding_peers.py REFERENCE.csv
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geodata.addresses import Scope, resolve_address
from geodata.gazetteer import LAST_YEAR, all_divisions, gazetteer
from geodata.loaders import load_zones
from geodata.zone_geocoder import geocode_zones

REFERENCE_ERRORS = Path(__file__).with_name("reference_errors.csv")

Codes = list[str]
ROUNDS = 3


def to_today() -> dict[str, str]:
    """Return each code's code of 2024, so that tools with older lists are not wronged."""
    return {d.adcode: d.current_adcode for d in all_divisions() if d.current_adcode}


def ours(zones: pd.DataFrame) -> Codes:
    """Return our codes."""
    return geocode_zones(zones)["adcode"].tolist()


def by_cpca(zones: pd.DataFrame) -> Codes:
    """Return cpca's codes for province + name."""
    import cpca

    return [str(c or "") for c in cpca.transform(texts_of(zones))["adcode"]]


def by_cnloc(zones: pd.DataFrame) -> Codes:
    """Return cnloc's codes for province + name, names of 2018, short forms allowed."""
    import cnloc

    found = cnloc.getlocation(texts_of(zones), year=2018, county_short=True)
    columns = ["county_adcode", "city_adcode", "province_adcode"]
    return [next((str(c) for c in row if c), "") for row in found[columns].itertuples(index=False)]


def by_geotool(zones: pd.DataFrame) -> Codes:
    """Return the one region geotool-cn finds for the longest beginning of the name."""
    from GeoToolCN import GeoTool

    tool = GeoTool()
    codes = []
    for name, province in zip(zones["name"], zones["province_adcode"], strict=True):
        code = ""
        for end in range(min(len(name), 8), 1, -1):
            found = [r for r in tool.search(name[:end]) if str(r.code)[:2] == province[:2]]
            if len(found) == 1:
                code = str(found[0].code)
                break
        codes.append(code)
    return codes


def texts_of(zones: pd.DataFrame) -> list[str]:
    """Return province and name in one text, as peers want it."""
    pairs = zip(zones["province"], zones["name"], strict=True)
    return [n if n.startswith(p) else p + n for p, n in pairs]


def truth(zones: pd.DataFrame, reference: Path) -> pd.Series[str]:
    """Return the county code of 2024 in the reference's address, where it names one."""
    points = pd.read_csv(reference, dtype={"code": str})
    both = zones.reset_index().merge(points[["code", "name", "address"]]).set_index("id")
    found = [resolve_address(a, Scope(), gazetteer(LAST_YEAR)) for a in both["address"]]
    codes = [r.divisions[0].current_adcode if r.level == "county" else "" for r in found]
    series = pd.Series(codes, index=both.index)
    return series[series != ""]


def compare(reference: Path) -> pd.DataFrame:
    """Return coverage, wrong provinces and right counties of each tool on the zones' names."""
    zones, today = load_zones(), to_today()
    counties = truth(zones, reference)
    wrong_names = set(pd.read_csv(REFERENCE_ERRORS)["name"])
    sound = ~zones.loc[counties.index, "name"].isin(wrong_names)
    rows = []
    for tool in (ours, by_cpca, by_cnloc, by_geotool):
        codes = pd.Series([today.get(c, c) for c in tool(zones)], index=zones.index)
        named = codes.str.len() == 6
        county = named & (codes.str[4:] != "00")
        wrong = named & (codes.str[:2] != zones["province_adcode"].str[:2])
        checked = codes.loc[counties.index]
        said = county.loc[counties.index]
        right = checked == counties
        rows.append(
            {
                "tool": tool.__name__.removeprefix("by_"),
                "county_found": int(county.sum()),
                "county_found_pct": round(100 * county.mean(), 1),
                "wrong_province": int(wrong.sum()),
                "checked": len(counties),
                "right_county": int(right.sum()),
                "right_of_checked_pct": round(100 * right.mean(), 1),
                "right_of_sound_pct": round(100 * right[sound].mean(), 1),
                "right_of_said_pct": round(100 * right[said].mean(), 1),
            }
        )
    return pd.DataFrame(rows)


def time_in_turn() -> pd.DataFrame:
    """Time ours and cpca in turns, rows a second."""
    import cpca

    zones = load_zones()
    zone_texts = texts_of(zones)
    jobs: dict[str, tuple[Callable[[], object], int]] = {
        "zones, ours": (lambda: geocode_zones(zones), len(zones)),
        "zones, cpca": (lambda: cpca.transform(zone_texts), len(zones)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for round_ in range(ROUNDS + 1):
        for name, (job, _) in jobs.items():
            start = time.perf_counter()
            job()
            if round_:  # the first round warms up
                seconds[name].append(time.perf_counter() - start)
    rows = [
        {
            "job": name,
            "rows": jobs[name][1],
            "median_s": round(statistics.median(taken), 3),
            "rows_per_s": round(jobs[name][1] / statistics.median(taken)),
        }
        for name, taken in seconds.items()
    ]
    return pd.DataFrame(rows)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    options = parser.parse_args()
    print(compare(options.reference).to_string(index=False))
    print(time_in_turn().to_string(index=False))


if __name__ == "__main__":
    main()
