"""What does a commit offer to those who search or merge it? Segments, their fields, and all of them as one snapshot."""
