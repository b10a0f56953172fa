"""The questions that gate 2 asks of the open rows, one file each."""
