"""Lets ``python -m zones`` be the ``zonegap`` command."""

from zones.cli import main

main()
