"""Engines: where work runs. Models run in a process of their own; jobs run in workers that may die at any moment."""
