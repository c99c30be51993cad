"""What every test stands on: seeded random numbers and one thread, so that a figure repeats."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same in every test and every run."""
    return np.random.default_rng(20)
