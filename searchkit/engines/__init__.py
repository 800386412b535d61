"""Where do terms live, and who scores them? `base` says what an engine promises; `whoosh` is the one that ships."""
