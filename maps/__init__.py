"""Maps and figures of the zones; they are given a study's result, and measure nothing new."""
