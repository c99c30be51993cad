"""Trust in attributions to units: against direct computations, planted methods and refusals."""

from collections.abc import Callable, Iterator

import pytest
import torch
from cases import case_of, made
from digits_run import count_hooks, digits
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks import ProbeSet, Recording
from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions import UNIT_METHODS, Case, UnitMethod
from tb_neuron_callbacks.attributions.cascade import find_calls, stages
from tb_neuron_callbacks.attributions.memory import Cap
from tb_neuron_callbacks.attributions.shift import under_shift
from tb_neuron_callbacks.attributions.trust import Figure, rank_agreement
from tb_neuron_callbacks.attributions.unit_trust import (
    UNIT_CRITERIA,
    Units,
    completeness,
    unit_randomisation,
    unit_shift,
)
from tb_neuron_callbacks.measurement import MeasuredTrust
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.subject import Subject
from tb_neuron_callbacks.trust_pass import TrustPass

TRACKED = 16
GRADIENT, CONDUCTANCE = UNIT_METHODS["gradient"], UNIT_METHODS["conductance"]
WITH_ACTIVATION = UNIT_METHODS["gradient_x_activation"]
#: They see nothing of what the network makes of its units.
ACTIVATION = UnitMethod("activation", "", "", at_point=lambda point: point.activations)
CONSTANT = UnitMethod(
    "constant", "", "", at_point=lambda point: torch.ones_like(point.activations).cumsum(1)
)


@pytest.fixture(scope="session")
def trained() -> tuple[nn.Module, Tensor, Tensor]:
    """Return a small CNN trained for 300 steps on digits, and examples that it has not seen."""
    torch.manual_seed(0)
    images, labels = digits(1797)
    images = images / 16
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(300):
        chosen = torch.randint(0, 1500, (64,))
        optimiser.zero_grad()
        functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
        optimiser.step()
    return model.eval(), images[1500 : 1500 + TRACKED], labels[1500 : 1500 + TRACKED]


@pytest.fixture
def case(trained: tuple[nn.Module, Tensor, Tensor]) -> Case:
    return case_of(*trained)


def passed(model: nn.Module, inputs: Tensor, labels: Tensor, *methods: UnitMethod) -> TrustPass:
    """Return the trust pass over a batch of which every example is tracked."""
    probe = ProbeSet.from_tensors(inputs, labels, tracked=len(inputs))
    subject = Subject(model, probe)
    layout = subject.find_layers("auto", Recording())
    return TrustPass(AttributionPass(subject, layout, methods, "label"))


def measure_of(case: Case, method: UnitMethod, steps: int = 20) -> Callable[[Case], Units]:
    """Return what attributes by a method, whatever the weights are then."""
    probe = ProbeSet.from_tensors(case.batch, case.labels)
    subject = Subject(case.model, probe)
    attribution = AttributionPass(subject, case.layout, (method,), case.target, steps=steps)
    return lambda now: attribution.attribute(now.batch, now.labels)[method.name]


def figures_of(trust: MeasuredTrust, method: str, layer: str) -> dict[str, Figure]:
    (found,) = (each for each in trust.methods if each.method == method)
    return {figure.name: figure for figure in found.verdicts[layer].figures}


def randomised(case: Case, method: UnitMethod) -> dict[str, float]:
    measure = measure_of(case, method, steps=5)
    with preserved(case.model):
        found = unit_randomisation(case, measure(case), measure)
    return {name: each.value for name, each in found.items() if not each.absence}


