"""How do documents become the bytes of a segment? In batches, inverted, gathered, merged."""
