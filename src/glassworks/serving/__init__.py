"""The governed prediction endpoint: lean, without an ORM, every answer under a permit and on disk before it leaves."""
