"""Vietnamese front end: posts to segmented posts. Sees text only, knows no model."""

from analyzer.text.edits import Edit, applied
from analyzer.text.imports import only_what_segments
from analyzer.text.language import abstain_reason
from analyzer.text.normalise import FIXERS, Explained, Step, explain, normalise
from analyzer.text.prepare import content_hash, full_text, prepare
from analyzer.text.segment import TONE_STYLE, SegmentedText, front_end, segment, tone_style
from analyzer.text.spans import split_spans

__all__ = [
    "FIXERS",
    "TONE_STYLE",
    "Edit",
    "Explained",
    "SegmentedText",
    "Step",
    "abstain_reason",
    "applied",
    "content_hash",
    "explain",
    "front_end",
    "full_text",
    "normalise",
    "only_what_segments",
    "prepare",
    "segment",
    "split_spans",
    "tone_style",
]
