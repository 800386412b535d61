"""What did the user ask? `parse` reads words into a frozen tree, `resolve` turns its words into index terms."""
