"""What stops a command from outside: Ctrl+C, the end of its session, or whoever ends processes.

Each ends it as Ctrl+C does: what is unfinished is cleared on the way out. Imports nothing slow, so
that it is there before the libraries are read.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from types import FrameType

# Windows has no SIGHUP
SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
STOPPED_EXIT = 128 + signal.SIGINT  # by Ctrl+C, as shells have it
AS_IT_WAS = (signal.SIG_DFL, signal.default_int_handler)
_heard: list[signal.Signals] = []


class Stopped(KeyboardInterrupt):
    """A signal to stop was heard.

    A class of its own: one that passes through ``exec`` as KeyboardInterrupt itself makes Python
    end as by Ctrl+C, whatever exit code is asked for (CPython, `run_eval_code_obj`).
    """


def hear() -> None:
    """Listen from now on; what is ignored, as `nohup` asks, stays ignored."""
    _heard.clear()
    with suppress(ValueError):  # not in the main thread: whoever has that one listens
        for number in SIGNALS:
            if signal.getsignal(number) in AS_IT_WAS:
                signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    if not _heard or number == signal.SIGINT:  # others would disturb the clearing
        _heard.append(signal.Signals(number))
        raise Stopped


def stopped_by() -> str | None:
    """Return the name of the first signal heard, None without one.

    Asked for rather than the exception's type: a library that was interrupted may raise another.
    """
    return _heard[0].name if _heard else None


def exit_code() -> int:
    """Return the exit code of a stopped command: 128 and the signal's number."""
    return 128 + _heard[0] if _heard else STOPPED_EXIT


def ignore() -> None:
    """Hear nothing more: there is nothing left to stop, nor for libraries to tell."""
    import logging

    logging.disable(logging.CRITICAL)
    with suppress(ValueError):
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
