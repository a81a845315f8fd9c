"""Addresses of real registers through our geocoder and others, against the registers' own columns.

A register is any table with a column of addresses and, as a measure, columns of its own: province,
city, county, a credit code (digits 3 to 8 name the county of registration) or a position. Its own
columns are hidden from the tools; every tool gets the text alone. A division is right when it is
the same one in 2024, refused when a tool names none at that level, and silently wrong otherwise.
No register is part of the project; docs/geocoding.md names those that were measured.

Needs for the peers: pip install cpca cnloc geotool-cn jionlp (those that are missing are left out).

Run: python benchmarks/addresses.py REGISTER.csv [...] [--rows 50000] [--wrong 20]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.address_geocoder import FIRST_CODE_YEAR, ZONE, geocode_texts
from geodata.address_radii import (
    CITY,
    CODE,
    COUNTY,
    COUNTY_TOWN,
    TOWN,
    address_radius_km,
    neighbours_km,
)
from geodata.addresses import Scope
from geodata.gazetteer import LAST_YEAR, all_divisions, gazetteer
from geodata.registry import TABLES
from geodata.user_tables.companies import plain_codes
from geodata.user_tables.divisions import Bound, with_regions
from geodata.user_tables.positions import IN_CHINA, read_positions
from geodata.user_tables.tables import TableKind, Wish, read_table
from geodata.words import Message
from zones.distance.great_circle import haversine_km

LEVELS = {"province": 2, "city": 4, "county": 6}  # digits of the code that tell them apart
NAMED = "county named"
COVERAGE, MIN_POINTS, FOLDS = 0.90, 30, 10
CODE_TIMES = 1.25  # the county of registration alone: wider than an address in it, not measured
ROUNDS = 3
KIND = TableKind(
    Message("addresses"),
    {
        "address": ("address",),
        "province": ("province",),
        "city": ("city",),
        "county": ("county",),
        "region": ("region",),
        "credit_code": ("credit_code",),
        "datum": ("datum",),
    },
    shown=("address",),
    needs=("address",),
)
# Regions whose radii are looked at apart: the four of the National Bureau of Statistics, and the
# Yangtze delta (Shanghai, Jiangsu, Zhejiang, Anhui), by the first two digits of the code.
REGIONS = {
    "east": "11 12 13 31 32 33 35 37 44 46".split(),
    "central": "14 34 36 41 42 43".split(),
    "west": "15 45 50 51 52 53 54 61 62 63 64 65".split(),
    "northeast": "21 22 23".split(),
    "Yangtze delta": "31 32 33 34".split(),
}


@dataclass(frozen=True)
class Register:
    """Addresses with what their own register says of them.

    Attributes
    ----------
    name
        Of its file.
    texts
        Addresses.
    truth
        Level -> code of 2024, "" where the register does not say it.
    lon, lat
        WGS-84 degrees; nan where none is given.
    """

    name: str
    texts: pd.Series[str]
    truth: dict[str, pd.Series[str]]
    lon: np.ndarray[Any, np.dtype[np.float64]]
    lat: np.ndarray[Any, np.dtype[np.float64]]


def to_today() -> dict[str, str]:
    """Return each code's code of 2024, so that tools and registers of older lists are not wronged.

    A code that stood for several divisions over the years means the last of them.
    """
    ordered = sorted(all_divisions(), key=lambda d: d.valid_to)
    return {d.adcode: d.current_adcode for d in ordered if d.current_adcode}


def names_of_counties() -> dict[str, tuple[set[str], set[str]]]:
    """Return by code of 2024 all names that lead to a county, and the cities that held it."""
    names: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    today = to_today()
    for d in all_divisions():
        if d.level == "county":
            words, cities = names[d.current_adcode]
            words |= {w for w in (d.name, d.short_name) if len(w) > 1}
            cities |= {d.current_adcode[:4] + "00", today.get(d.city_adcode, "")}
    return names


def shared_codes() -> set[str]:
    """Return the codes that stood for counties of different places over the years."""
    found: dict[str, set[str]] = defaultdict(set)
    for d in all_divisions():
        if d.valid_to >= FIRST_CODE_YEAR:
            found[d.adcode].add(d.current_adcode)
    return {code for code, now in found.items() if len(now) > 1}


def read_register(path: Path, rows: int | None, datum: str = "") -> Register:
    """Read a register; of more than `rows` rows as many are taken at random, always the same."""
    table = read_table(path, KIND, Wish(datum=datum))
    cells = with_regions(table.cells, Bound())
    lon, lat, faults = read_positions(table, IN_CHINA)
    assert not faults or np.isnan(lon).sum() == len(lon), faults[:3]
    cells = cells.assign(lon=lon, lat=lat)
    cells = cells[cells["address"] != ""]
    if rows is not None and len(cells) > rows:
        cells = cells.sample(rows, random_state=18)
    bound, today = Bound(), to_today()
    truth: dict[str, list[str]] = {level: [] for level in LEVELS}
    codes, shared = plain_codes(cells["credit_code"]), shared_codes()
    for province, city, county, code in zip(
        cells["province"], cells["city"], cells["county"], codes, strict=True
    ):
        stated = bound.of(province, city, county)
        if not isinstance(stated, Scope):  # a city or county cell that names a zone or nothing
            stated = bound.of(province, city)
        if not isinstance(stated, Scope):
            stated = bound.of(province)
        scope = stated if isinstance(stated, Scope) else Scope()
        # the credit code names the county where it lies in what the columns state
        registered = today.get(code[2:8], "") if len(code) == 18 and code[2:8].isdigit() else ""
        home = scope.province.current_adcode if scope.province else ""
        town = scope.city.current_adcode if scope.city else ""
        if registered[4:] == "00" or (home and registered[:2] != home[:2]):
            registered = ""
        if code[2:8] in shared:  # 640104 was 郊区 and is 兴庆区
            registered = ""
        own = scope.county.current_adcode if scope.county else ""
        own = own or (registered if not town or registered[:4] == town[:4] else "")
        truth["province"].append(home or own[:2].ljust(6, "0") if home or own else "")
        truth["city"].append(town or own)
        truth["county"].append(own if own[4:] != "00" else "")
    series = {level: pd.Series(codes, index=cells.index) for level, codes in truth.items()}
    return Register(
        path.stem, cells["address"], series, cells["lon"].to_numpy(), cells["lat"].to_numpy()
    )


# ---- tools: texts in, codes out ("" where open)


def ours(texts: Sequence[str]) -> list[str]:
    """Return our codes."""
    located = geocode_texts([pd.Series(list(texts))], kind="address")
    return [str(code) for code in located["adcode"]]


def cpca_codes(texts: Sequence[str]) -> list[str]:
    """Return cpca's codes."""
    import cpca

    found = cpca.transform(list(texts))["adcode"]
    return [str(c) if isinstance(c, str) else "" for c in found]


