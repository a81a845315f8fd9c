"""The catalogues of words: every sentence of the code with what it is in each other language.

Run ``python -m doctools.words`` (or ``make words``) after a sentence has changed: it finds the
sentences, puts new ones into each catalogue, drops those that are gone, and compiles. A sentence
whose English has changed a little keeps its words, marked ``fuzzy`` until someone has read them; a
test fails while one is missing, fuzzy or not compiled.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "geodata" / "locale"
PACKAGES = ("geodata", "zones", "maps", "zonegap")
HEADER = """# Words of zonegap. Correct what stands behind msgstr, then run: make words
# What is in braces is put in and stays as it is."""
EPOCH = datetime(2018, 2, 26, tzinfo=UTC)
# the functions whose first text is a sentence; of the second the first text is its context
KEYWORDS = {"Message": None, "in_context": ((1, "c"), 2)}


def sentences() -> Catalog:
    """Return every sentence of the code, with the file it stands in."""
    found = Catalog(project="zonegap", charset="utf-8", copyright_holder="zonegap maintainers")
    for package in PACKAGES:
        for file, _, text, _, context in extract_from_dir(
            ROOT / package, [("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(text, locations=[(f"{package}/{file}", 0)], context=context)
    return found


def catalogues() -> Iterator[Path]:
    """Give the catalogue of each language."""
    yield from sorted(LOCALES.glob("*/LC_MESSAGES/zonegap.po"))


def read(path: Path) -> Catalog:
    """Return a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    raw = io.BytesIO()
    write_mo(raw, catalogue)
    return raw.getvalue()


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue and what is compiled of it; the same words give the same bytes."""
    # no date and no person: the history says both
    catalogue.header_comment = HEADER
    catalogue.project, catalogue.fuzzy = "zonegap", False  # an empty file has neither yet
    catalogue.creation_date = catalogue.revision_date = EPOCH
    catalogue.version, catalogue.msgid_bugs_address = "", ""
    catalogue.last_translator = catalogue.language_team = ""
    raw = io.BytesIO()
    write_po(raw, catalogue, width=0, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    # nor the version of the library that writes it
    lines = [line for line in raw.getvalue().splitlines(True) if b'"Generated-By' not in line]
    path.write_bytes(b"".join(lines))
    path.with_suffix(".mo").write_bytes(compiled(catalogue))


def update() -> None:
    """Bring every catalogue up to date with the code."""
    template = sentences()
    for path in catalogues():
        catalogue = read(path)
        catalogue.update(template, no_fuzzy_matching=False)
        write(catalogue, path)
        open_words = [message for message in catalogue if message.id and not is_done(message)]
        print(f"{path.relative_to(ROOT)}: {len(catalogue):,} sentences, {len(open_words):,} open")  # noqa: T201
        for message in open_words:
            print(f"  {message.context or ''} {message.id!r}")  # noqa: T201


def is_done(message: Message) -> bool:
    """Whether a sentence has its words and someone has read them."""
    return bool(message.string) and not message.fuzzy


if __name__ == "__main__":
    update()
