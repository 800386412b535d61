"""Which documents answer a query, best first? Worked out on whole arrays."""
