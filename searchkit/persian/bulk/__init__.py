"""Which terms do many texts hold, as numbers? The same as one by one, in columns."""
