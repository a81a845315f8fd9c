"""Maps and figures of the zones; the last room, which nothing else imports."""
