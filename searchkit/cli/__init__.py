"""Arguments in, library called, text out."""
