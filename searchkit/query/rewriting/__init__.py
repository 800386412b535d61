"""What may the user have meant? Other texts to search for, against the vocabulary of an index."""
