"""Parts of the documentation that are made from the code: whole, up to date, the same each time."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from doctools import data_flow
from doctools.hooks import PARTS, on_page_markdown
from geodata.registry import registry
from zonegap.command.options import UNRESOLVED_EXIT
from zones.hubs import HUB_LAYERS
from zones.parameters import GDP_VINTAGES
from zones.report.tables import REPORT_TABLES


def test_the_picture_of_the_data_flow_is_up_to_date() -> None:
    drawn = data_flow.PICTURE.read_text(encoding="utf-8")
    assert drawn == data_flow.svg(), "imports have changed: run make picture"


def test_the_picture_shows_every_module_once_and_only_true_arrows() -> None:
    svg, boxes = data_flow.svg(), data_flow.boxes()
    shown = Counter(re.findall(r"[>/\u2003](\w+)\.py<", svg))
    assert shown == Counter(name.split(".")[-1] for name in data_flow.modules())
    for box in boxes.values():
        assert {name.split(".")[0] for name in box.modules} == {box.layer}
    assert [box.modules for box in boxes.values() if box.title == data_flow.OTHERS] == []
    files = data_flow.modules()
    for start, end in data_flow.group_edges():
        used = set().union(
            *(data_flow.imports_of(files[name], set(files)) for name in boxes[end].modules)
        )
        assert used & set(boxes[start].modules), f"{start} -> {end}"


def test_arrows_left_out_are_said_by_a_longer_way() -> None:
    files, edges = data_flow.modules(), data_flow.group_edges()
    reached = {title: {title} for title in data_flow.boxes()}
    for _ in reached:
        for start, end in edges:
            reached[start] |= reached[end]
    for name, path in files.items():
        for used in data_flow.imports_of(path, set(files)):
            assert data_flow.group_of(name) in reached[data_flow.group_of(used)]


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_is_the_same_each_time(part: str) -> None:
    assert PARTS[part]() == PARTS[part]()


def test_pages_ask_for_every_part() -> None:
    pages = (data_flow.ROOT / "docs").rglob("*.md")
    asked = [
        name
        for page in pages
        for name in re.findall(r"<!-- made: ([\w-]+) -->", page.read_text(encoding="utf-8"))
    ]
    assert sorted(asked) == sorted(PARTS)
    page = "# Title\n\n<!-- made: zone-columns -->\n"
    assert "| `nearest_km` |" in on_page_markdown(page)
    assert "made:" not in on_page_markdown(page)


def test_command_reference_has_every_command_option_and_exit_code() -> None:
    from typer.main import get_command

    from zonegap.command.app import app

    text = PARTS["command-reference"]()
    group = get_command(app)
    assert len(group.commands) > 5
    for name, command in group.commands.items():
        section = text.partition(f"\n## zonegap {name}\n")[2].partition("\n## ")[0]
        assert f"    zonegap {name} " in section
        for parameter in command.params:
            named = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]
            assert all(name in section for name in named)
    for value in (*HUB_LAYERS, *GDP_VINTAGES):
        assert value in text
    assert [f"| {code} |" in text for code in (0, 1, 2, 3, UNRESOLVED_EXIT)] == [True] * 5
    codes = text.partition("\n## Exit codes\n")[2]
    assert "`UsageError`" in codes
    assert "TryLaterError" not in codes  # never leaves the web geocoders
    assert "zonegap geocode firms.csv --column 注册地址" in text


def test_dictionary_has_every_table() -> None:
    text = PARTS["built-in-tables"]()
    for entry in registry().values():
        assert f"## {entry.file} " in text
        assert entry.sha256 in text
        assert all(f"- {label}: " in text for label in entry.provenance())
        assert all(uri in text for uri in entry.licence_uri)
        assert all(f"`{column}`" in text for column in entry.columns)
    headings = re.findall(r"^### (\w+)\.csv$", PARTS["table-columns"](), re.MULTILINE)
    assert headings == list(REPORT_TABLES)
