"""`zonegap distance` of points: a file, a folder that goes on where it stopped, wrong use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.helpers import zonegap
from tests.test_point_tables import expected, make_parts, points
from zonegap.command.app import main
from zones.hubs import hub_layer


def test_the_command(tmp_path: Path) -> None:
    table = points(500)
    table.to_parquet(tmp_path / "p.parquet")
    done = zonegap(
        "distance", "p.parquet", "--datum", "WGS-84", "--hubs", "cores", "--km", "300,500",
        "--columns", "id", "--out", "sub/out.parquet", cwd=tmp_path, PYTHONPATH=str(Path.cwd()),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    want = expected(table, hub_layer("cores"))
    found = pd.read_parquet(tmp_path / "sub" / "out.parquet")
    np.testing.assert_array_equal(found["nearest_km"], want["nearest_km"])
    assert done.stdout.splitlines() == [
        f"{t} km, cores: {n:,} of 500 points beyond ({n / 5:.1f} %)"
        for t, n in ((t, int((want["nearest_km"] > t).sum())) for t in (300, 500))
    ]
    assert "points" not in done.stdout.splitlines()[0][:6]
    assert done.stderr.splitlines() == [  # no bar off a terminal
        f"500 points: {Path('sub/out.parquet')}",
        f"whose it is: {Path('sub/out.SOURCES.md')}",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["p.parquet", "--out", "o.parquet"], 3, "column 'datum' is missing"),
        (["p.parquet", "--datum", "WGS-84"], 2, "say where to write (--out) or what to count"),
        (["p.parquet", "--datum", "WGS-84", "--out", "o.xlsx"], 2, "accepted: another file"),
        (["p.parquet", "--datum", "WGS-84", "--out", "p.parquet"], 2, "accepted: another file"),
        (["p.parquet", "--engine", "dask", "--out", "o.parquet"], 2, "is one file"),
        (["gone.parquet", "--km", "300"], 3, "gone.parquet: no such file"),
        (["parts", "--datum", "WGS-84"], 2, "needs a folder to write to"),
        (["parts", "--datum", "WGS-84", "--out", "parts"], 2, "is the input itself"),
        (["--columns", "lon"], 2, "--columns: only for points"),
        (["s.toml", "--columns", "lon"], 2, "--columns: only for points"),
        (["p.parquet", "--zones", "z.csv"], 2, "--zones: of a study"),
        (["p.parquet", "--km", "-1", "--datum", "WGS-84"], 2, "-1"),
    ],
)
def test_wrong_use_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    points(5).to_parquet(tmp_path / "p.parquet")
    make_parts(tmp_path / "parts", 1, 5)
    before = sorted(p.name for p in tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["zonegap", "distance", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert message in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_the_command_measures_a_folder_and_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_parts(tmp_path / "parts", 3, 40)
    every = pd.concat(pd.read_parquet(p) for p in sorted((tmp_path / "parts").iterdir()))
    beyond = int((expected(every, hub_layer("cores"))["nearest_km"] > 500).sum())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["zonegap", "distance", "parts", "--datum", "WGS-84", "--hubs",
                                     "cores", "--km", "500", "--out", "out"])  # fmt: skip

    def run() -> list[str]:
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
        said = capsys.readouterr()
        assert said.out.startswith(f"500 km, cores: {beyond:,} of 120 points beyond")
        return said.err.splitlines()

    last = ["120 points: out", f"whose it is: {Path('out/SOURCES.md')}"]
    assert run() == last
    written = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    assert len(written) == 3 + 1
    (tmp_path / "out" / "part-001.parquet").unlink()
    assert run() == ["2 of 3 parts are done", *last]
    assert run() == ["3 of 3 parts are done", *last]
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == written
