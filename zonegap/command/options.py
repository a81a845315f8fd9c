"""Options of the command: those of the study made from its fields, and wrong usage in one style."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geodata.errors import UsageError, not_accepted
from geodata.web.ask import WebOptions
from geodata.web.client import permissions_are_checked
from geodata.words import Joined, Listed, Message, Words
from zonegap.command.help import OUTPUT, QUESTION, TILES, WEB, as_group, as_help
from zonegap.console import follow_study, laid_out, note, progress_bar, remark
from zones.parameters import SYNTHETIC, SYNTHETIC_TABLE, WEIGHTS
from zones.study import (
    ASKED,
    NUMBERS,
    PATH,
    PATH_OR_LINES,
    PATH_OR_SYNTHETIC,
    TEXTS,
    TRUTH,
    Asked,
    Study,
    did_you_mean,
    override,
    read_study,
)
from zones.writing import Guard

if TYPE_CHECKING:
    from geodata.user_tables.account import Account
    from zones.filters import Kept
    from zones.pipeline import StudyResult

# typer carries its parser under different names from version to version; its public BadParameter
# stands below the one that all wrong usage shares
_ANCESTORS = {c.__name__: c for c in typer.BadParameter.__mro__}
WrongUsage: type[Exception] = _ANCESTORS["UsageError"]

UNRESOLVED_EXIT = 4


# ---- one option


def option(
    name: str, metavar: str | None, text: Words, group: Words = QUESTION, **more: Any
) -> Any:
    """Return an option of a group; without a metavar it is a switch."""
    return typer.Option(
        name, metavar=metavar, help=as_help(text), rich_help_panel=as_group(group),
        show_default=False, **more,
    )  # fmt: skip


def argument(metavar: str, text: Words, **more: Any) -> Any:
    """Return an argument."""
    return typer.Argument(metavar=metavar, help=as_help(text), show_default=False, **more)


def word(
    name: str, words: Collection[str], metavar: str, text: Words, group: Words = QUESTION
) -> Any:
    """Return an option that takes one of several words, all of them in its help."""
    return option(
        name, metavar, Message("{what}: {words}.", what=text, words=_CurrentWords(words)), group,
        parser=one_of(words), autocompletion=completing(words),
    )  # fmt: skip


def words_of(
    name: str, words: Collection[str], metavar: str, text: Words, group: Words = QUESTION
) -> Any:
    """Return an option that takes several of some words, comma-separated."""
    return option(
        name, metavar, Message("{what}: {words}.", what=text, words=Listed(words, _PLAIN_COMMA)),
        group, parser=some_of(words), autocompletion=completing(words),
    )  # fmt: skip


_PLAIN_COMMA = Joined((",",))


class _CurrentWords(Words):
    """The words there are when the help is shown: hub layers can be added."""

    __slots__ = ("words",)

    def __init__(self, words: Collection[str]) -> None:
        self.words = words

    def in_language(self, language: str) -> str:
        """Return them as a user types them."""
        return ", ".join(self.words)


# ---- values


def one_of(accepted: Collection[str]) -> Callable[[str], str]:
    """Return a parser of one word of several."""

    def word(value: str) -> str:
        if value not in accepted:
            raise typer.BadParameter(
                str(
                    Message(
                        "{value!r}; accepted: {accepted}", value=value, accepted=Listed(accepted)
                    )
                    + did_you_mean(value, accepted)
                )
            )
        return value

    return word


def some_of(accepted: Collection[str]) -> Callable[[str], str]:
    """Return a parser of several words, comma-separated; gives them back as one text."""
    one = one_of(accepted)

    def words(value: str) -> str:
        return ",".join(map(one, parts_of(value)))

    return words


def number(
    low: float | None = None, high: float | None = None, *, whole: bool = False
) -> Callable[[Any], Any]:
    """Return a parser of a number in its bounds, both of which are accepted."""
    kind: Words = Message("a whole number") if whole else Message("a number")
    if low is not None and high is not None:
        kind = Message("{number} from {low:g} to {high:g}", number=kind, low=low, high=high)
    elif low is not None:
        kind = Message("{number} of at least {low:g}", number=kind, low=low)

    def value(text: Any) -> Any:
        try:
            found = (int if whole else float)(text)
            inside = (low is None or found >= low) and (high is None or found <= high)
        except ValueError:
            inside = False
        if not inside or "_" in str(text):  # Python reads 1_000, nobody means it
            raise typer.BadParameter(
                str(Message("{value!r}; accepted: {accepted}", value=text, accepted=kind))
            )
        return found

    return value


def completing(accepted: Iterable[str]) -> Callable[[str], list[str]]:
    """Return a function that gives a shell the values that complete what is typed."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in accepted if word.startswith(incomplete)]

    return complete


