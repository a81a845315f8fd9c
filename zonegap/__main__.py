"""Lets ``python -m zonegap`` be the ``zonegap`` command."""

from zonegap.command.app import main

# worker processes of a cluster import this module, too
if __name__ == "__main__":
    main()
