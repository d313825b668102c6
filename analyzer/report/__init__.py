"""Profiles for people and for other programs: a page, a terminal table, files."""

from analyzer.report.export import (
    profiles_digest,
    write_profiles_csv,
    write_profiles_json,
    write_profiles_parquet,
)
from analyzer.report.html import render_report, write_report
from analyzer.report.seal import (
    Difference,
    Seal,
    Sealed,
    SealedFile,
    accounts_digest,
    differences,
    read_sealed,
)
from analyzer.report.summary import Measure, ModelSummary, ReportSummary
from analyzer.report.table import profile_table

__all__ = [
    "Difference",
    "Measure",
    "ModelSummary",
    "ReportSummary",
    "Seal",
    "Sealed",
    "SealedFile",
    "accounts_digest",
    "differences",
    "profile_table",
    "profiles_digest",
    "read_sealed",
    "render_report",
    "write_profiles_csv",
    "write_profiles_json",
    "write_profiles_parquet",
    "write_report",
]
