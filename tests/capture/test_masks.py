"""Masks of examples, written by a recorder and read back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import tb_neuron
from tb_neuron.errors import NotFoundError
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every, record
from tb_neuron_callbacks.errors import ProbeSetError

IMAGES = torch.arange(4 * 3 * 5 * 6).reshape(4, 3, 5, 6).float()
MASKS = torch.arange(4 * 5 * 6).reshape(4, 5, 6) % 7 == 0


class Flat(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        return inputs.float().flatten(1).relu()


def recorded(folder: Path, probe: ProbeSet) -> Run:
    with NeuronRecorder(Flat(), probe, folder, schedule=every(1)) as recorder:
        recorder.step(0)
    return next(iter(tb_neuron.open(folder).runs.values()))


def test_masks_are_read_as_they_were_given(tmp_path: Path) -> None:
    run = recorded(tmp_path, ProbeSet.from_tensors(IMAGES, masks=MASKS, batch_size=3))
    found = [run.mask(example) for example in range(4)]
    np.testing.assert_array_equal(np.stack(found), MASKS.numpy())  # pyright: ignore


def test_a_mask_keeps_values_other_than_one(tmp_path: Path) -> None:
    masks = np.random.default_rng(0).integers(0, 256, (4, 5, 6), np.uint8)
    run = recorded(tmp_path, ProbeSet.from_tensors(IMAGES, masks=masks))
    np.testing.assert_array_equal(run.mask(2), masks[2])  # pyright: ignore


def test_examples_may_have_no_mask(tmp_path: Path) -> None:
    masks = [None, MASKS[1], None, MASKS[3]]
    run = recorded(tmp_path, ProbeSet.from_tensors(IMAGES, masks=masks))
    assert [run.mask(example) is None for example in range(4)] == [True, False, True, False]


def test_a_probe_set_without_masks_has_none(tmp_path: Path) -> None:
    assert recorded(tmp_path, ProbeSet.from_tensors(IMAGES)).mask(0) is None


def test_an_example_that_does_not_exist_has_no_mask(tmp_path: Path) -> None:
    run = recorded(tmp_path, ProbeSet.from_tensors(IMAGES, masks=MASKS))
    with pytest.raises(NotFoundError, match="no example '4'; there is '0 to 3'"):
        run.mask(4)


@pytest.mark.parametrize(
    ("inputs", "shape"),
    [
        (torch.zeros(2, 3, 5, 6), (5, 6)),
        (torch.zeros(2, 5, 6, 3), (5, 6)),
        (torch.zeros(2, 9, dtype=torch.int64), (9,)),
        (torch.zeros(2, 9), (9,)),
        (torch.zeros(2, 7, 9), (9,)),
        (torch.zeros(2, 7, 9), (7,)),
        (torch.zeros(2, 8, 5, 6), (5, 6)),
    ],
)
def test_a_mask_has_the_shape_of_the_input_without_channels(
    inputs: Tensor, shape: tuple[int, ...]
) -> None:
    masks = torch.ones(2, *shape, dtype=torch.uint8)
    found = ProbeSet.from_tensors(inputs, masks=masks).masks
    assert [tuple(mask.shape) for mask in found if mask is not None] == [shape, shape]


def test_masks_fit_batches_of_different_lengths() -> None:
    batches = [torch.zeros(2, 4, dtype=torch.int64), torch.zeros(1, 7, dtype=torch.int64)]
    masks = [torch.ones(length, dtype=torch.bool) for length in (4, 4, 7)]
    assert len(ProbeSet.from_batches(batches, masks=masks).masks) == 3


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        (MASKS[:3], r"masks has one entry an example: 4, not 3"),
        (MASKS.float(), r"bool or uint8, and that of example 0 is float32; pass mask > 0"),
        ([None, MASKS[1, :4], None, None], r"\[5, 6\], and that of example 1 is \[4, 6\]"),
        (MASKS[:, None].expand(4, 3, 5, 6), r"\[5, 6\], and that of example 0 is \[3, 5, 6\]"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(masks: Any, message: str) -> None:
    with pytest.raises(ProbeSetError, match=message):
        ProbeSet.from_tensors(IMAGES, masks=masks)


def test_masks_do_not_change_the_identity() -> None:
    assert ProbeSet.from_tensors(IMAGES, masks=MASKS).hash == ProbeSet.from_tensors(IMAGES).hash


def test_masks_stay_when_the_user_reuses_memory() -> None:
    masks = MASKS.clone()
    probe = ProbeSet.from_tensors(IMAGES, masks=masks)
    masks.zero_()
    (first, *_) = probe.masks
    assert first is not None
    np.testing.assert_array_equal(first.numpy(), MASKS[0].numpy())


def test_masks_that_are_too_large_together_are_left_out_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "MAX_MASK_BYTES", 40)
    masks = np.random.default_rng(0).integers(0, 256, (4, 5, 6), np.uint8)  # 30 bytes each
    run = recorded(tmp_path, ProbeSet.from_tensors(IMAGES, masks=masks))
    assert [run.mask(example) is not None for example in range(4)] == [True, True, False, False]
    assert [note for note in run.recording().notes if "first 2 of 4 examples" in note]
