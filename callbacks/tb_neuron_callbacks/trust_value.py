"""How verdicts are stored: those on attributions to units, and each by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from tb_neuron.schema import neuron_pb2
from tb_neuron.summary import ValueWriter
from tb_neuron_callbacks.attributions.trust import Mark, Verdict
from tb_neuron_callbacks.measurement import MeasuredTrust


def add_trust(value: ValueWriter, measured: MeasuredTrust) -> None:
    """Add the verdicts of a record to the value of kind "trust"."""
    value.add_message(
        neuron_pb2.UnitTrust(
            target=measured.target,
            examples=measured.examples,
            methods=[
                neuron_pb2.MethodTrust(
                    method=found.method,
                    layers=[
                        neuron_pb2.LayerTrust(layer=name, trust=trust_message(verdict))
                        for name, verdict in found.verdicts.items()
                    ],
                    absence=found.absence,
                )
                for found in measured.methods
            ],
        )
    )


def trust_message(verdict: Verdict) -> neuron_pb2.Trust:
    """Return a verdict as it is stored."""
    return neuron_pb2.Trust(
        mark=_mark(verdict.mark),
        figures=[
            neuron_pb2.TrustFigure(
                name=figure.name,
                value=figure.value if np.isfinite(figure.value) else float("nan"),
                mark=_mark(figure.mark),
                sentence=figure.sentence,
            )
            for figure in verdict.figures
        ],
    )


def _mark(mark: Mark | None) -> Any:
    return f"TRUST_{'NONE' if mark is None else mark.upper()}"
