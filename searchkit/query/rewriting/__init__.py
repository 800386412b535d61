"""What may the user have meant, against the vocabulary of the index?"""
