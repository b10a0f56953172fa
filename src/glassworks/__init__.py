"""Glassworks: an AI factory with glass walls, from a business question to a model that earns its keep."""

from glassworks.core.version import VERSION as __version__
from glassworks.sdk import check, connect

__all__ = ["__version__", "check", "connect"]