def cnloc_codes(texts: Sequence[str]) -> list[str]:
    """Return cnloc's codes: names of the last year, short forms allowed."""
    import cnloc

    with contextlib.redirect_stdout(io.StringIO()):
        found = cnloc.getlocation(list(texts), year=LAST_YEAR, county_short=True)
    columns = ["county_adcode", "city_adcode", "province_adcode"]
    return [
        next((c for c in row if isinstance(c, str) and c), "")
        for row in found[columns].itertuples(index=False)
    ]


def jionlp_codes(texts: Sequence[str]) -> list[str]:
    """Return the codes of the divisions that jionlp names, by their names."""
    import jionlp

    names = gazetteer(LAST_YEAR)
    by_names: dict[tuple[str, ...], str] = {}
    for d in names.current:
        province = names.by_adcode[d.province_adcode].name
        city = names.by_adcode[d.city_adcode].name if d.city_adcode else None
        if d.level == "province":
            by_names[province, "", ""] = d.adcode
        elif d.level == "city":
            by_names[province, d.name, ""] = d.adcode
        else:
            by_names[province, city or d.name, d.name] = d.adcode
            by_names[province, city or province, d.name] = d.adcode
    codes = []
    for text in texts:
        found = jionlp.parse_location(text)
        chain = [found[level] or "" for level in LEVELS]
        while chain and tuple(chain) not in by_names and any(chain):
            # what it names below is not in the list of 2024: the level above
            chain[max(n for n, name in enumerate(chain) if name)] = ""
        codes.append(by_names.get(tuple(chain), ""))
    return codes