def test_conductances_gap_is_that_of_a_direct_difference(case: Case) -> None:
    units = measure_of(case, CONDUCTANCE)(case)
    with torch.no_grad():
        at, began = case.model(case.batch), case.model(torch.zeros_like(case.batch))
    rows = torch.arange(TRACKED)
    changes = (at - began)[rows, case.labels].double().numpy()
    for name, gap in completeness(case, CONDUCTANCE, units).gaps.items():
        expected = abs(units[name].sum(1) - changes).sum() / abs(changes).sum()
        assert gap == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_conductance_is_complete_in_every_layer_of_a_chain(case: Case) -> None:
    gaps = completeness(case, CONDUCTANCE, measure_of(case, CONDUCTANCE)(case)).gaps
    assert list(gaps) == ["1", "3", "6", "7"]
    assert {UNIT_CRITERIA["completeness"].mark(gap) for gap in gaps.values()} == {"good"}


def test_several_baselines_are_averaged(case: Case) -> None:
    baselines = ["zero", torch.full((1, 8, 8), 0.3)]
    probe = ProbeSet.from_tensors(case.batch, case.labels)
    attribution = AttributionPass(
        Subject(case.model, probe), case.layout, (CONDUCTANCE,), "label", tuple(baselines)
    )
    units = attribution.attribute(case.batch, case.labels)["conductance"]
    assert max(completeness(case, CONDUCTANCE, units, baselines).gaps.values()) < 0.05


def test_beside_a_layer_that_the_target_goes_past_there_is_no_sum() -> None:
    case = case_of(*made("residual"))
    promise = completeness(case, CONDUCTANCE, measure_of(case, CONDUCTANCE)(case))
    assert promise.gaps
    assert promise.absences
    assert all("goes past this layer" in why for why in promise.absences.values())


def test_a_method_without_a_promise_has_no_gap(case: Case) -> None:
    promise = completeness(case, WITH_ACTIVATION, measure_of(case, WITH_ACTIVATION)(case))
    assert not promise.gaps
    assert set(promise.absences.values()) == {"the method makes no such promise"}


@pytest.mark.parametrize("method", [ACTIVATION, CONSTANT], ids=lambda method: method.name)
def test_randomisation_catches_a_method_that_ignores_the_weights(
    case: Case, method: UnitMethod
) -> None:
    found = randomised(case, method)
    assert list(found) == ["1", "3", "6"]
    assert {UNIT_CRITERIA["randomisation"].mark(value) for value in found.values()} == {"failing"}


@pytest.mark.parametrize("method", [GRADIENT, WITH_ACTIVATION, CONDUCTANCE], ids=lambda m: m.name)
def test_randomisation_passes_methods_that_see_the_weights(case: Case, method: UnitMethod) -> None:
    found = randomised(case, method)
    assert list(found) == ["1", "3", "6"]
    assert {UNIT_CRITERIA["randomisation"].mark(value) for value in found.values()} == {"good"}


@pytest.mark.parametrize("network", ["cnn", "residual", "transformer", "lstm", "mlp"])
def test_honest_methods_fail_in_no_kind_of_network(network: str) -> None:
    found = randomised(case_of(*made(network)), WITH_ACTIVATION)
    assert found
    marks = {UNIT_CRITERIA["randomisation"].mark(value) for value in found.values()}
    assert "failing" not in marks


def test_a_layer_is_compared_at_the_stages_that_lie_above_it(case: Case) -> None:
    measure = measure_of(case, WITH_ACTIVATION)
    with preserved(case.model):
        found = unit_randomisation(case, measure(case), measure)
    assert {name: each.stages for name, each in found.items() if each.stages} == {
        "1": ("7", "5", "2"),
        "3": ("7", "5"),
        "6": ("7",),
    }


def test_nothing_lies_above_the_output(case: Case) -> None:
    measure = measure_of(case, CONSTANT)
    with preserved(case.model):
        found = unit_randomisation(case, measure(case), measure)
    assert found["7"].absence == "no module that has weights is called after it"


def test_weights_that_are_called_before_and_after_a_layer_do_not_lie_above_it() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.shared, self.act, self.head = nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.head(self.shared(self.act(self.shared(inputs))))

    torch.manual_seed(0)
    case = case_of(Twice().eval(), torch.randn(TRACKED, 5), target=0)
    calls = find_calls(case)
    above = [s.name for s in stages(case, calls) if s.callers.isdisjoint(calls.before["act"])]
    assert above == ["head"]


