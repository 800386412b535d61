"""Where do the binary files of data/ come from? Programs that make them, run by hand."""
