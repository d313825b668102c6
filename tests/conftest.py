"""What several tests need: the embedded tagger, loaded once."""

from __future__ import annotations

import pytest

from analyzer.model import Tagger, load_tagger


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return load_tagger()
