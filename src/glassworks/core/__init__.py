"""The words and the law: records, gates, signatures, permits. Pure: no I/O, no framework."""
