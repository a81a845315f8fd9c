"""Hooks of the documentation's build: parts made from the code are put where a page asks for them.

A page asks with a line ``<!-- made: NAME -->``, NAME a key of `PARTS`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))  # the build runs where nothing is installed

from doctools.command_reference import command_reference
from doctools.data_dictionary import built_in_tables, table_columns, zone_columns
from doctools.python_reference import python_names, study_keys

PARTS: dict[str, Callable[[], str]] = {
    "built-in-tables": built_in_tables,
    "command-reference": command_reference,
    "python-names": python_names,
    "study-keys": study_keys,
    "table-columns": table_columns,
    "zone-columns": zone_columns,
}
_ASKED = re.compile(r"^<!-- made: ([\w-]+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page's Markdown with the parts it asks for."""
    return _ASKED.sub(lambda found: PARTS[found[1]](), markdown)
