"""Monitor & manage. In: live traffic, outcomes. Out: guardrail actions, audited promises. Closed by the operator."""
