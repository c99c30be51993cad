"""What TensorBoard is given at start-up: flags, limits, and a checksum it can wait for."""

import argparse
import importlib
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tensorboard import program
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.core.core_plugin import CorePluginLoader

from tb_neuron import fast_crc, loader, metadata
from tb_neuron.loader import NeuronLoader


def fixed_flags(*arguments: str) -> argparse.Namespace:
    """TensorBoard's flags after our loader has seen them."""
    parser = argparse.ArgumentParser()
    CorePluginLoader().define_flags(parser)
    NeuronLoader().define_flags(parser)
    flags = parser.parse_args(["--logdir", "logs", *arguments])
    NeuronLoader().fix_flags(flags)
    return flags


@pytest.mark.parametrize(
    ("arguments", "limits"),
    [
        ((), {"tb_neuron": 0, "tb_neuron_units": 0}),
        (("--tb_neuron_max_steps", "300"), {"tb_neuron": 300, "tb_neuron_units": 300}),
        (("--tb_neuron_max_steps", "-3"), {"tb_neuron": 0, "tb_neuron_units": 0}),
        (
            ("--samples_per_plugin", "tb_neuron=50,images=2"),
            {"tb_neuron": 50, "tb_neuron_units": 0, "images": 2},
        ),
    ],
)
def test_tensorboard_keeps_all_steps_unless_the_user_says_otherwise(
    arguments: tuple[str, ...], limits: dict[str, int]
) -> None:
    assert fixed_flags(*arguments).samples_per_plugin == limits


def test_a_notebook_that_configures_tensorboard_itself_gets_all_steps_too(tmp_path: Path) -> None:
    board = program.TensorBoard()
    board.configure(logdir=str(tmp_path))
    assert board.flags.samples_per_plugin["tb_neuron"] == 0


def test_the_loader_knows_the_plugin_names_of_the_format() -> None:
    assert loader._PLUGIN_NAMES == (metadata.PLUGIN_NAME, metadata.UNITS_PLUGIN_NAME)


@pytest.mark.parametrize("flags", [None, object(), SimpleNamespace(samples_per_plugin=3)])
def test_flags_of_an_unknown_kind_do_not_stop_tensorboard(flags: Any) -> None:
    NeuronLoader().fix_flags(flags)


def test_a_flag_that_somebody_else_defined_does_not_stop_tensorboard() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tb_neuron_max_steps")
    NeuronLoader().define_flags(parser)


@pytest.fixture
def pure_checksum(monkeypatch: pytest.MonkeyPatch) -> Any:
    """TensorBoard's own checksum, put back after the test."""
    pure = importlib.import_module(pywrap_tensorflow.__name__).masked_crc32c
    monkeypatch.setattr(pywrap_tensorflow, "masked_crc32c", pure)
    return pure


@pytest.mark.parametrize(("choice", "is_bound"), [("true", True), ("false", False)])
def test_the_checksum_is_replaced_unless_the_user_opts_out(
    pure_checksum: Any, choice: str, is_bound: bool, tmp_path: Path
) -> None:
    flags = SimpleNamespace(tb_neuron_fast_crc=choice)
    NeuronLoader().load(TBContext(logdir=str(tmp_path), flags=flags))
    assert (pywrap_tensorflow.masked_crc32c is not pure_checksum) == is_bound


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 1000])
def test_the_fast_checksum_is_tensorboards(
    pure_checksum: Any, rng: np.random.Generator, length: int
) -> None:
    data = rng.bytes(length)
    fast_crc.bind_reader(fast_crc.find_crc32c())
    assert pywrap_tensorflow.masked_crc32c(data) == pure_checksum(data)


def test_a_checksum_of_the_length_field_is_tensorboards(pure_checksum: Any) -> None:
    fast_crc.bind_reader(fast_crc.find_crc32c())
    header = struct.pack("<Q", 2**40)
    assert pywrap_tensorflow.masked_crc32c(header) == pure_checksum(header)


def test_binding_hands_back_its_undo(pure_checksum: Any) -> None:
    fast_crc.bind_reader(fast_crc.find_crc32c())()
    assert pywrap_tensorflow.masked_crc32c is pure_checksum


def test_google_crc32c_passes_the_check_value_here() -> None:
    assert fast_crc.find_crc32c() is not None


@pytest.mark.parametrize("wrong", [lambda _: 0, lambda data: data.nothing])
def test_a_checksum_that_fails_the_check_value_is_not_used(wrong: Any) -> None:
    assert fast_crc.checked(wrong) is None


def test_without_a_fast_checksum_tensorboards_own_stays(pure_checksum: Any) -> None:
    fast_crc.bind_reader(None)
    assert pywrap_tensorflow.masked_crc32c is pure_checksum
