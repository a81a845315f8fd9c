"""The command reference: every command's help, arguments, options and exit codes, from the code."""

from __future__ import annotations

import re
from typing import Any

import geodata.errors
from geodata.errors import ZonegapError
from geodata.words import ENGLISH

# The one exit code that is no error class; `zonegap.command.options.UNRESOLVED_EXIT`.
UNRESOLVED = "done, but rows stayed unresolved or failed (only with `--strict`)"


def command_reference() -> str:
    """Return the page's Markdown."""
    from typer.main import get_command

    from zonegap.command.app import app

    group: Any = get_command(app)
    context = group.make_context("zonegap", [], resilient_parsing=True)
    names = group.list_commands(context)
    parts = ["## zonegap", _text(group.help), _examples(""), _options_table(group, context)]
    for name in names:
        command = group.get_command(context, name)
        inner = type(context)(command, info_name=name, parent=context)
        usage = " ".join(command.get_usage(inner).removeprefix("Usage:").split())
        parts += [f"## zonegap {name}", f"    {usage}", _text(command.help), _examples(name)]
        parts.append(_options_table(command, inner))
    parts += ["## Exit codes", _exit_codes()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(help_text: str | None) -> str:
    """Return a help text as Markdown."""
    paragraphs = re.split(r"\n\s*\n", (help_text or "").replace("\b", "").strip())
    return "\n\n".join(_escaped(" ".join(paragraph.split())) for paragraph in paragraphs)


def _examples(name: str) -> str:
    """Return a command's examples as code, "" for none."""
    from zonegap.command.help import EXAMPLES

    lines = [f"    {line}" for line in EXAMPLES.get(name, ())]
    return "\n".join(["Examples:", "", *lines]) if lines else ""


def _options_table(command: Any, context: Any) -> str:
    """Return arguments and options in the order and words of ``--help``."""
    from zonegap.command.help import GROUPS, QUESTION, option_help

    headings = [group.in_language(ENGLISH) for group in GROUPS]
    question = headings.index(QUESTION.in_language(ENGLISH))

    def place(parameter: Any) -> int:
        if parameter.param_type_name == "argument":
            return 0
        if parameter.name == "help":
            return len(headings)
        group = getattr(parameter, "rich_help_panel", None)
        return headings.index(group) if group in headings else question

    rows = []
    for parameter in sorted(command.get_params(context), key=place):
        record = parameter.get_help_record(context)
        if record is not None:
            text = option_help(parameter).in_language(ENGLISH)
            rows.append(f"| `{record[0]}` | {_escaped(text)} |")
    return "\n".join(["| argument or option | meaning |", "|---|---|", *rows])


def _escaped(text: str) -> str:
    """Return text in which nothing is taken for markup or for the end of a table's cell."""
    for mark in ("|", "*", "_"):
        text = text.replace(mark, "\\" + mark)
    return text.replace("<", "&lt;")


def _exit_codes() -> str:
    from zonegap.command.options import UNRESOLVED_EXIT
    from zonegap.console import UNREAD_EXIT
    from zonegap.stops import STOPPED_EXIT

    by_code: dict[int, list[str]] = {}
    for error in vars(geodata.errors).values():
        if isinstance(error, type) and issubclass(error, ZonegapError):
            words = (error.__doc__ or "").split("\n")[0].rstrip(".")
            by_code.setdefault(error.exit_code, []).append(f"{words} (`{error.__name__}`)")
    rows = ["| code | meaning |", "|---|---|", "| 0 | done |"]
    rows += [f"| {code} | {'; '.join(words)} |" for code, words in sorted(by_code.items())]
    rows.append(f"| {UNRESOLVED_EXIT} | {UNRESOLVED} |")
    rows.append(f"| {STOPPED_EXIT} | stopped by Ctrl+C |")
    rows.append("| 129, 143 | stopped by the signals HUP (its session ended) and TERM |")
    rows.append(f"| {UNREAD_EXIT} | nobody reads the output any more, as behind `head` |")
    return "\n".join(rows)
