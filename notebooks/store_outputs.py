"""Keep the notebooks' outputs: `make notebooks` stores them, `make test-notebooks` compares them.

Usage: python notebooks/store_outputs.py EXECUTED [--check]

EXECUTED is a folder with the notebooks as they were just executed. What changes from run to run
(times, versions of the kernel) is not stored. Pictures are not compared: their bytes change with
the version of matplotlib and the fonts at hand.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat

HERE = Path(__file__).parent
PICTURES = ("image/png",)
LANGUAGE = {"name": "python"}


def tidy(notebook: Any) -> Any:
    """Drop what changes from run to run."""
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": LANGUAGE}
    for cell in notebook.cells:
        cell.metadata = {}
        if "outputs" in cell:
            cell.outputs = joined(cell.outputs)
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    return notebook


def joined(outputs: list[Any]) -> list[Any]:
    """Join what was printed in pieces; where it broke depends on the machine's haste."""
    found: list[Any] = []
    for output in outputs:
        if output.output_type == "stream":
            output.text = output.text.replace("\r\n", "\n")
            if found and found[-1].get("name") == output.name:
                found[-1].text += output.text
                continue
        found.append(output)
    return found


def words(notebook: Any) -> list[list[Any]]:
    """Return each cell's source and outputs; of a picture only that there is one."""
    found = []
    for cell in notebook.cells:
        outputs = [
            output.get("text")
            or {
                kind: "a picture" if kind in PICTURES else "".join(data)
                for kind, data in output.get("data", {"error": output.get("evalue")}).items()
            }
            for output in cell.get("outputs", [])
        ]
        found.append([cell.source, *outputs])
    return found


def main(executed: Path, check: bool) -> int:
    """Store the outputs, or compare them; return how many notebooks differ."""
    differ = 0
    for path in sorted(HERE.glob("*.ipynb")):
        fresh = tidy(nbformat.read(executed / path.name, as_version=4))
        if not check:
            text = nbformat.writes(fresh).rstrip("\n") + "\n"
            path.write_text(text, encoding="utf-8", newline="\n")
            continue
        kept = words(nbformat.read(path, as_version=4))
        for number, (old, new) in enumerate(zip(kept, words(fresh), strict=True), start=1):
            if old != new:
                differ += 1
                sys.stderr.write(f"{path.name}, cell {number}: kept {old[1:]}\nnow {new[1:]}\n")
                break
    if differ:
        sys.stderr.write("kept outputs are not those of today's code; run: make notebooks\n")
    return differ


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--check" in sys.argv[2:]))