def geotool_codes(texts: Sequence[str]) -> list[str]:
    """Return the one region that geotool-cn finds for the longest beginning of a text."""
    from GeoToolCN import GeoTool

    tool, known, codes = GeoTool(), {}, []
    for text in texts:
        code = ""
        for end in range(min(len(text), 8), 1, -1):
            word = text[:end]
            if word not in known:
                known[word] = [str(r.code) for r in tool.search(word)]
            if len(known[word]) == 1:
                code = known[word][0]
                break
        codes.append(code)
    return codes


TOOLS: dict[str, Callable[[Sequence[str]], list[str]]] = {
    "zonegap": ours,
    "cpca": cpca_codes,
    "cnloc": cnloc_codes,
    "jionlp": jionlp_codes,
    "geotool-cn": geotool_codes,
}
MODULES = {"cpca": "cpca", "cnloc": "cnloc", "jionlp": "jionlp", "geotool-cn": "GeoToolCN"}
SLOW = {"jionlp", "geotool-cn", "cnloc"}  # timed once: minutes on a whole register


def installed(wanted: Sequence[str]) -> list[str]:
    """Return the wanted tools that are installed."""
    there = []
    for tool in wanted:
        try:
            __import__(MODULES.get(tool, "geodata"))
        except ImportError:
            print(f"{tool}: not installed, left out")
        else:
            there.append(tool)
    return there


def score(codes: pd.Series[str], truth: pd.Series[str], digits: int) -> dict[str, Any]:
    """Return right, refused and silently wrong of the rows whose truth is known."""
    said, known = codes[truth != ""], truth[truth != ""]
    own = known.str[:digits]
    # counties directly under a province (419001) are cities of their own; municipalities are one
    if digits == LEVELS["city"]:
        own = own.where(own.str[2:] != "90", known)
    named = said.str[digits - 2 : digits].fillna("").ne("00") & said.ne("")
    right = pd.Series(
        [c.startswith(t) for c, t in zip(said, own, strict=True)], index=said.index
    ) & (named | own.str.len().gt(digits))
    wrong = named & ~right
    rows = len(known)
    share = 100.0 / max(rows, 1)
    return {
        "rows": rows,
        "right": int(right.sum()),
        "refused": int((~named & ~right).sum()),
        "wrong": int(wrong.sum()),
        "right_pct": round(share * right.sum(), 2),
        "wrong_pct": round(share * wrong.sum(), 3),
    }


def answers(
    register: Register, tools: Sequence[str]
) -> tuple[dict[str, pd.Series[str]], dict[str, float]]:
    """Return each tool's codes of today, and its rows a second: medians of interleaved rounds.

    Seconds are those of the processor, since other work may share the machine.
    """
    texts, today = register.texts.tolist(), to_today()
    seconds: dict[str, list[float]] = {tool: [] for tool in tools}
    found: dict[str, pd.Series[str]] = {}
    for tool in tools:  # tables are loaded before the clock runs
        TOOLS[tool](texts[:50])
    for round_ in range(ROUNDS):
        for tool in tools:
            if round_ and tool in SLOW:
                continue
            start = time.process_time()
            codes = TOOLS[tool](texts)
            seconds[tool].append(time.process_time() - start)
            found[tool] = pd.Series([today.get(c, c) for c in codes], index=register.texts.index)
    return found, {tool: len(texts) / statistics.median(s) for tool, s in seconds.items()}


