"""How do Whoosh's own readers and queries work on our arrays? Its interfaces, over the rooms below."""
