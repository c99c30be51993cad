"""The native checksum gives what TensorBoard's own gives, and can be switched off."""

import subprocess
import sys

import numpy as np
import pytest
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c as theirs

from tb_neuron_callbacks.fast_crc import masked_crc32c

BIND = """
from tb_neuron_callbacks.fast_crc import bind_fast_crc
from tensorboard.summary.writer import record_writer
print(bind_fast_crc(), record_writer.masked_crc32c.__module__)
"""


def bound(script: str = BIND, **environment: str) -> str:
    outcome = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment
    )
    return outcome.stdout.strip()


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 63, 1000, 4097])
def test_the_checksum_is_tensorboards(rng: np.random.Generator, length: int) -> None:
    data = rng.bytes(length)
    assert masked_crc32c(data) == theirs(data)


def test_it_is_bound_in_the_record_writer() -> None:
    assert bound() == "True tb_neuron_callbacks.fast_crc"


def test_an_environment_variable_leaves_tensorboard_alone() -> None:
    assert bound(TB_NEURON_FAST_CRC="0") == (
        "False tensorboard.compat.tensorflow_stub.pywrap_tensorflow"
    )


def test_a_native_checksum_that_fails_the_self_test_is_not_bound() -> None:
    broken = "import google_crc32c\ngoogle_crc32c.value = lambda data: 1\n"
    assert bound(broken + BIND).startswith("False")


def test_a_missing_native_checksum_is_no_error() -> None:
    missing = "import sys\nsys.modules['google_crc32c'] = None\n"
    assert bound(missing + BIND).startswith("False")
