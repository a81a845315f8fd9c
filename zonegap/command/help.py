"""The help of the command: options in groups, examples that run, in the language in use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from geodata.errors import UsageError
from geodata.words import ENGLISH, Joined, Listed, Message, Words, in_context
from zonegap.console import UNREAD_EXIT, discard
from zones.study import did_you_mean

QUESTION, OUTPUT = Message("What is asked"), Message("What is written")
WEB, PAGE, TILES = (
    Message("Web geocoder"),
    Message("What the map shows"),
    Message("Lines and tiles"),
)
ARGUMENTS, OTHER = in_context("heading of a help", "Arguments"), Message("Other options")
GROUPS = (ARGUMENTS, QUESTION, PAGE, TILES, WEB, OUTPUT, OTHER)
COMMANDS, EXAMPLES_HEADING = in_context("heading of a help", "Commands"), Message("Examples")
USAGE = Message("Usage: ")
# sentences of the library -> ours, which have a translation
LIBRARY = (
    Message("Show this message and exit."),
    Message("Install completion for the current shell."),
    Message("Show completion for the current shell, to copy it or customize the installation."),
)

# command -> examples of its use, each line as a user types it
EXAMPLES: dict[str, tuple[str, ...]] = {
    "": ("zonegap run", "zonegap threshold --km 300,500,800", "zonegap run --lang zh --out report"),
    "run": (
        "zonegap run",
        "zonegap run --km 300 --out out-300",
        "zonegap run --registrations export.xlsx --lang zh",
        "zonegap run my-study.toml",
    ),
    "compare": (
        "zonegap compare out out-300",
        "zonegap compare base.toml cores.toml --out compared --lang zh",
    ),
    "distance": (
        "zonegap distance --out distances.csv",
        "zonegap distance --hubs cores --method geodesic",
        "zonegap distance schools.xlsx --datum GCJ-02 --out measured.csv",
    ),
    "threshold": (
        "zonegap threshold --km 300,500,800",
        "zonegap threshold --by province",
        "zonegap threshold --count 1120",
    ),
    "gdp": ("zonegap gdp", "zonegap gdp --gdp 2018-census4 --land built-up-2016 --json"),
    "tables": ("zonegap tables --lang zh", "zonegap tables --formats docx --out report"),
    "reconcile": ("zonegap reconcile", "zonegap reconcile --hubs cores --lang zh"),
    "data": ("zonegap data", "zonegap data zones", "zonegap data --json"),
    "figures": (
        "zonegap figures --formats pdf --no-title",
        "zonegap figures --lang zh --km 300 --out figures-300",
    ),
    "geocode": (
        "zonegap geocode firms.xlsx --out located.csv",
        "zonegap geocode firms.csv --column 注册地址 --column 公司名称 --out located.csv",
        "zonegap geocode firms.csv --column address --city-column city --out located.csv --strict",
        "zonegap geocode firms.csv --column 注册地址 --out located.csv --provider amap",
    ),
    "map": (
        "zonegap map --out map.html",
        "zonegap map --layer cores --threshold-km 300 --lang zh",
        "zonegap map --new-hubs 5 --weight gdp",
    ),
    "match": (
        "zonegap match firms.xlsx --out matched.xlsx",
        "zonegap match firms.csv --k 5 --within-km 20 --out matched.dta",
        "zonegap match firms.csv --zones my-zones.xlsx --out matched.csv",
    ),
    "panel": (
        "zonegap panel --out panel.csv",
        "zonegap panel --by prefecture --codes 2010 --years 1990..2015 --out panel.dta",
        "zonegap panel --balanced --level national --out panel.parquet",
    ),
    "where-next": (
        "zonegap where-next --k 5 --weight gdp",
        "zonegap where-next --candidates 云南,贵州,四川 --k 3",
        "zonegap where-next --objective p-median --fixed 成都 --near-optima",
        "zonegap where-next --weights population.xlsx --candidates sites.csv",
    ),
}

# The library takes plain texts and shows them; they are known again by their English.
_WORDS: dict[str, Words] = {message.text: message for message in LIBRARY}
_GROUP_OF: dict[str, Words] = {str(group.in_language(ENGLISH)): group for group in GROUPS}


def as_help(words: Words) -> str:
    """Return words as the library takes a help; they are shown in the language in use."""
    english = words.in_language(ENGLISH)
    _WORDS[english] = words
    return english


def as_group(group: Words) -> str:
    """Return a group of options as the library takes it."""
    return group.in_language(ENGLISH)


class Command(TyperCommand):
    """A command whose help shows options in groups and examples below them."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write how it is called."""
        _write_usage(self, ctx, formatter)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what it does."""
        _write_text(self, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, then the options of each group, then the rest."""
        rows: dict[Words, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = _record(param, ctx)
            if record is not None:
                rows.setdefault(_group(param), []).append(record)
        for group in GROUPS:
            if group in rows:
                with _section(group, formatter):
                    formatter.write_dl(rows[group], col_max=26)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, each on its own line."""
        _write_examples(str(ctx.info_name), formatter)


class Group(TyperGroup):
    """The command itself: whole sentences for its parts, examples, did-you-mean."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; an output that nobody reads any more is no failure to speak of."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # typer would end with 1, before `main` sees it
            discard(sys.stdout)
            raise typer.Exit(UNREAD_EXIT) from None

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write how it is called."""
        _write_usage(self, ctx, formatter)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what it is."""
        _write_text(self, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write its own options, then the commands."""
        records = [_record(param, ctx) for param in self.get_params(ctx)]
        with _section(OTHER, formatter):
            formatter.write_dl([record for record in records if record])
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each command with its whole first sentence."""
        rows = [(name, first_sentence(command)) for name, command in self.commands.items()]
        with _section(COMMANDS, formatter):
            formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write examples."""
        _write_examples("", formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; a name that is none of them ends with the nearest one."""
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            fault = Message(
                "no such command {name!r}; accepted: {accepted}",
                name=name, accepted=Listed(self.commands),
            )  # fmt: skip
            raise UsageError(fault + did_you_mean(name, self.commands))
        return super().resolve_command(ctx, args)


def help_of(text: str) -> str:
    """Return a help in the language in use."""
    return str(_WORDS.get(text, text))


def first_sentence(command: Any) -> str:
    """Return the first paragraph of a command's help, without its full stop."""
    paragraph = help_of(command.help or "").split("\n\n")[0]
    return " ".join(paragraph.split()).rstrip("。.")


def option_help(param: Any) -> Words:
    """Return what an option or argument is, with its default and whether it is needed."""
    parts: list[object] = [_WORDS.get(param.help or "", param.help or "")]
    default = getattr(param, "default", None)
    shown = default is not None and not isinstance(default, bool | tuple) and not callable(default)
    if shown and _is_option(param):
        parts.append(Message("  [default: {default}]", default=default))
    if param.required:
        parts.append(Message("  [required]"))
    return Joined(parts)


def _is_option(param: Any) -> bool:
    return bool(param.param_type_name == "option")


def _record(param: Any, ctx: Any) -> tuple[str, str] | None:
    """Return the names of an option and its help; None for one that is not shown."""
    record = param.get_help_record(ctx)
    return None if record is None else (record[0], str(option_help(param)))


def _group(param: Any) -> Words:
    if not _is_option(param):
        return ARGUMENTS
    if param.name == "help":
        return OTHER
    return _GROUP_OF.get(getattr(param, "rich_help_panel", None) or "", QUESTION)


def _write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    pieces = command.collect_usage_pieces(ctx)
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=str(USAGE))


def _write_text(command: Any, formatter: Any) -> None:
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(help_of(command.help or ""))


@contextmanager
def _section(heading: Words, formatter: Any) -> Iterator[None]:
    """Write a heading, and what comes in the block below it, indented."""
    formatter.write_paragraph()
    line = Message("{heading}:", heading=heading)
    formatter.write(f"{line}\n")
    with formatter.indentation():
        yield


def _write_examples(command: str, formatter: Any) -> None:
    with _section(EXAMPLES_HEADING, formatter):
        for line in EXAMPLES[command]:
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
