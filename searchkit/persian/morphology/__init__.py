"""What is the dictionary form of a folded word, and of what is it made?"""
