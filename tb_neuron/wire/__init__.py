"""The JSON that routes answer, as types: the only definition of it, one module a subject.

`frontend/src/wire.ts` (interfaces, guards, camelCase names) is generated from this package by
`make schema`; `http_api.md` beside it says which route answers what. A *step* travels as a decimal
string, because steps may exceed 2^53. A *position in the record list* is an index into
`Records.steps`. The modules import nothing but the standard library and each other, so that the
generator needs none of the package's dependencies.
"""

from .dictionary import (
    Dictionary,
    DictionaryLayer,
    IconForm,
    MeaningDrift,
    Pictures,
    UnitIcons,
    Visualisation,
)
from .evidence import EvidencePins, EvidenceSteps, LayerEvidence, UnitEvidence
from .examples import Fact, FactKind, FilteredExamples, Tokens
from .flow import Flow, FlowGroup, FlowLayer, FlowLink, FlowMethod, FlowSteps, UnitGroup
from .grids import ActivationGrid, GridLayer, GridSteps, PositionUnits
from .maps import MapMethod, MapSteps, MapTarget, MethodMaps, TrackedExample
from .patterns import Grouping, Groups, PatternClass, Patterns, PatternSubset
from .planes import Crops, Plane, PlaneLayer, PlaneProjection, PlaneSteps, PointKind
from .records import (
    ClassStatistic,
    Costs,
    Family,
    FilmChunk,
    GridName,
    Layer,
    ProbeSet,
    Records,
    Statistic,
    Thresholds,
)
from .responses import (
    Correlated,
    CorrelatedUnit,
    Drift,
    EndShares,
    Joint,
    JointAxis,
    JointSide,
    OtherResponses,
    ResponseDistribution,
    ResponseLayer,
    ResponseMethod,
    ResponseSteps,
)
from .runs import ErrorAnswer, Problem, RecordingSummary, Runs, RunSummary
from .trust import CheckedLayer, CheckedMethod, Mark, TrustFigure, UnitTrust, Verdict
from .units import (
    ChangeKind,
    Changes,
    EventKind,
    LayerValues,
    MethodTarget,
    UnitChange,
    UnitEvent,
    UnitSeries,
)
