"""The notebooks: they call the packages and define nothing, their outputs are kept and of today."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from zones.pipeline import StudyResult
from zones.thresholds import count_beyond

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAX_BYTES = 500_000


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def outputs(path: Path) -> str:
    return "".join(json.dumps(c["outputs"], ensure_ascii=False) for c in code_cells(path))


def test_there_are_four() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_they_define_nothing(path: Path) -> None:
    for cell in code_cells(path):
        source = "".join(cell["source"])
        plain = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
        for node in ast.walk(ast.parse(plain)):
            assert not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
            )
            assert not isinstance(node, ast.For | ast.While | ast.Try)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_outputs_are_kept_whole_and_small(path: Path) -> None:
    assert path.stat().st_size < MAX_BYTES
    cells = code_cells(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output["output_type"] for cell in cells for output in cell["outputs"]}
    assert kinds <= {"execute_result", "display_data", "stream"}  # no error
    text = outputs(path)
    assert "image/png" in text
    assert "text/html" in text
    assert "<script" not in text
    assert not re.search(r"/(?:tmp|home|root|work|usr)/|[A-Z]:\\\\", text.split("image/png")[0])
    assert read(path)["metadata"]["language_info"] == {"name": "python"}
    assert all(not cell["metadata"] for cell in read(path)["cells"])


def test_kept_counts_are_those_of_the_study(result: StudyResult) -> None:
    zones = result.zones
    row = count_beyond(zones["nearest_km"], zones["uncertainty_km"], [500.0]).iloc[0]
    for path in NOTEBOOKS[:2]:
        for name in ("beyond", "surely", "possibly"):
            assert f"<td>{row[name]:.0f}</td>" in outputs(path)
    assert "<td>1,120</td>" in outputs(NOTEBOOKS[0])
