"""From post tags to account profiles: totals, facts, the corrected passion share, roles."""

from __future__ import annotations

from analyzer.profile.facts import account_facts
from analyzer.profile.prevalence import PassionShare, check_rates, passion_share
from analyzer.profile.profiles import build_profiles
from analyzer.profile.roles import REASON_WORDS, ROLE_WORDS
from analyzer.profile.totals import merge_totals, totals

__all__ = [
    "REASON_WORDS",
    "ROLE_WORDS",
    "PassionShare",
    "account_facts",
    "build_profiles",
    "check_rates",
    "merge_totals",
    "passion_share",
    "totals",
]
