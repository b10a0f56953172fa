"""Honest timings, rerun with `make bench`: what a newcomer waits for, beside an alternative in the same run."""
