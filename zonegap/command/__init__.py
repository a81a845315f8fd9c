"""The parts of the command line, one module a command; `zonegap.command.app` puts them together."""
