"""Read the tables that users have: company extracts, lists of zones."""
