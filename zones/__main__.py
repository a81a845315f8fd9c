"""Lets ``python -m zones`` be the ``zonegap`` command."""

from zones.cli import main

# worker processes of a cluster import this module, too
if __name__ == "__main__":
    main()
