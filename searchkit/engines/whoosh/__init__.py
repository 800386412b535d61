"""The embedded engine: Whoosh."""