def divisions_table(register: Register, tools: Sequence[str]) -> pd.DataFrame:
    """Return right, refused and wrong by level and tool, with rows a second."""
    found, speed = answers(register, tools)
    rows = []
    named, truths = names_of_counties(), dict(register.truth)
    # rows whose text holds a name of the county, now or then
    county = register.truth["county"]
    holds = [
        any(word in text for word in named[code][0]) if code else False
        for text, code in zip(register.texts, county, strict=True)
    ]
    truths[NAMED] = county.where(holds, "")
    for level, stated in truths.items():
        truth = stated
        digits = LEVELS.get(level, 6)
        if level == "city":  # the four municipalities are no answer to which city
            truth = truth.where(~truth.str[:2].isin(["11", "12", "31", "50"]), "")
        if not (truth != "").any():
            continue
        for tool in tools:
            said = found[tool]
            if level == "city":  # a county that has changed its city since is of both
                said = pd.Series(
                    [t if t and c in named and t in named[c][1] else c
                     for c, t in zip(said, truth, strict=True)], index=said.index,
                )  # fmt: skip
            counts = score(said, truth, digits)
            rows.append({"level": level, "tool": tool, **counts, "rows_per_s": round(speed[tool])})
    return pd.DataFrame(rows)


def located_with_errors(register: Register) -> pd.DataFrame:
    """Return our answers where the register gives a position, with ``error_km``."""
    given = ~np.isnan(register.lon)
    located = geocode_texts([register.texts[given]], kind="address")
    located["error_km"] = haversine_km(
        located["lon"].astype(float), located["lat"].astype(float),
        register.lon[given], register.lat[given],
    )  # fmt: skip
    return located[located["geocode_level"] != ""]


def folds(located: pd.DataFrame) -> pd.Series[int]:
    """Return a fold of each answer, whole counties in one."""
    codes = located["adcode"]
    return codes.map({c: zlib.crc32(str(c).encode()) % FOLDS for c in codes.unique()}).astype(int)


def evidence_of(located: pd.DataFrame) -> pd.Series[str]:
    """Return which row of the table of radii each answer's radius is from, "" for none."""
    level, zone = located["geocode_level"], located["geocode_method"] == ZONE
    found = level.map({"place": TOWN, "city": CITY, "county": COUNTY}).fillna("").where(~zone, "")
    # a county's answer whose radius is not the county's own names a town besides
    today = gazetteer(LAST_YEAR).by_adcode
    own = [
        address_radius_km(COUNTY, today[code]) if kind == COUNTY else 0.0
        for code, kind in zip(located["adcode"], found, strict=True)
    ]
    other = (found == COUNTY) & (
        located["uncertainty_km"].astype(float) != pd.Series(own, located.index)
    )
    return found.mask(other, COUNTY_TOWN)


def factors(located: pd.DataFrame, exponents: Mapping[str, float]) -> dict[str, tuple[float, int]]:
    """Return factor and points of each kind of evidence that has enough of them."""
    kinds, apart_km = evidence_of(located), located["adcode"].map(neighbours_km())
    found = {}
    for kind, exponent in exponents.items():
        here = (kinds == kind) & apart_km.notna()
        if here.sum() >= MIN_POINTS:
            ratio = located.loc[here, "error_km"] / apart_km[here] ** exponent
            found[kind] = round(float(ratio.quantile(COVERAGE)), 2), int(here.sum())
    return found


