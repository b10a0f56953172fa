"""Renderers of document blocks; what a document says is decided by whoever made it."""
