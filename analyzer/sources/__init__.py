"""Export files to posts and rejects: one pure function for each export shape."""

from analyzer.sources.again import Rejects, brought_up_to_date, not_reached, rejects_of
from analyzer.sources.digests import file_digests
from analyzer.sources.fields import PLATFORM_NAMES
from analyzer.sources.formats import CANNOT_CARRY, FORMATS
from analyzer.sources.generic import ALIASES, MAP_NAMES
from analyzer.sources.inspection import Inspection, Inspector, inspect_files, merged, read_inspected
from analyzer.sources.pending import ImportBatch
from analyzer.sources.read import read_posts
from analyzer.sources.shapes import Format

__all__ = [
    "ALIASES",
    "CANNOT_CARRY",
    "FORMATS",
    "MAP_NAMES",
    "PLATFORM_NAMES",
    "Format",
    "ImportBatch",
    "Inspection",
    "Inspector",
    "Rejects",
    "brought_up_to_date",
    "file_digests",
    "inspect_files",
    "merged",
    "not_reached",
    "read_inspected",
    "read_posts",
    "rejects_of",
]
