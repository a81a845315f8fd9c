"""A user's own tables as they are: company extracts, lists of zones."""
