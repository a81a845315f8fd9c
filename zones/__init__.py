"""Analysis of the zones: distances, thresholds, GDP, tables, the command."""
