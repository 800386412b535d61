"""Which document is in a file of text, plain or lightly marked?"""
