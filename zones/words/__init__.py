"""What a user reads, in English and Chinese; each word stands here once."""
