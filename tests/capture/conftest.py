"""Lets the tests of this folder import the modules beside them; fixtures that many of them use."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def seeded() -> None:
    """Weights are drawn alike in every test, by one thread."""
    torch.manual_seed(11)
    torch.set_num_threads(1)


@pytest.fixture
def one_thread() -> None:
    """A test of one thread leaves the other core to the next."""
    torch.set_num_threads(1)
