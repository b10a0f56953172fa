"""Glassworks: an AI factory with glass walls, from a business question to a model that earns its keep."""

from glassworks.sdk import check, connect

__all__ = ["check", "connect"]
__version__ = "0.1.0"
