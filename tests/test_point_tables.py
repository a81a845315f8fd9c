"""Tables of points, from file to file: Parquet, Arrow, folders of parts, bad cells, counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from geodata.datum import gcj02_to_bd09, wgs84_to_gcj02
from geodata.errors import BadInputError, DataFileError, UsageError
from geodata.words import use_language
from zonegap.command.app import main
from zones.distance.nearest_hub import nearest
from zones.hubs import hub_layer
from zones.points import tables as point_files
from zones.points.parts import measure_here, open_parts, parts_of
from zones.points.tables import Counts, Task, measure_table


def points(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": np.arange(n) + seed * n,
            "lon": rng.uniform(73, 135, n),
            "lat": rng.uniform(18, 53, n),
            "kind": pd.Categorical(rng.choice(["a", "b"], n)),
        }
    )


def expected(table: pd.DataFrame, hubs: pd.DataFrame, method: str = "great-circle") -> pd.DataFrame:
    return nearest(table, hubs, method=method, engine="kdtree")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_files, "BATCH_ROWS", 1000)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("method", ["great-circle", "geodesic"])
@pytest.mark.parametrize("source", [".parquet", ".feather"])
@pytest.mark.parametrize("target", [".parquet", ".arrow"])
def test_batches_give_what_the_whole_gives(
    tmp_path: Path, source: str, target: str, method: str
) -> None:
    table, hubs = points(3500), hub_layer("listed")
    path, out = tmp_path / f"in{source}", tmp_path / f"out{target}"
    if source == ".parquet":
        table.to_parquet(path, row_group_size=1700)
    else:
        pyarrow.feather.write_feather(table, path, chunksize=1600)
    steps: list[int] = []
    task = Task(hubs, method, "WGS-84", thresholds_km=(300.0, 500.0))
    counts = measure_table(path, out, task, progress=steps.append)
    found = pd.read_parquet(out) if target == ".parquet" else pa.ipc.open_file(out).read_pandas()
    want = expected(table, hubs, method)
    assert found.columns.tolist() == [*table.columns, "nearest_hub", "nearest_km"]
    pd.testing.assert_frame_equal(found[["id", "lon", "lat"]], table[["id", "lon", "lat"]])
    assert found["kind"].astype(str).tolist() == table["kind"].astype(str).tolist()
    assert found["nearest_hub"].astype(str).tolist() == want["nearest_hub"].tolist()
    np.testing.assert_array_equal(found["nearest_km"], want["nearest_km"])
    assert sum(steps) == counts.points == len(table)
    assert len(steps) >= 4
    beyond = [int((want["nearest_km"] > t).sum()) for t in (300, 500)]
    assert counts.beyond.tolist() == beyond
    # counts alone, on the ellipsoid only where they can flip
    assert measure_table(path, None, task).beyond.tolist() == beyond


def test_datum_of_each_row_or_of_all(tmp_path: Path) -> None:
    table, hubs = points(300)[["lon", "lat"]], hub_layer("cores")
    lon, lat = wgs84_to_gcj02(table["lon"], table["lat"])
    mixed = pd.DataFrame({"lon": table["lon"], "lat": table["lat"], "datum": "WGS-84"})
    mixed.loc[100:, "lon"], mixed.loc[100:, "lat"] = lon[100:], lat[100:]
    mixed.loc[100:, "datum"] = "GCJ-02"
    baidu = gcj02_to_bd09(lon, lat)
    mixed.loc[200:, "lon"], mixed.loc[200:, "lat"] = baidu[0][200:], baidu[1][200:]
    mixed.loc[200:, "datum"] = "BD-09"
    shifted = pd.DataFrame({"lon": lon, "lat": lat})
    want = expected(table, hubs)["nearest_km"]
    tables = (
        ("mixed", mixed, None),
        ("shifted", shifted, "GCJ-02"),
        ("baidu", pd.DataFrame({"lon": baidu[0], "lat": baidu[1]}), "BD-09"),
    )
    for name, frame, datum in tables:
        frame.to_parquet(tmp_path / f"{name}.parquet")
        out = tmp_path / "out.parquet"
        measure_table(tmp_path / f"{name}.parquet", out, Task(hubs, datum=datum))
        error_km = (pd.read_parquet(out)["nearest_km"] - want).abs()
        assert error_km.max() < 1e-6


@pytest.mark.usefixtures("small_batches")
def test_bad_cells_are_named_with_their_row(tmp_path: Path) -> None:
    hubs, path = hub_layer("cores"), tmp_path / "p.parquet"
    bad = points(2500)
    bad.loc[2100, "lat"] = 91.5
    bad.loc[2200, "lon"] = np.nan
    bad.loc[2300, "lon"] = np.inf
    pq.write_table(pa.table({c: pa.array(bad[c].to_numpy()) for c in ("lon", "lat")}), path)
    with pytest.raises(BadInputError) as caught:
        measure_table(path, tmp_path / "out.parquet", Task(hubs, datum="WGS-84"))
    assert str(caught.value).splitlines() == [
        f"{path}: row 2201, column 'lon': 'nan'; accepted: -180 to 180",
        f"{path}: row 2301, column 'lon': 'inf'; accepted: -180 to 180",
        f"{path}: row 2101, column 'lat': '91.5'; accepted: -90 to 90",
    ]
    points(5).assign(datum=["WGS-84", "wgs84", None, "BD-09", "GCJ-02"]).to_parquet(path)
    with pytest.raises(BadInputError) as caught:
        measure_table(path, None, Task(hubs))
    assert [line.split("; ")[0] for line in str(caught.value).splitlines()] == [
        f"{path}: row 2, column 'datum': 'wgs84'",
        f"{path}: row 3, column 'datum': ''",
    ]
    use_language("zh")
    with pytest.raises(BadInputError, match=r"第2行，“datum”列：'wgs84'；应为：WGS-84、"):
        measure_table(path, None, Task(hubs))
    use_language("en")
    whole = pa.table({"lon": pa.array([110, 2**60], pa.int64()), "lat": pa.array([30, 31])})
    pq.write_table(whole, path)
    with pytest.raises(BadInputError, match=f"row 2, column 'lon': '{2**60}'; accepted: -180 to"):
        measure_table(path, None, Task(hubs, datum="WGS-84"))
    # other processes see the same message
    again = caught.value.__reduce__()
    assert str(again[0](*again[1])) == str(caught.value)


def test_columns_and_datum_are_asked_for(tmp_path: Path) -> None:
    hubs, path = hub_layer("cores"), tmp_path / "p.parquet"
    points(5).rename(columns={"lon": "x"}).assign(lat="31").to_parquet(path)
    with pytest.raises(BadInputError) as caught:
        measure_table(path, None, Task(hubs, columns=("name",)))
    text = str(caught.value)
    assert "column 'lon' is missing; columns: id, x, lat, kind" in text
    assert "column 'lat': type " in text
    assert "column 'name' is missing; columns: id, x, lat, kind" in text
    assert "column 'datum' is missing: add it or say --datum; accepted: WGS-84, GCJ-02" in text
    twice = pa.table([[120.0], [121.0], [30.0]], names=["lon", "lon", "lat"])
    pq.write_table(twice, path)
    with pytest.raises(BadInputError, match="column 'lon' stands twice"):
        measure_table(path, None, Task(hubs, datum="WGS-84"))
    points(5).assign(datum="WGS-84", nearest_km=1.0).to_parquet(path)
    with pytest.raises(UsageError, match="--datum: .* has a column 'datum' of its own"):
        measure_table(path, None, Task(hubs, datum="WGS-84"))
    with pytest.raises(UsageError, match="column 'nearest_km' is there already"):
        measure_table(path, None, Task(hubs))
    out = tmp_path / "out.parquet"
    measure_table(path, out, Task(hubs, columns=("id",)))
    assert pd.read_parquet(out).columns.tolist() == ["id", "nearest_hub", "nearest_km"]


def test_files_that_are_none(tmp_path: Path) -> None:
    task = Task(hub_layer("cores"), datum="WGS-84")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no table PAR1")
    for path in (broken, tmp_path / "missing.parquet", tmp_path / "missing.arrow"):
        with pytest.raises(DataFileError, match=path.name):
            measure_table(path, None, task)
    with pytest.raises(DataFileError, match=r"no \*.parquet file"):
        parts_of(tmp_path / "empty")
    points(0).to_parquet(tmp_path / "none.parquet")
    out = tmp_path / "out.parquet"
    assert measure_table(tmp_path / "none.parquet", out, task).points == 0
    assert pd.read_parquet(out).columns.tolist()[-2:] == ["nearest_hub", "nearest_km"]


def make_parts(folder: Path, parts: int, rows: int) -> None:
    folder.mkdir()
    for i in range(parts):
        points(rows, i).to_parquet(folder / f"part-{i:03d}.parquet")


def measure_all(folder: Path, out: Path, task: Task) -> list[str]:
    """Return the names of the parts that were measured now."""
    done: list[str] = []

    def note(part: Path, counts: Counts) -> None:
        done.append(part.name)

    measure_here(open_parts(parts_of(folder), out, task), out, task, note)
    return done


def test_finished_parts_are_not_done_again(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    make_parts(folder, 4, 200)
    names = [f"part-{i:03d}.parquet" for i in range(4)]
    task = Task(hub_layer("cores"), datum="WGS-84")
    assert measure_all(folder, out, task) == names
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    assert sorted(before) == names
    assert measure_all(folder, out, task) == []
    # an emptied result, a changed part and a part that is gone are done; nothing else
    (out / names[0]).write_bytes(b"")
    (out / names[2]).unlink()
    points(200, 9).to_parquet(folder / names[3])
    (out / ".zonegap-part-dead").mkdir()
    (out / ".zonegap-part-dead" / "part-009.parquet").write_bytes(b"left by a killed process")
    assert measure_all(folder, out, task) == [names[0], names[2], names[3]]
    after = {p.name: p.read_bytes() for p in out.iterdir()}
    assert sorted(after) == names
    assert [after[n] == before[n] for n in names] == [True, True, True, False]
    # another question is another answer
    for other in (
        Task(hub_layer("listed"), datum="WGS-84"),
        Task(hub_layer("listed"), "geodesic", "WGS-84"),
        Task(hub_layer("listed"), "geodesic", "GCJ-02"),
        Task(hub_layer("listed"), "geodesic", "GCJ-02", ("id",)),
    ):
        assert measure_all(folder, out, other) == names


def test_a_bad_part_leaves_the_good_ones(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    make_parts(folder, 3, 50)
    bad = points(50)
    bad.loc[7, "lon"] = 200.0
    bad.to_parquet(folder / "part-001.parquet")
    task = Task(hub_layer("cores"), datum="WGS-84")
    with pytest.raises(BadInputError, match=r"part-001.parquet: row 8, column 'lon': '200.0'"):
        measure_all(folder, out, task)
    assert [p.name for p in out.iterdir()] == ["part-000.parquet"]


def test_parquet_results_need_no_more_than_a_batch_of_memory(tmp_path: Path) -> None:
    # row groups stay as small as the batches, so no reader needs more either
    points(1200).to_parquet(tmp_path / "p.parquet")
    task = Task(hub_layer("cores"), datum="WGS-84")
    measure_table(tmp_path / "p.parquet", tmp_path / "o.parquet", task)
    metadata = pq.read_metadata(tmp_path / "o.parquet")
    assert metadata.num_rows == 1200
    assert metadata.row_group(0).num_rows <= point_files.BATCH_ROWS


def test_a_part_changed_in_place_is_done_again(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    part = folder / "part.parquet"
    task = Task(hub_layer("cores"), datum="WGS-84")
    table = points(500)[["lon", "lat"]]

    def write() -> bytes:
        # without a dictionary and packing a number changes no size, and no extreme
        plain = pa.Table.from_pandas(table, preserve_index=False)
        pq.write_table(plain, part, use_dictionary=False, compression="none")
        return part.read_bytes()

    before = write()
    assert measure_all(folder, out, task) == ["part.parquet"]
    assert measure_all(folder, out, task) == []
    middle = table["lon"].sort_values().index[250]
    table.loc[middle, "lon"] += 1.0
    after = write()
    assert len(after) == len(before)
    assert after[-200:] == before[-200:]
    assert measure_all(folder, out, task) == ["part.parquet"]
    found = pd.read_parquet(out / "part.parquet")
    np.testing.assert_array_equal(
        found["nearest_km"], expected(table, hub_layer("cores"))["nearest_km"]
    )
    assert measure_all(folder, out, task) == []


def test_only_unfinished_parts_are_swept(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    make_parts(folder, 1, 20)
    # the stage of another command that was killed: it clears it itself
    stage = out / ".zonegap-stage"
    (stage / "new").mkdir(parents=True)
    (out / ".zonegap-part-dead").mkdir()
    (out / ".zonegap-part-dead" / "part-009.parquet").write_bytes(b"left by a killed process")
    task = Task(hub_layer("cores"), datum="WGS-84")
    assert measure_all(folder, out, task) == ["part-000.parquet"]
    assert sorted(p.name for p in out.iterdir()) == [".zonegap-stage", "part-000.parquet"]
    assert open_parts(parts_of(folder), out, task) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["parts", "--out", "o", "--scheduler", "tcp://127.0.0.1:9"], "--scheduler: only with"),
        (["parts", "--out", "o", "--workers", "2"], "--workers: only with --engine dask"),
        (
            ["parts", "--out", "o", "--engine", "dask", "--workers", "2", "--scheduler", "tcp://x"],
            "--workers: of this machine",
        ),
        (["p.parquet", "--out", "set.parquet"], "--out: set.parquet; accepted: another file"),
    ],
)
def test_what_would_be_ignored_or_lost_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    points(5).to_parquet(tmp_path / "p.parquet")
    make_parts(tmp_path / "parts", 1, 5)
    make_parts(tmp_path / "set.parquet", 1, 5)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["zonegap", "distance", *arguments, "--datum", "WGS-84"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
    assert [p.name for p in (tmp_path / "set.parquet").iterdir()] == ["part-000.parquet"]
