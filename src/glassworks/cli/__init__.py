"""The command line: a few nouns, each a small file; every command calls one act."""
