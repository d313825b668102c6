"""What several tests need: the embedded tagger, loaded once."""

from __future__ import annotations

import pytest
from hypothesis import settings

from analyzer.model import Tagger, load_tagger

# a shared machine stands still for a second now and then: what a test takes says nothing there
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return load_tagger()
