"""Which documents answer a query, best first? InvertedBatch out on whole arrays."""
