"""The help of the command: options in groups, examples that run, the nearest name of a command."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from geodata.errors import UsageError
from zones.study import did_you_mean

QUESTION, OUTPUT = "What is asked", "What is written"
WEB, PAGE, TILES = "Web geocoder", "What the map shows", "Boundaries and tiles"
ARGUMENTS, OTHER = "Arguments", "Other options"
GROUPS = (QUESTION, PAGE, TILES, WEB, OUTPUT)

# command: what it is called for, each line as it is typed
EXAMPLES: dict[str, tuple[str, ...]] = {
    "": ("zonegap run", "zonegap threshold --km 300,500,800", "zonegap run --lang zh --out report"),
    "run": (
        "zonegap run",
        "zonegap run --km 300 --out out-300",
        "zonegap run --registrations export.xlsx --lang zh",
        "zonegap run my-study.toml",
    ),
    "distance": (
        "zonegap distance --out distances.csv",
        "zonegap distance --hubs cores --method geodesic",
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
        "zonegap geocode firms.csv --column 注册地址 --column 公司名称 --out located.csv",
        "zonegap geocode firms.csv --column address --city-column city --out located.csv --strict",
        "zonegap geocode firms.csv --column 注册地址 --out located.csv --provider amap",
    ),
    "map": (
        "zonegap map --out map.html",
        "zonegap map --layer cores --threshold-km 300 --lang zh",
        "zonegap map --new-hubs 5 --weight gdp",
    ),
    "where-next": ("zonegap where-next --k 5 --weight gdp", "zonegap where-next --km 300 --json"),
}


class Command(TyperCommand):
    """A command whose options stand in groups, with examples below them."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, then the options of each group, then the rest."""
        rows: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                rows.setdefault(_group(param), []).append(record)
        for group in (ARGUMENTS, *GROUPS, OTHER):
            if group in rows:
                with formatter.section(group):
                    formatter.write_dl(rows[group], col_max=26)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, each on its own line."""
        _write_examples(str(ctx.info_name), formatter)


class Group(TyperGroup):
    """The command itself: whole sentences for its parts, examples, did-you-mean."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each command with its whole first sentence."""
        rows = [(name, self.commands[name].get_short_help_str(200)) for name in self.commands]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write examples."""
        _write_examples("", formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; a name that is none of them ends with the nearest one."""
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            accepted = ", ".join(self.commands)
            text = f"no such command {name!r}; accepted: {accepted}"
            raise UsageError(text + did_you_mean(name, self.commands))
        return super().resolve_command(ctx, args)


def _group(param: Any) -> str:
    if param.param_type_name == "argument":
        return ARGUMENTS
    if param.name in ("help", "out"):
        return OTHER if param.name == "help" else OUTPUT
    return getattr(param, "rich_help_panel", None) or QUESTION


def _write_examples(command: str, formatter: Any) -> None:
    with formatter.section("Examples"):
        for line in EXAMPLES[command]:
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
