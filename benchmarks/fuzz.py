"""Coverage-guided fuzzing of the readers and the capital parser: only documented errors may come.

Run: python benchmarks/fuzz.py --seconds 600. Needs `pip install atheris` (Linux, Python 3.11 or
3.12). Prints how many inputs were tried and, if one raised an error that is not documented, saves
that input. Each target has its share of the time; its corpus begins with small good files.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

TARGETS = (
    "capital", "text", "spreadsheet", "parquet", "registrations", "zones", "geocoder", "study",
    "boundaries", "values",
)  # fmt: skip
_RUNS = re.compile(r"(?:Done|#)(\d+)")


def seeds() -> dict[str, list[bytes]]:
    """Return small good inputs by target."""
    import pandas as pd

    zones = "开发区名称,省份,核准面积(公顷),批准时间\n西安高新技术产业开发区,陕西省,2235,1991-03\n"
    firms = (
        "公司名称,注册资本(万元),注册地址,所属省份,所属城市,经营状态,统一社会信用代码,经度,纬度,坐标系\n"
        "示例科技,5000万人民币,杭州市余杭区,浙江省,杭州市,存续,91330000MA00000001,120.1,30.2,GCJ-02\n"
    )
    frame = pd.read_csv(io.StringIO(firms), dtype=str)
    xlsx, parquet = io.BytesIO(), io.BytesIO()
    frame.to_excel(xlsx, index=False, engine="xlsxwriter")
    frame.to_parquet(parquet, index=False)
    texts = [firms, zones]
    tables = [t.encode(e) for t in texts for e in ("utf-8", "utf-16", "gb18030", "utf-8-sig")]
    amounts = "5000万人民币 1000万美元 50,000万元 1.2亿 500万(元) - HKD3million".split()
    places = "浙江省杭州市余杭区文一西路1号 深圳市腾讯计算机系统有限公司".split()
    return {
        "capital": [a.encode() for a in amounts],
        "text": tables,
        "spreadsheet": [xlsx.getvalue()],
        "parquet": [parquet.getvalue()],
        "registrations": [t.encode() for t in texts] + [xlsx.getvalue(), parquet.getvalue()],
        "zones": [t.encode() for t in texts],
        "geocoder": [place.encode() for place in places],
        "study": [
            '[zones]\ntable = "zones.csv"\nprovinces = ["湖北"]\napproved = "2000.."\n'.encode(),
            b"[distance]\nthresholds_km = [300, 500.5]\n[hubs]\nlayer = 'cores'\n",
        ],
        "boundaries": [
            b'{"type":"LineString","coordinates":[[100,30],[110,35]]}',
            b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
            b'{"type":"Polygon","coordinates":[[[100,30],[110,30],[110,35],[100,30]]]}}]}',
        ],
        "values": [
            text.encode()
            for text in "一亿二千万 约105 1，234公顷 12.3万亩 1992-10-15 199210 120°30′E".split()
        ],
    }


def fuzz(  # noqa: C901, a function for each target
    target: str, seconds: float, corpus: Path
) -> None:
    """Fuzz one target in this process; ends with a traceback at the first undocumented error."""
    import atheris

    with atheris.instrument_imports(include=["geodata", "zones.study", "maps.boundaries"]):
        from geodata.address_geocoder import geocode_texts
        from geodata.user_tables import (
            addresses,
            areas,
            capital,
            companies,
            dates,
            files,
            numerals,
            zones,
        )  # fmt: skip
        from maps.boundaries import file_outlines
        from zones.study import read_study
    import pandas as pd

    from geodata.errors import ZonegapError

    suffix = {
        "spreadsheet": ".xlsx",
        "parquet": ".parquet",
        "study": ".toml",
        "boundaries": ".geojson",
    }.get(target, ".csv")
    path = Path(tempfile.mkdtemp()) / f"input{suffix}"
    magic = {"spreadsheet": b"PK\x03\x04", "parquet": b"PAR1"}.get(target, b"")

    def of_capital(text: str) -> None:
        heading, _, cell = text.partition("\0")
        try:
            unit = capital.unit_of(heading) if cell else capital.NO_UNIT
            amount = capital.parse_capital(cell or heading, unit)
        except capital.CapitalError:
            return
        assert 0 <= amount < capital.LARGEST_YI_CNY, amount

    def of_address(text: str) -> None:
        province, city, address = (*text.split("\0"), "", "", "")[:3]
        frame = geocode_texts([pd.Series([address])], pd.Series([province]), pd.Series([city]))
        assert len(frame) == 1

    def of_values(text: str) -> None:
        numerals.chinese_number(text)
        cells = pd.Series([text], dtype=object)
        areas.read_areas(cells, "面积", "", 1)
        dates.read_months(cells, "批准时间")

    def of_sheets(path: Path) -> None:
        for sheet in files.open_tables(path):
            for _ in zip(range(1000), sheet.rows(), strict=False):
                pass

    def of_text(path: Path) -> None:
        addresses.load_texts(path, ["公司名称"])
        of_sheets(path)

    of_texts = {"capital": of_capital, "geocoder": of_address, "values": of_values}
    of_files = {
        "registrations": companies.load_registrations, "zones": zones.load_zone_table,
        "study": read_study, "boundaries": lambda path: file_outlines(path, "x"), "text": of_text,
    }  # fmt: skip

    def one(data: bytes) -> None:
        if target in of_texts:
            of_texts[target](data.decode("utf-8", "replace"))
            return
        path.write_bytes(magic + data[len(magic) :])
        with suppress(ZonegapError):
            of_files.get(target, of_sheets)(path)

    arguments = [
        sys.argv[0],
        f"-max_total_time={max(int(seconds), 1)}",
        "-max_len=8192",
        "-rss_limit_mb=4000",
        f"-artifact_prefix={corpus.parent}/{target}-",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


def main() -> None:
    """Fuzz every target and print the counts; exit 1 when one found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--folder", type=Path, default=Path("fuzz"))
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=TARGETS)
    parser.add_argument("--one", choices=TARGETS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    share = options.seconds / len(options.targets)
    if options.one:
        fuzz(options.one, options.seconds, options.folder / options.one)
        return
    total, found = 0, []
    for target in options.targets:
        corpus = options.folder / target
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds()[target]):
            (corpus / f"seed-{number}").write_bytes(seed)
        command = [sys.executable, __file__, "--one", target, "--seconds", str(share)]
        command += ["--folder", str(options.folder)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, errors="replace"
        )
        said = done.stdout + done.stderr
        executed = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said)
        runs = int(executed[-1]) if executed else max(map(int, _RUNS.findall(said)), default=0)
        total += runs
        print(f"{target}: {runs:,} inputs, exit {done.returncode}", flush=True)
        if done.returncode:
            found.append(target)
            print(said[-3000:])
    print(f"total: {total:,} inputs; findings: {', '.join(found) or 'none'}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
