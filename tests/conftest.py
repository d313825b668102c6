"""What several tests need: the embedded tagger, loaded once."""

from __future__ import annotations

import os

# before numpy and torch are imported, here and in processes that tests start: the suite runs in as
# many processes as there are cores, and threads that wait for each other in all of them cost more
# than they give
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pytest
from hypothesis import settings

from analyzer.model import Tagger, load_tagger

# a shared machine stands still for a second now and then: what a test takes says nothing there
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return load_tagger()
