"""The study's tables, their formats, and what a run writes into its folder."""
