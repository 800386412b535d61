"""Which words does a text hold, and which written characters are the same? From characters to pieces."""
