"""The version of this installation, in the one place where every room may read it."""

VERSION = "0.1.0"
