"""The questions that gate 1 asks of a brief, one file each."""
