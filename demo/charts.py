"""Every chart of the tab: what opens it on the demos' runs, and one sentence on how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass

#: The layers of `network.py` that charts are of, as the recorder names them.
CONV, HIDDEN, LOGITS = "network.conv3/relu", "network.hidden/relu", "network.logits"
#: A unit whose charts are shown.
UNIT = {"v": "unit", "l": HIDDEN, "u": "12"}
#: What opens a run; at its last record, where nothing else is said.
SANE, TOO_HIGH = {"r": "sane"}, {"r": "too-high"}

#: A map all of whose points have a place by now.
LAID_OUT = ".map-view:not(:has(.map-note, .standing)) canvas"


@dataclass(frozen=True)
class Chart:
    """A chart of the tab.

    Attributes:
        title: above its picture.
        keys: what opens it, by the keys of the tab's part of the address (`address.ts`).
        seen: selector of what must be drawn.
        reading: what to read from it, a sentence.
        is_below: whether the view is scrolled until it is on top.
    """

    title: str
    keys: Mapping[str, str]
    seen: str
    reading: str
    is_below: bool = False


CHARTS: dict[str, Chart] = {
    "overview": Chart(
        "Overview",
        {**TOO_HIGH},
        ".stage canvas",
        "Every unit is a square in its layer's tile, coloured by how often it is active: layers "
        "that have gone dark no longer take part.",
    ),
    "overview-states": Chart(
        "Overview of one state",
        {**TOO_HIGH, "only": "dead"},
        ".stage canvas",
        "The dead units alone keep their colour, so that a glance tells which layers died.",
    ),
    "overview-class": Chart(
        "Overview of one class",
        {**SANE, "st": "mean", "cl": "3", "ar": "share"},
        ".stage canvas",
        "The mean activation over the examples of digit 3; a tile is as large as its layer's share "
        "of all attribution.",
    ),
    "difference": Chart(
        "Difference of two runs",
        {**TOO_HIGH, "br": "sane", "c": "diff"},
        ".stage canvas",
        "A minus B on a scale around 0: in one colour what is more active in the first run, in "
        "the other what is more active in the second.",
    ),
    "layers": Chart(
        "Layers",
        {**TOO_HIGH, "v": "layer"},
        "tr.row",
        "A row a layer: how many of its units are silent, dead, dormant or saturated, and since "
        "when.",
    ),
    "layer": Chart(
        "Units of a layer",
        {**SANE, "v": "layer", "l": HIDDEN, "q": "-std"},
        "tr.row",
        "A row a unit: what it responds to most, its state and its statistics at this step; sort "
        "by any column.",
    ),
    "changes": Chart(
        "Changes",
        {**SANE, "v": "layer", "l": HIDDEN, "ch": "true"},
        ".changes-of, tr.row",
        "Units whose attribution changed sign or whose main class became another, the earliest "
        "first.",
    ),
    "patterns": Chart(
        "Patterns",
        {**SANE, "v": "layer", "l": HIDDEN, "lf": "patterns"},
        ".patterns canvas",
        "Each row is an example, class by class, each column a unit: a block is a set of units "
        "that answers to one class.",
    ),
    "classes": Chart(
        "Classes",
        {**SANE, "v": "layer", "l": HIDDEN, "lf": "classes"},
        ".patterns canvas",
        "The same, a row a class: the classes that a unit confuses stand next to each other.",
    ),
    "subsets": Chart(
        "Subsets",
        {
            **SANE,
            "v": "layer",
            "l": HIDDEN,
            "lf": "subsets",
            "sb": "threes:label == 3;eights:label == 8;taken for 3 or 8:prediction in [3, 8]",
        },
        ".patterns canvas",
        "Subsets of examples that were saved under a name, a row each: what sets their responses "
        "apart?",
    ),
    "groups": Chart(
        "Groups",
        {**SANE, "v": "layer", "l": CONV, "lf": "groups"},
        ".group-card",
        "Units that respond together, as a few groups with their classes, their examples and "
        "where in the images they look; a group keeps its colour over all records.",
    ),
    "unit": Chart(
        "Unit",
        {**SANE, **UNIT},
        ".unit-view",
        "One unit over the whole training: what it responds to most, how much that still changes, "
        "and how it stands in its layer.",
    ),
    "unit-responses": Chart(
        "Responses of a unit",
        {**SANE, **UNIT},
        ".unit-view h3:has-text('Responses')",
        "The distribution of its responses record by record, and beside it how differently it "
        "responds to examples of the training set.",
        is_below=True,
    ),
    "unit-attribution": Chart(
        "Attribution of a unit",
        {**SANE, **UNIT},
        ".unit-view h3:has-text('Attribution')",
        "What the unit contributes to the label's logit, over all examples and class by class.",
        is_below=True,
    ),
    "unit-evidence": Chart(
        "Evidence of a unit",
        {**SANE, **UNIT},
        ".unit-view h3:has-text('Evidence')",
        "For and against which class it speaks in each tracked example.",
        is_below=True,
    ),
    "flow": Chart(
        "Flow",
        {**SANE, "v": "flow"},
        ".flow-node.unit",
        "Attribution on its way from layer to layer; a band is as wide as what one unit passes "
        "to the next, and its colour says for or against.",
    ),
    "flow-groups": Chart(
        "Flow of groups",
        {**SANE, "v": "flow", "fn": "groups", "gk": "4"},
        ".flow-node.unit",
        "The same with the units of each layer in a few groups: which groups make which.",
    ),
    "joint": Chart(
        "Joint",
        {**SANE, "v": "joint", "l": HIDDEN, "u": "12", "jl": HIDDEN, "ju": "54"},
        ".joint-picture svg",
        "Responses of two units to all examples in hexagons, with their marginals and "
        "correlation; a hexagon opens its examples.",
    ),
    "joint-facets": Chart(
        "Joint, class by class",
        {**SANE, "v": "joint", "l": HIDDEN, "u": "12", "jl": HIDDEN, "ju": "54", "jf": "facets"},
        ".joint-picture svg",
        "The same for each class on the same axes: which class is where both are active?",
    ),
    "joint-colours": Chart(
        "Joint, coloured by class",
        {**SANE, "v": "joint", "l": HIDDEN, "jl": LOGITS, "jf": "colours"},
        ".joint-picture svg",
        "First principal components of two layers, each hexagon in the colour of its main class.",
    ),
    "joint-difference": Chart(
        "Joint, two runs",
        {
            **SANE,
            "v": "joint",
            "l": HIDDEN,
            "u": "12",
            "jl": HIDDEN,
            "ju": "54",
            "br": "too-high",
            "c": "diff",
        },
        ".joint-picture svg",
        "Where run A has more examples than run B, and where it has fewer.",
    ),
    "examples": Chart(
        "Examples",
        {**SANE, "v": "examples"},
        ".filmstrip canvas",
        "Attribution maps of tracked examples, a row each, over the whole training: when did the "
        "model learn an example, and what did it look at then?",
    ),
    "example": Chart(
        "Example",
        {**SANE, "v": "examples", "x": "64"},
        ".panel-place canvas",
        "One example with its map, the model's answer over all steps, and whether the map is to "
        "be believed.",
    ),
    "example-evidence": Chart(
        "Evidence in an example",
        {**SANE, "v": "examples", "x": "64"},
        "section.evidence",
        "Class by class what the units of a layer say for it and against it, and which say most.",
        is_below=True,
    ),
    "grid": Chart(
        "Activation grid",
        {**SANE, "v": "examples", "xv": "grid"},
        ".grid-wall canvas",
        "What a layer answers at each position of tracked examples: a cell is as large as its "
        "activation, and positions of one colour are alike to the layer.",
    ),
    "grid-example": Chart(
        "Activation grid of an example",
        {**SANE, "v": "examples", "xv": "grid", "x": "64", "gs": "attribution", "ga": "true"},
        ".grid-large canvas",
        "One example in every layer, shaded by what each position contributes to the predicted "
        "class, with the units of the chosen cell.",
    ),
    "map": Chart(
        "Map of units",
        {**SANE, "v": "map", "l": HIDDEN, "po": "units"},
        LAID_OUT,
        "Units with similar responses lie close together; over the steps one sees them part.",
    ),
    "map-examples": Chart(
        "Map of examples",
        {**SANE, "v": "map", "l": HIDDEN, "po": "examples", "pj": "tsne"},
        LAID_OUT,
        "The examples by what a layer answers to them, by t-SNE: digits that the layer tells "
        "apart are islands.",
    ),
    "map-umap": Chart(
        "Map of examples by UMAP",
        {**SANE, "v": "map", "l": CONV, "po": "examples", "pj": "umap", "pc": "class"},
        LAID_OUT,
        "The same of an earlier layer, by UMAP: what lies between two islands, the layer takes for "
        "either.",
    ),
    "map-atlas": Chart(
        "Atlas",
        {**SANE, "v": "map", "l": CONV, "po": "units", "ps": "atlas"},
        LAID_OUT,
        "The map cut into squares, each with pictures of what its units respond to most.",
    ),
    "superposition": Chart(
        "Superposition",
        {"r": "superposition", "v": "map", "l": "hidden", "po": "examples"},
        LAID_OUT,
        "Five features share two dimensions as a pentagon (`demo/superposition.py`).",
    ),
}
