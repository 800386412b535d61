"""Which documents are in the members of archives?"""
