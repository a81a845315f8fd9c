"""Analysis of the zones: hubs, distances, counts, GDP, the tables of the report."""