def calibrate(register: Register) -> None:
    """Write the factors of tables/address_radii.csv, and print how they hold in other counties."""
    located = located_with_errors(register)
    path = TABLES / "address_radii.csv"
    table = pd.read_csv(path).set_index("evidence")
    exponents = table["exponent"].to_dict()
    for kind, (factor, points) in factors(located, exponents).items():
        table.loc[kind, ["factor", "points"]] = factor, points
    table.loc[CODE, "factor"] = round(CODE_TIMES * float(table.loc[COUNTY, "factor"]), 2)
    table.astype({"points": int}).reset_index().to_csv(path, index=False, lineterminator="\n")
    print(table.to_string())
    # each fold of counties inside radii that were made without it
    kinds, apart_km, fold = (
        evidence_of(located),
        located["adcode"].map(neighbours_km()),
        folds(located),
    )
    inside = pd.Series(np.nan, index=located.index)
    for k in range(FOLDS):
        made = factors(located[fold != k], exponents)
        for kind, (factor, _) in made.items():
            here = (fold == k) & (kinds == kind) & apart_km.notna()
            radius_km = factor * apart_km[here] ** exponents[kind]
            inside[here] = (located.loc[here, "error_km"] <= radius_km).astype(float)
    print("in counties not calibrated on, inside %:")
    print((100.0 * inside.groupby(kinds).mean()).round(1).to_string())


def radii_table(register: Register) -> pd.DataFrame:
    """Return how far our positions lie off and how many inside the radius, by level and region."""
    located = located_with_errors(register)
    located["inside"] = located["error_km"] <= located["uncertainty_km"].astype(float)
    home = located["adcode"].str[:2]
    rows = []
    for region, codes in [("all", sorted({*home})), *REGIONS.items()]:
        here = located[home.isin(codes)]
        groups: list[tuple[str, pd.DataFrame]] = [("all", here)]
        groups += [(str(k), g) for k, g in here.groupby("geocode_level")]
        groups += [(f"- {k or ZONE}", g) for k, g in here.groupby(evidence_of(here))]
        for level, group in groups:
            if not len(group):
                continue
            errors = group["error_km"]
            rows.append(
                {
                    "region": region, "level": level, "rows": len(group),
                    "median_km": round(errors.median(), 1),
                    "p90_km": round(errors.quantile(0.9), 1),
                    "radius_km": round(group["uncertainty_km"].astype(float).median(), 1),
                    "inside_pct": round(100.0 * group["inside"].mean(), 1),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def show_wrong(register: Register, most: int) -> None:
    """Print rows that we name silently wrong, to be looked at; they are not to be kept."""
    located = geocode_texts([register.texts], kind="address")
    for level, digits in LEVELS.items():
        truth, codes = register.truth[level], located["adcode"]
        named = (codes.str[digits - 2 : digits] != "00") & (codes != "") & (truth != "")
        off = named & (codes.str[:digits] != truth.str[:digits])
        print(f"\nsilently wrong: {level}, {int(off.sum())}")
        for row in off[off].index[:most]:
            method = located.loc[row, "geocode_method"]
            print(truth[row], codes[row], method, register.texts[row], sep="\t")


def main() -> None:
    """Print the tables of each register."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("registers", type=Path, nargs="+")
    parser.add_argument("--rows", type=int, help="at random, of each register")
    parser.add_argument("--datum", default="", help="of positions whose headings state none")
    parser.add_argument("--tools", default=",".join(TOOLS), help="comma-separated")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong rows a level")
    parser.add_argument("--calibrate", action="store_true", help="write address_radii.csv")
    options = parser.parse_args()
    if options.calibrate:
        calibrate(read_register(options.registers[0], options.rows, options.datum))
        return
    tools = installed(options.tools.split(","))
    for path in options.registers:
        register = read_register(path, options.rows, options.datum)
        print(f"\n{register.name}: {len(register.texts):,} addresses")
        if any((codes != "").any() for codes in register.truth.values()):
            print(divisions_table(register, tools).to_string(index=False))
        if not np.isnan(register.lon).all():
            print(radii_table(register).to_string(index=False))
        if options.wrong:
            show_wrong(register, options.wrong)


if __name__ == "__main__":
    main()
