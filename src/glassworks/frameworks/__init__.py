"""Frameworks: one file each, its library imported inside that file only, and only in the model host's process."""
