"""What a data scientist imports in a notebook: speaks REST, needs no server code."""

from glassworks.sdk.front import check, connect

__all__ = ["check", "connect"]
