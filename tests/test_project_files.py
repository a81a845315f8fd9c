"""Files about the project agree with each other: versions, bounds, citation, change log."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_oldest_constraints_are_the_lower_bounds() -> None:
    extras = PROJECT["optional-dependencies"]
    stated = [*PROJECT["dependencies"], *extras["web"], *extras["outlines"], *extras["fonts"]]
    bounds = dict(re.match(r"([\w-]+)>=([\d.]+)", line).groups() for line in stated)  # type: ignore[union-attr]
    lines = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8").split("# Not ours")[0]
    pinned = dict(re.findall(r"^([\w-]+)==([\d.]+)$", lines, re.MULTILINE))

    def same(version: str) -> tuple[int, ...]:
        parts = [int(part) for part in version.split(".")]
        return tuple(parts + [0] * (3 - len(parts)))

    assert {k: same(v) for k, v in pinned.items()} == {k: same(v) for k, v in bounds.items()}


def test_citation_states_the_version_and_the_form() -> None:
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "cff-version: 1.2.0"
    assert f"version: {PROJECT['version']}" in lines
    for key in ("message", "title", "authors", "license", "type"):
        assert any(line.startswith(f"{key}:") for line in lines)


def test_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    for heading in headings[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading)
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
