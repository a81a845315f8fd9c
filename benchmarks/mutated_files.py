"""Change whole files at random and read each in a child of limited memory and time.

Run: python benchmarks/mutated_files.py [--seconds 900] [--seed 2018] [--folder mutated]. Needs
Linux, and openpyxl and xlwt for two kinds of seed. Only documented errors may come: what ends with
another one, with a signal or not at all, is kept in the folder under a name that says so.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

SEED = 2018
MEMORY_BYTES = 3 << 30  # address space beyond what the libraries take
LIMIT_S = 30.0  # an input of some kilobytes
IN_ONE_CHILD = 200
SHAPEFILE = ("shp", "dbf", "shx", "prj", "cpg")
ZONES = "开发区名称,省份,核准面积(公顷),批准时间,经度,纬度,坐标系\n" + (
    "西安高新技术产业开发区,陕西省,2235,1991-03,108.9,34.2,WGS-84\n昆山经济技术开发区,江苏省,约105,,,,\n"
)
LINES = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":'
LINES += '{"type":"LineString","coordinates":[[100,30],[110,35],[111,36]]}}]}'
STUDY = '[zones]\ntable = "zones.csv"\nprovinces = ["湖北"]\n[distance]\nthresholds_km = [500]\n'
STUDY += '[hubs]\nlayer = "cores"\n[output]\nformats = ["csv"]\nlanguage = "zh"\n'
PIECES = (
    b"\0", b"\xff" * 8, b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"9" * 400, b"nan", b"1e999", b",",
    b'"', b"\n", b"[" * 300, b"{", b"<", b"\xef\xbb\xbf", "中".encode(), b"-1", b"PK\x05\x06",
)  # fmt: skip


# ---- seeds and who reads them


def _ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p>'
                  "</table:table-cell>" for c in row)
        + "</table:table-row>"
        for row in rows
    )  # fmt: skip
    name = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{name}office:1.0" '
        f'xmlns:table="{name}table:1.0" xmlns:text="{name}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="a">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{name}manifest:1.0"/>')
        archive.writestr("content.xml", content)
    return out.getvalue()


def seeds() -> dict[str, bytes]:
    """Return a small good file of each kind, by the name it gets."""
    import geopandas as gpd
    import pandas as pd
    import xlwt

    rows = [line.split(",") for line in ZONES.splitlines()]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    latin = frame.set_axis(["name", "province", "area_ha", "date", "lon", "lat", "datum"], axis=1)
    found = {
        "zones.csv": ZONES.encode(), "zones-gbk.csv": ZONES.encode("gb18030"),
        "zones-16.csv": ZONES.encode("utf-16"), "zones.ods": _ods(rows),
        "study.toml": STUDY.encode(), "lines.geojson": LINES.encode(),
        "addresses.csv": ("地址,省份\n杭州市余杭区文一西路969号,浙江省\n-,江苏\n" * 5).encode(),
    }  # fmt: skip
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        book.save(str(folder / "zones.xls"))
        frame.to_excel(folder / "zones.xlsx", index=False, engine="openpyxl")
        frame.to_parquet(folder / "zones.parquet")
        frame.to_feather(folder / "zones.arrow")
        latin.to_stata(folder / "zones.dta", write_index=False, version=118)
        points = gpd.points_from_xy([108.9, 120.9], [34.2, 31.4])
        places = gpd.GeoDataFrame(latin, geometry=points, crs="EPSG:4326")
        lines = gpd.read_file(io.StringIO(LINES))
        for name, table in (("zones", places), ("lines", lines)):
            for kind in ("gpkg", "shp"):
                table.to_file(folder / f"{name}.{kind}")
        lines.to_parquet(folder / "lines.parquet")
        for path in sorted(folder.iterdir()):
            found[path.name] = path.read_bytes()
    return found


def _reader(name: str) -> Callable[[Path], object]:
    from geodata.address_geocoder import geocode_texts
    from geodata.user_tables.addresses import load_texts
    from geodata.user_tables.points import load_point_table
    from geodata.user_tables.zones import load_zone_table
    from maps.boundaries import file_outlines
    from zones.study import read_study

    if name.startswith("study"):
        return read_study
    if name.startswith("lines"):
        return lambda path: file_outlines(path, "x")
    if name.startswith("addresses"):
        return lambda path: geocode_texts(load_texts(path, ["地址"]).texts)
    # the same file as points every second time
    return lambda path: (load_point_table if "odd" in path.parts else load_zone_table)(path)


# ---- changes


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """Return a file changed at some places; of an archive one part, repacked with a true sum."""
    if raw[:2] == b"PK" and dice.random() < 0.7:
        return _mutated_archive(raw, dice)
    data = bytearray(raw)
    for _ in range(dice.choice([1, 1, 2, 4, 16])):
        _change(data, dice)
    return bytes(data)


def _mutated_archive(raw: bytes, dice: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = dice.choice(sorted(parts))
    parts[chosen] = mutated(parts[chosen], dice)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if name != chosen or dice.random() < 0.95:
                archive.writestr(name, part)
    return out.getvalue()


def _change(data: bytearray, dice: random.Random) -> None:
    place, length = dice.randrange(len(data) + 1), dice.choice([1, 2, 4, 8, 64, 512])
    kind = dice.randrange(7)
    if kind == 0 and data:
        data[place % len(data)] ^= 1 << dice.randrange(8)
    elif kind == 1:
        data[place : place + length] = dice.randbytes(length)
    elif kind == 2:
        del data[place : place + length]
    elif kind == 3:
        data[place:place] = data[place : place + length] * dice.choice([1, 2, 50])
    elif kind == 4:
        data[place:place] = dice.choice(PIECES)
    elif kind == 5:
        piece = dice.choice(PIECES)
        data[place : place + len(piece)] = piece
    elif dice.random() < 0.2:
        del data[place:]


# ---- children


def work(names: list[str], files: dict[str, bytes], seed: int, first: int, report: int) -> None:
    """Read inputs one after another; tell of each one before and after. Ends the process."""
    from geodata.errors import ZonegapError

    in_use = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = in_use * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    with tempfile.TemporaryDirectory() as place:
        for number in range(first, first + IN_ONE_CHILD):
            os.write(report, f"{number} begins\n".encode())
            path = write_input(Path(place), names, files, seed, number)
            try:
                _reader(path.name)(path)
                said = "read"
            except ZonegapError as error:
                said = "refused" if len(str(error)) < 20_000 else "FINDING a message without end"
            except MemoryError:
                said = "refused"
            except BaseException as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{Path(last.filename).name}:{last.lineno}"
                said = f"FINDING {type(error).__name__} at {where}: {str(error)[:200]!r}"
            os.write(report, f"{number} {said}\n".encode(errors="replace"))


def write_input(
    place: Path, names: list[str], files: dict[str, bytes], seed: int, number: int
) -> Path:
    """Write an input again by its number: with what belongs to a Shapefile beside it."""
    dice = random.Random(f"{seed} {number}")
    name = names[number % len(names)]
    folder = place / ("odd" if number // len(names) % 2 else "even")
    folder.mkdir(parents=True, exist_ok=True)
    stem = name.rpartition(".")[0]
    if name[-3:] in SHAPEFILE:
        for beside, raw in files.items():
            if beside.startswith(f"{stem}.") and beside.endswith(
                ("shp", "dbf", "shx", "prj", "cpg")
            ):
                (folder / beside).write_bytes(raw)
    (folder / name).write_bytes(mutated(files[name], dice))
    return folder / (f"{stem}.shp" if name[-3:] in SHAPEFILE else name)


def one_child(
    names: list[str], files: dict[str, bytes], seed: int, first: int
) -> list[tuple[int, str]]:
    """Let a child read inputs; return what came of each that it began."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(names, files, seed, first, write)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    os.set_blocking(read, False)
    text, heard = b"", time.monotonic()
    ended, status = 0, 0
    while not ended:
        ended, status = os.waitpid(child, os.WNOHANG)
        try:
            got = os.read(read, 1 << 16)
        except BlockingIOError:
            got = b""
        text += got
        if got:
            heard = time.monotonic()
        elif time.monotonic() - heard > LIMIT_S and not ended:
            os.kill(child, signal.SIGKILL)
            text += b"? FINDING no end after %d s\n" % LIMIT_S
            os.waitpid(child, 0)
            break
        else:
            time.sleep(0.01)
    os.close(read)
    lines = [line.partition(" ")[::2] for line in text.decode(errors="replace").splitlines()]
    outcomes = [(int(n), said) for n, said in lines if n != "?" and said != "begins"]
    begun = [int(n) for n, said in lines if said == "begins"]
    if begun and begun[-1] not in dict(outcomes):
        late = [said for n, said in lines if n == "?"]
        code = os.waitstatus_to_exitcode(status) if not late else 0
        outcomes.append((begun[-1], late[0] if late else f"FINDING the process ended with {code}"))
    return outcomes


