"""The tables; see README.md and registry.json in this folder."""
