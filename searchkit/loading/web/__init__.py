"""Which documents are in what the web is made of: pages, feeds and wikis?"""
