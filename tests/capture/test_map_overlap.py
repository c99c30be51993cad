"""Shared interest: maps and the masks of their examples, from a recorder to the route."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import Saliency
from networks import TokenClassifier
from torch import nn

import tb_neuron
from tb_neuron import answers, attribution_answers
from tb_neuron.maps import OVERLAPS
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.map_overlap import map_overlap

EXAMPLES, TRACKED = 12, [1, 4, 7]
IMAGES = torch.rand(EXAMPLES, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)).eval()


def recorded(folder: Path, model: nn.Module, inputs: torch.Tensor, **choices: Any) -> Run:
    labels = torch.arange(len(inputs)) % 3
    probe = ProbeSet.from_tensors(inputs, labels, batch_size=5, tracked=TRACKED, **choices)
    recording = Recording(maps=("saliency",), trust=False, schedules={"maps": every(1)})
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        for step in range(2):
            assert recorder.step(step)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def by_hand(maps: np.ndarray, masks: np.ndarray) -> list[list[float]]:
    """Return the three figures of maps, counted position by position."""
    found = []
    for values, mask in zip(maps, masks, strict=True):
        size = abs(values.astype(np.float64))
        salient = {n for n, v in enumerate(size) if v >= size.mean() + size.std()}
        marked = {n for n, is_marked in enumerate(mask.ravel()) if is_marked}
        both = len(salient & marked)
        found.append([both / len(salient | marked), both / len(marked), both / len(salient)])
    return np.array(found).T.tolist()


def figures_of(run: Run) -> list[np.ndarray]:
    overlaps = run.recording().maps.overlaps("saliency")
    return [overlaps[name] for name in OVERLAPS]


def test_images_are_compared_with_their_masks(tmp_path: Path) -> None:
    masks = IMAGES[:, 0] > 0.6
    run = recorded(tmp_path, network(), IMAGES, masks=masks)
    inputs = IMAGES[TRACKED].requires_grad_()
    captums = Saliency(network()).attribute(inputs, target=torch.tensor(TRACKED) % 3)
    expected = by_hand(captums.detach().flatten(1).numpy(), masks[TRACKED].numpy())
    for figure, wanted in zip(figures_of(run), expected, strict=True):
        assert figure.shape == (2, 3)
        assert figure[0] == pytest.approx(wanted, abs=1e-6)


def test_tokens_are_compared_with_their_spans(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tokens = torch.randint(0, 11, (EXAMPLES, 6))
    spans = torch.zeros(EXAMPLES, 6, dtype=torch.bool)
    spans[:, 2:4] = True
    run = recorded(tmp_path, TokenClassifier().eval(), tokens, masks=spans)
    (method,) = run.recording().maps.methods()
    assert (method.form, method.shape) == ("tokens", (6,))
    # With six positions, none is so near the limit that the grid moves it across.
    expected = by_hand(run.maps("saliency")[0], spans[TRACKED].numpy())
    for figure, wanted in zip(figures_of(run), expected, strict=True):
        assert figure[0] == pytest.approx(wanted, abs=1e-6)


def test_an_example_without_a_mask_has_no_overlap(tmp_path: Path) -> None:
    masks = [None if example == 4 else IMAGES[example, 0] > 0.6 for example in range(EXAMPLES)]
    run = recorded(tmp_path, network(), IMAGES, masks=masks)
    for figure in figures_of(run):
        assert np.isnan(figure[0]).tolist() == [False, True, False]


def test_without_masks_nothing_is_recorded(tmp_path: Path) -> None:
    run = recorded(tmp_path, network(), IMAGES)
    assert all(np.isnan(figure).all() for figure in figures_of(run))


def test_a_mask_is_averaged_down_to_the_positions_of_a_map() -> None:
    mask = torch.zeros(4, 4, dtype=torch.uint8)
    mask[:2, :2], mask[3, 3] = 255, 255
    found = map_overlap(np.array([[[5.0, 0.0], [0.0, 0.0]]], np.float32), (mask,), [0])
    assert found is not None
    assert [figure[0] for figure in found] == [1.0, 1.0, 1.0]


def test_a_mask_of_other_axes_than_the_map_is_passed_over() -> None:
    maps = np.ones((1, 3, 2, 2), np.float32)
    assert map_overlap(maps, (torch.ones(2, 2, dtype=torch.uint8),), [0]) is None


def test_the_route_tells_the_overlaps(tmp_path: Path) -> None:
    recorded(tmp_path, network(), IMAGES, masks=IMAGES[:, 0] > 0.6)
    experiment = tb_neuron.open(tmp_path)
    (name,) = experiment.runs
    key = answers.RecordingKey(name, "model", "probe")
    arrays = attribution_answers.method_maps(experiment, key, "saliency").arrays
    for figure in OVERLAPS:
        assert (arrays[figure].shape, arrays[figure].dtype) == ((2, 3), np.float32)
