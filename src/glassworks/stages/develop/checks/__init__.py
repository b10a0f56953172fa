"""What is asked of a candidate as it is built; one file a question."""
