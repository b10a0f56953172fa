"""What the office asks of a candidate on the sealed rows; one file a question."""
