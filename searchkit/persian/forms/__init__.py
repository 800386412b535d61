"""What is known of a written form? Each is worked out once and remembered."""
