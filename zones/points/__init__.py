"""Tables of any number of points: batches, parts, a compiled grid, dask."""
