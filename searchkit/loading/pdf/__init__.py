"""Which document is in a PDF?"""
