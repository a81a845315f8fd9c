"""Folders of parts: what is done stays, what was changed is done again, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.test_point_tables import expected, make_parts, measure_all, points
from zonegap.command.app import main
from zones.hubs import hub_layer
from zones.points.parts import open_parts, parts_of
from zones.points.tables import Task


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
    (out / ".zonegap-elsewhere-1-1.parquet").write_bytes(b"left by a killed process")
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
