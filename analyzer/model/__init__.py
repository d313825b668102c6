"""Bundles and taggers: segmented posts to tags. Sees segmented text only."""

from analyzer.model.bundle import Bundle, Manifest, default_bundle, read_bundle, write_bundle
from analyzer.model.tagger import Tagger, id_on, load_tagger, tag

__all__ = [
    "Bundle",
    "Manifest",
    "Tagger",
    "default_bundle",
    "id_on",
    "load_tagger",
    "read_bundle",
    "tag",
    "write_bundle",
]
