"""Where workers run; the same signature on one machine and, later, on many."""

from analyzer.engine.local import map_files

__all__ = ["map_files"]
