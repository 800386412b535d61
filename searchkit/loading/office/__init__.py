"""Which documents are in the files of office programs, and in books?"""
