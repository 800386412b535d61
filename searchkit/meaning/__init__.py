"""What do texts mean, in numbers: who makes vectors of them, and how does an index get them?"""