# ---- options that several commands share and that are no part of the study

Strict = Annotated[
    bool, option("--strict", None, Message("Exit with 4 when a row stays without a place."), OUTPUT)
]
Json = Annotated[bool, option("--json", None, Message("Print JSON for programs."), OUTPUT)]
Weight = Annotated[
    str, word("--weight", WEIGHTS, "WHAT", Message("What new hubs bring within reach"))
]
Force = Annotated[
    bool,
    option(
        "--force",
        None,
        Message("Replace files that are no earlier result of zonegap, too; never an input."),
        OUTPUT,
    ),
]
Rate = Annotated[
    float | None,
    option("--rate", "N", Message("Web requests a second at most."), WEB, parser=number(0)),
]
MessageLang = Annotated[
    str | None,
    word("--lang", ASKED["language"].accepted(), "LANG", Message("Language of messages"), OUTPUT),
]


# ---- options of the study

# by section, or by key where one stands apart
_GROUPS = {
    "output": OUTPUT,
    "geocode": WEB,
    "geocode.openstreetmap": QUESTION,
    "map": TILES,
}


def study_option(name: str) -> Any:
    """Return the annotation of the option of a study's field."""
    asked = ASKED[name]
    group = _GROUPS.get(asked.key, _GROUPS.get(asked.section, QUESTION))
    what = asked.help
    if asked.kind is TRUTH:
        switch = f"{asked.option}/--no-{asked.option.removeprefix('--')}"
        return Annotated[bool | None, option(switch, None, what, group)]
    if asked.kind is PATH_OR_LINES:
        lines = option(asked.option, asked.metavar, what, group, parser=_lines)
        return Annotated[Path | None, lines]
    if asked.accepted is None:
        kind = Path if asked.kind in (PATH, PATH_OR_SYNTHETIC) else str
        return Annotated[kind | None, option(asked.option, asked.metavar, what, group)]
    make = words_of if asked.kind is TEXTS else word
    chosen = make(asked.option, _CurrentValues(asked), asked.metavar, what, group)
    return Annotated[str | None, chosen]


def _lines(text: str) -> Path:
    """Return lines to draw as a study file reads them: ./none is no word."""
    return PATH_OR_LINES.read(text, Path()) or Path(text)


class _CurrentValues(Collection[str]):
    """The accepted values of a field, computed when they are asked for."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def _now(self) -> Collection[str]:
        assert self._asked.accepted is not None
        return self._asked.accepted()

    def __contains__(self, value: object) -> bool:
        return value in self._now()

    def __iter__(self) -> Any:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


def fields_of(asked_for: str) -> list[str]:
    """Return the study's fields that have an option, of sections and single keys."""
    wanted = asked_for.split()
    return [
        name
        for name, asked in ASKED.items()
        if asked.option and (asked.section in wanted or asked.key in wanted)
    ]


MATRIX = tuple(name for name in ASKED if name.startswith("matrix"))
NOT_BY_MATRIX = Message(
    "distance.matrix: not with this command, since a matrix tells of its own zones and hubs only; "
    "accepted: without it, or {commands}",
    commands=Listed(("run", "tables", "threshold", "map", "compare")),
)


