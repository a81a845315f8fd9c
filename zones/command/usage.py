"""Wrong usage in one style of message: which option, what it was, what is accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import typer

from zones.study import did_you_mean

# typer carries its parser under different names from version to version; its public BadParameter
# stands below the one that all wrong usage shares
_ANCESTORS = {c.__name__: c for c in typer.BadParameter.__mro__}
WrongUsage: type[Exception] = _ANCESTORS["UsageError"]


def one_of(accepted: Iterable[str]) -> Callable[[str], str]:
    """Return a parser of one word of several."""
    words = tuple(accepted)

    def word(value: str) -> str:
        if value not in words:
            text = f"{value!r}; accepted: {', '.join(words)}{did_you_mean(value, words)}"
            raise typer.BadParameter(text)
        return value

    return word


def some_of(accepted: Iterable[str]) -> Callable[[str], str]:
    """Return a parser of several words, comma-separated; gives them back as one text."""
    one = one_of(accepted)

    def words(value: str) -> str:
        parts = [one(part.strip()) for part in value.replace("，", ",").split(",")]
        return ",".join(parts)

    return words


def number(
    low: float | None = None, high: float | None = None, *, whole: bool = False
) -> Callable[[Any], Any]:
    """Return a parser of a number in its bounds, both of which are accepted."""
    kind = "a whole number" if whole else "a number"
    if low is not None and high is not None:
        kind += f" from {low:g} to {high:g}"
    elif low is not None:
        kind += f" of at least {low:g}"

    def value(text: Any) -> Any:
        try:
            found = (int if whole else float)(text)
            inside = (low is None or found >= low) and (high is None or found <= high)
        except ValueError:
            inside = False
        if not inside or "_" in str(text):  # Python reads 1_000, nobody means it
            words = f"{text!r}; accepted: {kind}"
            raise typer.BadParameter(words)
        return found

    return value


def completing(accepted: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what a shell completes an option's value from."""
    words = list(accepted)

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def wrong_usage_text(error: Any) -> str:
    """Return one line for what typer finds wrong: the option first, then the fault."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        later = _of_a_command(error)
        if later:
            return f"{error.option_name} goes after the command, as in {later}"
        near = sorted(error.possibilities or ())
        return f"no such option {error.option_name}" + (
            f". Did you mean {', '.join(map(repr, near))}?" if near else ""
        )
    if kind == "MissingParameter" and error.param is not None:
        return f"{_name(error.param)} is missing"
    if kind == "BadOptionUsage":
        needs = "requires" in error.message
        return f"{error.option_name} {'needs a value' if needs else 'takes no value'}"
    text = str(error.message).removeprefix("Value error, ")
    if kind == "BadParameter" and error.param is not None:
        return f"{_name(error.param)}: {text}"
    extra = re.match(r"Got unexpected extra argument\S* \((.*)\)", text)
    return f"too many arguments: {extra[1]}" if extra else text


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
