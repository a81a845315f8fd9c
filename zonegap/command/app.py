"""The ``zonegap`` command: every command with its words, and how errors end it.

Heavy libraries are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Annotated, Any

import typer

from geodata.errors import ZonegapError, system_fault
from geodata.registry import product_version, registry, registry_digest
from geodata.words import Foreign, Message, Words
from zonegap.command import study
from zonegap.command.compare import compare
from zonegap.command.data import data
from zonegap.command.distance import distance
from zonegap.command.figures import figures
from zonegap.command.geocode import geocode
from zonegap.command.help import OTHER, Command, Group, as_group, as_help
from zonegap.command.map import map_
from zonegap.command.match import match
from zonegap.command.options import WrongUsage, help_command, wrong_usage_text
from zonegap.command.panel import panel
from zonegap.command.threshold import threshold
from zonegap.command.where_next import where_next
from zonegap.console import UNREAD_EXIT, discard, not_printed, remark, setup, show
from zonegap.stops import STOPPED_EXIT, exit_code, hear, ignore, stopped_by

DEBUG = "--debug"  # anywhere in the line: it is added when something went wrong
LONGEST_FAULT = 300

app = typer.Typer(
    name="zonegap",
    help=as_help(
        Message(
            "How far are China's development zones from the technology companies that could "
            "digitalise them?\n\n"
            "Messages are in Chinese with --lang zh, ZONEGAP_LANG=zh or a Chinese locale."
        )
    ),
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# name -> its function and the words of its help
COMMANDS: dict[str, tuple[Callable[..., Any], Words]] = {
    "run": (
        study.run,
        Message("Run the study: zones, tables, map, figures and manifest into the output folder."),
    ),
    "gdp": (study.gdp, Message("Print the estimated zone GDP by province.")),
    "tables": (study.tables, Message("Write the tables of the study.")),
    "reconcile": (study.reconcile, Message("Print the report's figures with ours beside them.")),
    "data": (
        data,
        Message(
            "List the built-in tables with rows, source and licence, each checked by its hash."
        ),
    ),
    "compare": (
        compare,
        Message(
            "Compare studies: parameters that differ, counts, shares, the zones that change side."
        ),
    ),
    "distance": (
        distance,
        Message(
            "Measure to the nearest hub: the study's zones, or points of a table of any size.\n\n"
            "Example: zonegap distance points.parquet --datum WGS-84 --out measured.parquet"
        ),
    ),
    "figures": (
        figures,
        Message("Write the figures of the study, fit for print; the first threshold counts."),
    ),
    "geocode": (
        geocode,
        Message(
            "Locate addresses or company names, offline; every row keeps its reason.\n\n"
            "With --provider, a web geocoder is asked as well; its answers are taken where the "
            "offline result bears them out."
        ),
    ),
    "map": (
        map_,
        Message(
            "Write the interactive map, one file that opens without network unless tiles are "
            "asked for."
        ),
    ),
    "panel": (
        panel,
        Message(
            "Count the zones of each county or prefecture at the end of each year, with codes of "
            "a year, to join to a panel of one's own."
        ),
    ),
    "match": (
        match,
        Message(
            "Match companies with zones: the zone that an address names, the nearest zones, those "
            "within a distance; and for each zone its companies and their capital."
        ),
    ),
    "threshold": (
        threshold,
        Message("Count the zones beyond each threshold, with the 90 % interval and the band."),
    ),
    "where-next": (
        where_next,
        Message(
            "Choose the 1 to k places that, given a hub, bring the zones nearest to one.\n\n"
            "By default the most zones within the threshold (maximal covering); or the least mean "
            "distance (p-median), or the nearest farthest zone (p-center). Proved best where the "
            "gap is 0; the greedy order stands beside it."
        ),
    ),
}
for _name, (_function, _help) in COMMANDS.items():
    app.command(_name, cls=Command, help=as_help(_help))(_function)


def _version(asked: bool) -> None:
    if asked:
        catalogue = registry()["zones"]
        show(f"zonegap {product_version()}")
        show(
            Message(
                "tables: {count}, registry {digest}",
                count=len(registry()), digest=registry_digest(),
            )
        )  # fmt: skip
        show(
            Message(
                "catalogue of development zones: {date}, {rows:,} zones",
                date=catalogue.date, rows=catalogue.rows,
            )
        )  # fmt: skip
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help=as_help(Message("Show the versions of zonegap, its tables and the catalogue.")),
            rich_help_panel=as_group(OTHER),
            callback=_version,
            is_eager=True,
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option(
            DEBUG,
            help=as_help(Message("Show where in the program an error arose.")),
            rich_help_panel=as_group(OTHER),
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        show(context.get_help())


def main() -> None:
    """Run the command; whatever goes wrong is one message and an exit code, never a traceback.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input data, 4 rows unresolved (--strict),
    130 stopped by Ctrl+C, 129 and 143 by the signals HUP and TERM, 141 nobody reads the output any
    more.
    """
    hear()
    debug = DEBUG in sys.argv[1:]
    sys.argv[1:] = [argument for argument in sys.argv[1:] if argument != DEBUG]
    try:
        code = _ended(debug=debug)
    except (KeyboardInterrupt, typer.Abort):
        ignore()  # a second Ctrl+C has nothing left to stop
        code = exit_code()
        if code == STOPPED_EXIT:
            remark(Message("stopped"))
        else:
            remark(Message("stopped by the signal {signal}", signal=stopped_by()))
    sys.exit(_all_told(code))


def _command() -> int | None:
    """Run the command; however it ends unwell once it was stopped, it says that it was stopped."""
    try:
        code: int | None = app(prog_name="zonegap", standalone_mode=False)
    except BaseException:
        if stopped_by() is not None:
            raise KeyboardInterrupt from None
        raise
    if code and stopped_by() is not None:
        raise KeyboardInterrupt
    return code


def _ended(*, debug: bool) -> int | None:  # noqa: C901, PLR0911, one for each way to end
    """Run the command and say what went wrong; return the exit code."""
    try:
        setup()
        return _command()
    except ZonegapError as error:
        if debug:
            traceback.print_exc()
        remark(f"zonegap: {error}")
        return error.exit_code
    except WrongUsage as error:
        remark(f"zonegap: {wrong_usage_text(error)}")
        remark(Message("try: {command} --help", command=help_command(error, sys.argv[1:])))
        return 2
    except BrokenPipeError:
        return UNREAD_EXIT
    except (KeyboardInterrupt, typer.Abort, SystemExit):
        raise
    except OSError as error:
        if debug:
            traceback.print_exc()
        fault = system_fault(error)
        named = Message("{file}: {fault}", file=error.filename, fault=fault)
        remark(f"zonegap: {fault if error.filename is None else named}")
        return 1
    except MemoryError:
        lacking = Message("not enough memory")
        remark(f"zonegap: {lacking}")
        return 1
    except BaseException as error:
        if debug:
            traceback.print_exc()
        unforeseen = Message("unforeseen")
        text = " ".join(f"{type(error).__name__}: {error}".split())
        fault = Message(
            "an error of zonegap {version} itself ({what}); please report it with what you typed; "
            "{option} shows where it arose",
            version=product_version(), what=Foreign(text[:LONGEST_FAULT], unforeseen),
            option=DEBUG,
        )  # fmt: skip
        remark(f"zonegap: {fault}")
        return 1


def _all_told(code: int | None) -> int | None:
    """Return the exit code after all is printed; at its end Python would say it in its own way."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            return code or UNREAD_EXIT
        if not code:
            remark(f"zonegap: {not_printed(error)}")
        return code or 1
    return code
