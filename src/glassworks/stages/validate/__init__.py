"""Validate & deploy. In: one candidate. Out: a recomputed report, a release. Closed by validator and business owner."""