def test_a_shift_moves_conductance(case: Case) -> None:
    measure = measure_of(case, CONDUCTANCE)
    with preserved(case.model):
        found = unit_shift(case, CONDUCTANCE, measure(case), measure)
    assert 0 < found["3"].value < 0.99


def test_a_shift_cannot_move_what_is_read_off_units_alone(case: Case) -> None:
    measure = measure_of(case, WITH_ACTIVATION)
    with preserved(case.model):
        (units, moved) = measure(case), under_shift(case, measure)[0]
        found = unit_shift(case, WITH_ACTIVATION, units, measure)
    assert moved is not None
    assert rank_agreement(units["3"], moved["3"]) == pytest.approx(1.0, abs=1e-3)
    assert "can't depend on it" in found["3"].absence


def test_a_shift_that_cannot_be_compensated_is_absent() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(256, 3))
    case = case_of(model.eval(), torch.randn(TRACKED, 1, 8, 8), target=0)
    measure = measure_of(case, CONDUCTANCE)
    with preserved(case.model):
        found = unit_shift(case, CONDUCTANCE, measure(case), measure)
    assert {each.absence for each in found.values()} == {"0 is padded"}


def test_predicted_tokens_are_explained_however_few_examples_fit_in_memory() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(11, 8), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 11)).eval()
    probe = ProbeSet.from_tensors(torch.randint(0, 11, (TRACKED, 5)), tracked=TRACKED)
    subject = Subject(model, probe)
    layout = subject.find_layers("auto", Recording())
    found = [
        TrustPass(
            AttributionPass(subject, layout, (CONDUCTANCE,), "prediction", cap=Cap(max_bytes))
        ).measure()
        for max_bytes in (1, 1 << 28)
    ]
    pieces, whole = (figures_of(each, "conductance", "2") for each in found)
    assert pieces["completeness"].value == pytest.approx(whole["completeness"].value, abs=1e-6)


def test_a_check_has_every_figure_that_it_can_have(
    trained: tuple[nn.Module, Tensor, Tensor],
) -> None:
    trust = passed(*trained, WITH_ACTIVATION, CONDUCTANCE)
    for _ in range(2):
        trust.follow(trust.attribution.measure())
    figures = figures_of(trust.measure(), "conductance", "3")
    assert set(figures) == set(UNIT_CRITERIA)
    assert figures["previous"].value == pytest.approx(1.0)
    assert 0 < figures["path"].value < 1


def test_methods_are_compared_with_each_other(trained: tuple[nn.Module, Tensor, Tensor]) -> None:
    found = passed(*trained, WITH_ACTIVATION, UnitMethod(
        "doubled", "", "", at_point=lambda point: 2 * point.gradients * point.activations
    )).measure()  # fmt: skip
    assert figures_of(found, "doubled", "3")["methods"].value == pytest.approx(1.0)


def test_a_method_alone_is_compared_with_none(trained: tuple[nn.Module, Tensor, Tensor]) -> None:
    assert "methods" not in figures_of(passed(*trained, GRADIENT).measure(), "gradient", "3")


def test_gradients_that_are_no_numbers_fail_the_layer() -> None:
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.act, self.head = nn.ReLU(), nn.Linear(6, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            # An infinite gradient times 0.
            return self.head(self.act(inputs).sqrt())

    torch.manual_seed(0)
    inputs = torch.randn(TRACKED, 6)
    (method,) = passed(Root(), inputs, torch.arange(TRACKED) % 3, WITH_ACTIVATION).measure().methods
    figures = {figure.name: figure for figure in method.verdicts["act"].figures}
    assert figures["nonfinite"].value == pytest.approx(float((inputs <= 0).float().mean()))
    assert method.verdicts["act"].mark == "failing"


def test_a_layer_of_two_units_has_no_order() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 3))
    trust = passed(model, torch.randn(TRACKED, 4), torch.arange(TRACKED) % 3, GRADIENT).measure()
    figure = figures_of(trust, "gradient", "1")["randomisation"]
    assert (figure.mark, "fewer than three units" in figure.sentence) == (None, True)


