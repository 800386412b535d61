"""Which documents are in messages and saved pages?"""
