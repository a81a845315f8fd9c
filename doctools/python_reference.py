"""The keys of a study file and the names for Python, from the code."""

from __future__ import annotations

import inspect
import re
from typing import Any

WIDTH = 100  # a signature that is longer has a line for each parameter


def study_keys() -> str:
    """Return every key of the study file with its type, its default and what is accepted."""
    from zones.study import ASKED, SECTIONS, Study

    default, parts = Study(), []
    for section in SECTIONS:
        parts += [
            f"### [{section}]",
            "",
            "| key | meaning | type | without it | option | accepted |",
        ]
        parts.append("|---|---|---|---|---|---|")
        for name, asked in ASKED.items():
            if asked.section != section:
                continue
            # the provinces and the columns of a table have pages of their own
            shown_values = asked.accepted() if asked.accepted and asked.option else ()
            choices = ", ".join(f"`{c}`" for c in shown_values)
            key = asked.key.partition(".")[2]
            option = f"`{asked.option}`" if asked.option else ""
            kind = asked.kind.words.in_language("en")
            shown = _toml(getattr(default, name))
            meaning = asked.help.in_language("en").replace("<", "&lt;")
            parts.append(f"| `{key}` | {meaning} | {kind} | {shown} | {option} | {choices} |")
        parts.append("")
    return "\n".join(parts)


def _toml(value: object) -> str:
    """Return a default as a study file has it, "" for none."""
    if value in (None, ()):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        inner = ", ".join(f'"{v}"' if isinstance(v, str) else f"{v:g}" for v in value)
        return f"`[{inner}]`"
    return f"`{value}`" if isinstance(value, int) else f'`"{value}"`'


def python_names() -> str:
    """Return the public names of `zonegap` with signature and docstring."""
    import zonegap

    parts = []
    for name in zonegap.__all__:
        found = getattr(zonegap, name)
        if not callable(found):
            continue
        parts += [f"### zonegap.{name}", "", "```python", _signature(name, found), "```"]
        parts += ["", "```text", inspect.cleandoc(found.__doc__ or ""), "```", ""]
    return "\n".join(parts)


def _signature(name: str, found: Any) -> str:
    """Return a signature as it is written: annotations without quotes, paths of no system."""
    signature = inspect.signature(found)
    text = f"{name}{signature}"
    if len(text) > WIDTH:
        lines: list[str] = []
        for parameter in signature.parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY and "*" not in lines:
                lines.append("*")
            lines.append(str(parameter))
        end = str(signature.replace(parameters=[])).removeprefix("()")
        text = f"{name}(\n" + "".join(f"    {line},\n" for line in lines) + f"){end}"
    text = re.sub(r"((?::|->) )'([^']*)'", r"\1\2", text)
    return re.sub(r"\b(?:Posix|Windows)Path\b", "Path", text)