def main() -> None:
    """Read changed files until the time is over; print the counts; exit 1 with findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--folder", type=Path, default=Path("mutated"))
    options = parser.parse_args()
    files = seeds()
    names = sorted(name for name in files if not name.endswith((".cpg", ".prj")))
    for name in names:  # what is needed is read before the forks
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / name
            path.write_bytes(files[name])
            if name[-3:] not in SHAPEFILE:
                _reader(name)(path)
    counts: Counter[str] = Counter()
    findings: dict[str, list[int]] = {}
    number, start = options.first, time.monotonic()
    while time.monotonic() - start < options.seconds:
        outcomes = one_child(names, files, options.seed, number)
        for each, said in outcomes:
            kind = names[each % len(names)]
            counts[f"{kind.rpartition('.')[2]} {said.partition(' ')[0]}"] += 1
            if said.startswith("FINDING"):
                if said not in findings:
                    print(each, kind, said, flush=True)
                    path = write_input(options.folder / str(each), names, files, options.seed, each)
                    print(f"  kept as {path}", flush=True)
                findings.setdefault(said, []).append(each)
        number = outcomes[-1][0] + 1
    tried = sum(counts.values())
    print(f"{tried:,} inputs in {time.monotonic() - start:.0f} s: {dict(sorted(counts.items()))}")
    print(f"findings: {sum(map(len, findings.values()))} of {len(findings)} kinds")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
