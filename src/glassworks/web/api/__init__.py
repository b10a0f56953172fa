"""The API under /api/v1: one file a stage; requests are commands of core, answers are core's records."""