def test_a_method_that_fails_leaves_the_others(trained: tuple[nn.Module, Tensor, Tensor]) -> None:
    found = passed(*trained, failing(after=1), GRADIENT).measure()
    assert [bool(each.verdicts) for each in found.methods] == [False, True]
    assert found.methods[0].absence == "PlantedError: planted"


def test_where_every_method_fails_the_error_is_raised(
    trained: tuple[nn.Module, Tensor, Tensor],
) -> None:
    with pytest.raises(PlantedError):
        passed(*trained, failing(after=0)).measure()


class PlantedError(Exception):
    """Planted."""


def failing(after: int) -> UnitMethod:
    """Return a method that raises after so many sweeps of four layers."""
    calls = 0

    def rule(point: object) -> Tensor:
        nonlocal calls
        calls += 1
        if calls > 4 * after:
            raise PlantedError("planted")
        return point.activations  # pyright: ignore[reportAttributeAccessIssue]

    return UnitMethod("failing", "", "", at_point=rule)


@pytest.mark.parametrize("fails", [False, True])
def test_checks_leave_the_model_as_it_was(
    trained: tuple[nn.Module, Tensor, Tensor], fails: bool
) -> None:
    model, inputs, labels = trained
    methods = (failing(after=2),) if fails else (WITH_ACTIVATION, CONDUCTANCE)
    trust = passed(model, inputs, labels, *methods)
    model.train()
    weights = [
        (p, p.data_ptr(), p.detach().clone(), p._version, p.grad) for p in model.parameters()
    ]
    pending = model(inputs).sum()
    state = torch.get_rng_state()
    try:
        trust.measure()
    except PlantedError:
        assert fails
    for parameter, place, content, version, gradient in weights:
        assert parameter.data_ptr() == place
        assert torch.equal(parameter, content)
        assert parameter._version == version
        assert parameter.grad is gradient
    assert all(module.training for module in model.modules())
    assert sum(map(count_hooks, model.modules())) == 0
    assert torch.equal(torch.get_rng_state(), state)
    pending.backward()
    model.eval().zero_grad()


@pytest.fixture
def changed(trained: tuple[nn.Module, Tensor, Tensor]) -> Iterator[TrustPass]:
    """A trust pass that has followed two records, between which a layer was drawn anew."""
    model, inputs, labels = trained
    trust = passed(model, inputs, labels, WITH_ACTIVATION)
    trust.follow(trust.attribution.measure())
    weight = model.get_parameter("5.weight")
    kept = weight.detach().clone()
    with torch.no_grad():
        weight.normal_()
    trust.follow(trust.attribution.measure())
    yield trust
    with torch.no_grad():
        weight.copy_(kept)


def test_an_order_that_the_network_gave_up_is_seen(changed: TrustPass) -> None:
    now, before = changed._records[1], changed._records[0]
    units = [each["gradient_x_activation"]["3"][0] for each in (now, before)]
    alive = (units[0] > 0) | (units[1] > 0)
    expected = spearmanr(units[0][alive], units[1][alive])[0]
    found = figures_of(changed.measure(), "gradient_x_activation", "3")["previous"].value
    assert found == pytest.approx(expected)
    assert found < 0.9


def test_without_a_record_before_there_is_none_to_agree_with(
    trained: tuple[nn.Module, Tensor, Tensor],
) -> None:
    trust = passed(*trained, WITH_ACTIVATION)
    trust.follow(trust.attribution.measure())
    assert "previous" not in figures_of(trust.measure(), "gradient_x_activation", "3")
