"""The five stages of the line; they never import each other and meet only through records in the ledger."""
