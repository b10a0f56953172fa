"""The monitors: checks on a clock; one file a question."""
