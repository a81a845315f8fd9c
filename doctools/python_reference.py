"""The keys of a study file and the names for Python, from the code."""

from __future__ import annotations

import inspect
import re


def study_keys() -> str:
    """Return every key of the study file with its type, its default and what is accepted."""
    from zones.study import ASKED, SECTIONS, Study

    default, parts = Study(), []
    for section in SECTIONS:
        parts += [f"### [{section}]", "", "| key | type | without it | option | accepted |"]
        parts.append("|---|---|---|---|---|")
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
            parts.append(f"| `{key}` | {kind} | {shown} | {option} | {choices} |")
        parts.append("")
    return "\n".join(parts)


def _toml(value: object) -> str:
    if value is None:
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
        parts += [f"### zonegap.{name}", "", "```python", f"{name}{_signature(found)}", "```"]
        parts += ["", "```text", inspect.cleandoc(found.__doc__ or ""), "```", ""]
    return "\n".join(parts)


def _signature(found: object) -> str:
    """Return a signature as it is written: annotations without quotes, paths of no system."""
    text = str(inspect.signature(found))  # type: ignore[arg-type]
    text = re.sub(r"((?::|->) )'([^']*)'", r"\1\2", text)
    return re.sub(r"\b(?:Posix|Windows)Path\b", "Path", text)
