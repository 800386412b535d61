"""How do the bytes of an index lie on disk? Its table and its sections; nothing here knows what is asked."""
