"""Scripts that make the tables of `geodata/tables` from their sources; build time only."""
