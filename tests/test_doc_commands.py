"""Every command that README, tutorial and how-to pages print is run; it prints what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doc_blocks import ROOT, blocks_of, check_block

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "howto").glob("*.md"))]
PAGES.append(DOCS / "reference" / "study-file.md")
# shows what the command says in the language of the page
IN_ITS_LANGUAGE = DOCS / "howto" / "tables.md"
TRANSLATED = {
    ROOT / "README.md": ROOT / "README.zh-CN.md",
    **{p: DOCS / "zh" / p.relative_to(DOCS) for p in PAGES[1:-1] if p != IN_ITS_LANGUAGE},
}
PAGES.append(DOCS / "zh" / IN_ITS_LANGUAGE.relative_to(DOCS))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    blocks = blocks_of(page)
    assert blocks
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block.title:
            (tmp_path / block.title).write_text(block.body, encoding="utf-8", newline="\n")
        elif block.language == "sh":
            expected = after.body if after and after.language == "text" else None
            check_block(block.body, expected, tmp_path)


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_chinese_pages_show_the_same_blocks(page: Path) -> None:
    assert blocks_of(TRANSLATED[page]) == blocks_of(page)


def test_a_page_in_its_language_gives_the_same_files_and_commands() -> None:
    def given(page: Path) -> list[tuple[str, str]]:
        return [
            (block.title, block.body.replace(" --lang zh", ""))
            for block in blocks_of(page)
            if block.title or block.language == "sh"
        ]

    chinese = DOCS / "zh" / IN_ITS_LANGUAGE.relative_to(DOCS)
    assert given(chinese) == given(IN_ITS_LANGUAGE)
