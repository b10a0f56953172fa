"""Pure mathematics on arrays: every measure gives an estimate with its interval; nothing here reads or writes."""
