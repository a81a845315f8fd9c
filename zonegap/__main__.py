"""The ``zonegap`` command, also ``python -m zonegap``: reads nothing before it hears Ctrl+C."""

from __future__ import annotations

import sys

from zonegap.stops import exit_code, hear, ignore, stopped_by


def main() -> None:
    """Run the command; stopped while its libraries are read, it ends without a traceback too."""
    hear()
    try:
        from zonegap.command.app import main as command

        if stopped_by() is not None:  # within a callback of Python's own, which ignored it
            raise KeyboardInterrupt
    except BaseException:  # an interrupted library may say what it likes
        if stopped_by() is None:
            raise
        ignore()
        if sys.stderr is not None:
            sys.stderr.write("stopped\n")  # words in other languages are not read yet
        sys.exit(exit_code())
    try:
        command()
    finally:
        ignore()  # Python's own end has nothing to clear


# worker processes of a cluster import this module, too
if __name__ == "__main__":
    main()
