"""Plan & scope: a business problem goes in; a KPI contract signed by owner, expert and data scientist comes out."""
