"""Here is a path or a stream: which documents are in it?"""
