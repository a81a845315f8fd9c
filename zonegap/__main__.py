"""The ``zonegap`` command, also ``python -m zonegap``: imports nothing before it hears Ctrl+C."""

from __future__ import annotations

import sys

STOPPED_EXIT = 130


def main() -> None:
    """Run the command; stopped while its libraries are read, it ends without a traceback too."""
    try:
        from zonegap.command.app import main as command
    except KeyboardInterrupt:
        from signal import SIG_IGN, SIGINT, signal

        signal(SIGINT, SIG_IGN)
        if sys.stderr is not None:
            sys.stderr.write("stopped\n")  # words in other languages are not read yet
        sys.exit(STOPPED_EXIT)
    command()


# worker processes of a cluster import this module, too
if __name__ == "__main__":
    main()
