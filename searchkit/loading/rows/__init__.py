"""Which documents are in records: tables, JSON, databases?"""