def with_study_options(
    asked_for: str, but: Collection[str] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of some of the study's fields.

    Parameters
    ----------
    asked_for
        Sections of a study file, or single keys: ``"zones hubs output.language"``.
    but
        Fields whose options it does not get.

    Returns
    -------
    Callable
        A decorator. The function's first parameter gets what the options say, by field; None
        where one is not given.
    """
    names = [name for name in fields_of(asked_for) if name not in but]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        _, *own = inspect.signature(function, eval_str=True).parameters.values()
        options = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None,
                annotation=study_option(name),
            )
            for name in names
        ]  # fmt: skip

        @functools.wraps(function)
        def command(**given: Any) -> Any:
            options = {name: given.pop(name) for name in names}
            return function(options, **given)

        # typer reads a function's parameters from these two; by keyword, no order is needed
        own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        command.__signature__ = inspect.Signature([*options, *own])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in (*options, *own)}
        return command

    return decorate


def study_command(
    asked_for: str, *, matrix: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command a study: the argument STUDY and the options of some of its fields.

    Parameters
    ----------
    asked_for
        As for `with_study_options`.
    matrix
        Whether it goes by a matrix, too; else one is refused, and its options are not there.

    Returns
    -------
    Callable
        A decorator. The function's first parameter gets the `Study`; one named ``asked`` gets the
        fields that the command line itself gives, and one named ``guard`` what outputs may not
        replace: with it comes the option ``--force``.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        first, *own = inspect.signature(function, eval_str=True).parameters.values()
        tells, guards = (any(p.name == name for p in own) for name in ("asked", "guard"))
        own = [p for p in own if p.name not in ("asked", "guard")]
        if guards:
            keyword = inspect.Parameter.KEYWORD_ONLY
            own.append(inspect.Parameter("force", keyword, default=False, annotation=Force))

        @functools.wraps(function)
        def with_file(options: dict[str, Any], study_file: Path | None, **given: Any) -> Any:
            if tells:
                given["asked"] = {name for name, value in options.items() if value is not None}
            study = study_of(study_file, options)
            if study.matrix is not None and not matrix:
                raise UsageError(NOT_BY_MATRIX)
            if guards:
                files = study.files() if study_file is None else (study_file, *study.files())
                given["guard"] = Guard(files, given.pop("force"))
            return function(study, **given)

        file = inspect.Parameter(
            "study_file", inspect.Parameter.KEYWORD_ONLY, default=None,
            annotation=StudyFile,
        )  # fmt: skip
        own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        with_file.__signature__ = inspect.Signature([first, file, *own])  # type: ignore[attr-defined]
        return with_study_options(asked_for, () if matrix else MATRIX)(with_file)

    return decorate


StudyFile = Annotated[
    Path | None,
    argument("STUDY", Message("Study file in TOML; the built-in study without one.")),
]


def study_of(file: Path | None, options: dict[str, Any]) -> Study:
    """Return the study of a file with the command line's options put over it."""
    given = {name: _value(name, value) for name, value in options.items() if value is not None}
    study = override(read_study(file), **given)
    follow_study(study.language)
    sentence = made_up_note(study)
    if sentence is not None:  # first, since all that follows depends on it
        note(sentence)
    _say_unchecked(study.key_file)
    return study


def result_of(study: Study) -> StudyResult:
    """Run a command's study; say what was read of the user's tables and which zones are kept."""
    from zones.pipeline import run_study

    result = run_study(study, progress=progress_bar)
    for account in result.accounts:
        say_account(account)
    say_kept(result.kept)
    return result


def say_account(account: Account) -> None:
    """Say what became of a table of the user's."""
    for line in laid_out(account.lines()):
        remark(line)


def say_kept(kept: Kept | None) -> None:
    """Say which zones of how many a study keeps; nothing where it keeps all."""
    for sentence in () if kept is None else kept.sentences():
        note(sentence)


def parts_of(text: str) -> list[str]:
    """Return what commas separate, Chinese ones too."""
    return [part.strip() for part in re.split("[,，、]", text)]


def _value(name: str, text: Any) -> Any:
    """Return the value of a study's field for the value of its option."""
    asked = ASKED[name]
    if asked.kind is TEXTS:
        return tuple(parts_of(text))
    if asked.kind is not NUMBERS:
        return text
    try:
        return tuple(float(part) for part in parts_of(text))
    except ValueError:
        accepted = Message("numbers in km, comma-separated, e.g. 300,500,800")
        if name in MATRIX:
            accepted = Message("numbers, comma-separated, e.g. 120,180")
        raise UsageError(not_accepted(asked.option, text, accepted)) from None


def made_up_note(study: Study) -> Words | None:
    """Return the sentence that a study's companies are made up, None where they are not."""
    if study.registrations != SYNTHETIC:
        return None
    from zones.report.notes import made_up_sentence

    return made_up_sentence(f"{SYNTHETIC_TABLE}.csv")


def web_options(options: dict[str, Any], rate: float | None) -> WebOptions | None:
    """Return how to ask the web geocoder of the command line, None where none is named.

    Raises
    ------
    UsageError
        For options that go with ``--provider`` only, or a rate that is none.
    """
    provider, cache, key_file = (options[name] for name in ("provider", "cache", "key_file"))
    if provider is None:
        if cache or key_file or rate is not None:
            raise UsageError(only_with("--cache, --key-file, --rate", "--provider"))
        return None
    _say_unchecked(key_file)
    return WebOptions(provider, cache, key_file, rate, progress_bar)


def _say_unchecked(key_file: Path | None) -> None:
    if key_file and not permissions_are_checked():
        remark(Message("{file}: who can read it is not checked on this system", file=key_file))


# ---- wrong usage


def only_with(options: str, other: str) -> Message:
    """Return the fault of options that say nothing without another one."""
    return Message("{options}: only with {other}", options=options, other=other)


def not_both(one: str, other: str) -> Message:
    """Return the fault of two options that ask for different answers."""
    return Message("{one} and {other}: two questions; accepted: one of them", one=one, other=other)


def wrong_usage_text(error: Any) -> Words:  # noqa: PLR0911, one sentence a kind
    """Return one line for what typer finds wrong: the option first, then the fault."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        later = _of_a_command(error)
        if later:
            return Message(
                "{option} goes after the command, as in {line}",
                option=error.option_name, line=later,
            )  # fmt: skip
        missing = Message("no such option {option}", option=error.option_name)
        near = sorted(error.possibilities or ())
        if not near:
            return missing
        return missing + Message(". Did you mean {options}?", options=Listed(map(repr, near)))
    if kind == "MissingParameter" and error.param is not None:
        return Message("{option} is missing", option=_name(error.param))
    if kind == "BadOptionUsage":
        if "requires" in error.message:
            return Message("{option} needs a value", option=error.option_name)
        return Message("{option} takes no value", option=error.option_name)
    text = str(error.message).removeprefix("Value error, ")
    if kind == "BadParameter" and error.param is not None:
        return Message("{option}: {fault}", option=_name(error.param), fault=_known(text))
    extra = re.match(r"Got unexpected extra argument\S* \((.*)\)", text)
    return Message("too many arguments: {arguments}", arguments=extra[1]) if extra else _known(text)


# what the library itself finds wrong with a value: its English -> ours
_LIBRARY_FAULTS = (
    (re.compile(r"(.*) is not a valid boolean"), Message("{value}; accepted: true, false")),
    (re.compile(r"(.*) is not a valid (?:integer|float)"), Message("{value}; accepted: a number")),
)


def _known(text: str) -> Words:
    """Return a fault of the library in our words where we have them, else unchanged."""
    for pattern, message in _LIBRARY_FAULTS:
        found = pattern.match(text)
        if found:
            return message.fill(value=found[1])
    return Joined((text,))


def _of_a_command(error: Any) -> str:
    """Return a command line with an option that stands before its command, "" for any other."""
    for name, command in getattr(error.ctx.command, "commands", {}).items():
        if any(error.option_name in param.opts for param in command.params):
            return f"{error.ctx.command_path} {name} {error.option_name}"
    return ""


def help_command(error: Any, arguments: Sequence[str]) -> str:
    """Return the command whose help tells more."""
    if error.ctx is not None:
        return str(error.ctx.command_path)
    return " ".join(["zonegap", *(a for a in arguments[:1] if not a.startswith("-"))])


def _name(param: Any) -> str:
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name).upper()
