"""Creator-versus-influencer profiles from Vietnamese captions and blog posts.

import analyzer
analysis = analyzer.analyse(["captions.jsonl"])
analysis.profiles  # an Arrow table; docs/codebook.md says what each column means
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.config import Config, ProfileConfig, load_config
    from analyzer.errors import AnalyzerError, InputError, ModelError, StoreError
    from analyzer.jobs import Analysis, analyse
    from analyzer.sources import inspect_files, read_posts

__all__ = [
    "Analysis",
    "AnalyzerError",
    "Config",
    "InputError",
    "ModelError",
    "ProfileConfig",
    "StoreError",
    "analyse",
    "inspect_files",
    "load_config",
    "read_posts",
]

_WHERE = {
    "Analysis": "analyzer.jobs",
    "AnalyzerError": "analyzer.errors",
    "Config": "analyzer.config",
    "InputError": "analyzer.errors",
    "ModelError": "analyzer.errors",
    "ProfileConfig": "analyzer.config",
    "StoreError": "analyzer.errors",
    "analyse": "analyzer.jobs",
    "inspect_files": "analyzer.sources",
    "load_config": "analyzer.config",
    "read_posts": "analyzer.sources",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `import analyzer` stays light."""
    if name not in _WHERE:
        raise AttributeError(f"module 'analyzer' has no attribute '{name}'")
    return getattr(importlib.import_module(_WHERE[name]), name)
