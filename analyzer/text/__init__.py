"""Vietnamese front end: posts to segmented posts. Sees text only, knows no model."""

from analyzer.text.abstain import abstain_reason
from analyzer.text.copies import first_alike
from analyzer.text.edits import Edit, applied
from analyzer.text.imports import only_what_segments
from analyzer.text.normalise import FIXERS, Explained, Step, explain, normalise
from analyzer.text.prepare import content_hash, for_tagger, full_text, prepare
from analyzer.text.segment import SegmentedText, segment, underthesea_words
from analyzer.text.signoffs import Ending, endings
from analyzer.text.spans import split_spans
from analyzer.text.syllables import is_syllable
from analyzer.text.tones import TONE_STYLE, tone_style
from analyzer.text.version import abstention, front_end

__all__ = [
    "FIXERS",
    "TONE_STYLE",
    "Edit",
    "Ending",
    "Explained",
    "SegmentedText",
    "Step",
    "abstain_reason",
    "abstention",
    "applied",
    "content_hash",
    "endings",
    "explain",
    "first_alike",
    "for_tagger",
    "front_end",
    "full_text",
    "is_syllable",
    "normalise",
    "only_what_segments",
    "prepare",
    "segment",
    "split_spans",
    "tone_style",
    "underthesea_words",
]
