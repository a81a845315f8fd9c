"""The parts of the command line, one module a command; `zones.cli` puts them together."""
