"""Develop model. In: open rows. Out: candidates compared in KPI units. Closed by the data scientist's submission."""
