"""Class activation mapping: the last convolution's channels by the class's own weights."""

from tb_neuron_callbacks.attributions.grad_cam import narrowed, over_input
from tb_neuron_callbacks.attributions.input_forms import as_float32
from tb_neuron_callbacks.attributions.input_gradients import start_values
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.unwrapping import unwrap


def _attribute(case: Case) -> InputAttributions:
    found = case.traits.class_weights
    classes = case.explained.indices
    if found is None or classes is None:
        raise AttributionError(
            "cam must have a class to explain, for it shows the weights of a logit, and the target "
            f"is {case.target!r}; explain a logit, or choose grad_cam"
        )
    grid = next(grid for grid in case.traits.grids if grid.layer_name == found.layer_name)
    layout = narrowed(case.layout, (grid.layer_name,))
    sweep = PointSweep(case.model, layout, case.run)
    points = sweep.points(case.batch, case.target, case.labels)
    pictures = as_float32(grid.laid_out(points[grid.layer_name].activations))
    linear = unwrap(case.model).get_submodule(found.linear_name)
    weights = as_float32(linear.weight)[classes.cpu()]  # pyright: ignore[reportArgumentType]
    values, _ = start_values(case)
    shown = over_input((pictures * weights[:, :, None, None]).sum(1), case, values[0])
    return InputAttributions((shown,), layer_name=grid.layer_name)


METHOD = InputMethod(
    name="cam",
    description="Channels of the last convolution, weighted as the class's logit weights them.",
    source="Zhou et al. 2016",
    attribute=_attribute,
    needs=frozenset(("positions",)),
)
