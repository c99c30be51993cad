from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Grid(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GRID_UNSPECIFIED: _ClassVar[Grid]
    GRID_UNSIGNED_LOG: _ClassVar[Grid]
    GRID_SIGNED_LOG: _ClassVar[Grid]
    GRID_FRACTION: _ClassVar[Grid]
    GRID_EXACT: _ClassVar[Grid]

class Dtype(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DTYPE_UNSPECIFIED: _ClassVar[Dtype]
    DTYPE_UINT8: _ClassVar[Dtype]
    DTYPE_INT32: _ClassVar[Dtype]
    DTYPE_INT64: _ClassVar[Dtype]
    DTYPE_FLOAT16: _ClassVar[Dtype]
    DTYPE_FLOAT32: _ClassVar[Dtype]
    DTYPE_BYTES: _ClassVar[Dtype]
    DTYPE_PROTO: _ClassVar[Dtype]

class Codec(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CODEC_RAW: _ClassVar[Codec]
    CODEC_ZLIB: _ClassVar[Codec]

class TrustMark(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRUST_NONE: _ClassVar[TrustMark]
    TRUST_GOOD: _ClassVar[TrustMark]
    TRUST_DOUBTFUL: _ClassVar[TrustMark]
    TRUST_FAILING: _ClassVar[TrustMark]
GRID_UNSPECIFIED: Grid
GRID_UNSIGNED_LOG: Grid
GRID_SIGNED_LOG: Grid
GRID_FRACTION: Grid
GRID_EXACT: Grid
DTYPE_UNSPECIFIED: Dtype
DTYPE_UINT8: Dtype
DTYPE_INT32: Dtype
DTYPE_INT64: Dtype
DTYPE_FLOAT16: Dtype
DTYPE_FLOAT32: Dtype
DTYPE_BYTES: Dtype
DTYPE_PROTO: Dtype
CODEC_RAW: Codec
CODEC_ZLIB: Codec
TRUST_NONE: TrustMark
TRUST_GOOD: TrustMark
TRUST_DOUBTFUL: TrustMark
TRUST_FAILING: TrustMark

class PluginData(_message.Message):
    __slots__ = ("schema_version",)
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    schema_version: int
    def __init__(self, schema_version: _Optional[int] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ("schema_version", "kind", "step", "layout_id", "probe_hash", "session", "checkpoint", "examples", "thresholds", "costs", "columns", "aggregates", "directory", "notes")
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    PROBE_HASH_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    AGGREGATES_FIELD_NUMBER: _ClassVar[int]
    DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    schema_version: int
    kind: str
    step: int
    layout_id: str
    probe_hash: str
    session: Session
    checkpoint: str
    examples: int
    thresholds: Thresholds
    costs: Costs
    columns: _containers.RepeatedCompositeFieldContainer[Column]
    aggregates: _containers.RepeatedCompositeFieldContainer[LayerAggregate]
    directory: _containers.RepeatedCompositeFieldContainer[Entry]
    notes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, schema_version: _Optional[int] = ..., kind: _Optional[str] = ..., step: _Optional[int] = ..., layout_id: _Optional[str] = ..., probe_hash: _Optional[str] = ..., session: _Optional[_Union[Session, _Mapping]] = ..., checkpoint: _Optional[str] = ..., examples: _Optional[int] = ..., thresholds: _Optional[_Union[Thresholds, _Mapping]] = ..., costs: _Optional[_Union[Costs, _Mapping]] = ..., columns: _Optional[_Iterable[_Union[Column, _Mapping]]] = ..., aggregates: _Optional[_Iterable[_Union[LayerAggregate, _Mapping]]] = ..., directory: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ..., notes: _Optional[_Iterable[str]] = ...) -> None: ...

class Session(_message.Message):
    __slots__ = ("id", "started", "sequence")
    ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    id: str
    started: float
    sequence: int
    def __init__(self, id: _Optional[str] = ..., started: _Optional[float] = ..., sequence: _Optional[int] = ...) -> None: ...

class Thresholds(_message.Message):
    __slots__ = ("silent_std", "dormant", "saturated_share", "saturated_margin", "dead_records")
    SILENT_STD_FIELD_NUMBER: _ClassVar[int]
    DORMANT_FIELD_NUMBER: _ClassVar[int]
    SATURATED_SHARE_FIELD_NUMBER: _ClassVar[int]
    SATURATED_MARGIN_FIELD_NUMBER: _ClassVar[int]
    DEAD_RECORDS_FIELD_NUMBER: _ClassVar[int]
    silent_std: float
    dormant: float
    saturated_share: float
    saturated_margin: float
    dead_records: int
    def __init__(self, silent_std: _Optional[float] = ..., dormant: _Optional[float] = ..., saturated_share: _Optional[float] = ..., saturated_margin: _Optional[float] = ..., dead_records: _Optional[int] = ...) -> None: ...

class Costs(_message.Message):
    __slots__ = ("wall_seconds", "forward_seconds", "device_seconds", "peak_extra_bytes", "bytes", "overhead", "peak_output_bytes", "record_bytes")
    WALL_SECONDS_FIELD_NUMBER: _ClassVar[int]
    FORWARD_SECONDS_FIELD_NUMBER: _ClassVar[int]
    DEVICE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    PEAK_EXTRA_BYTES_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    OVERHEAD_FIELD_NUMBER: _ClassVar[int]
    PEAK_OUTPUT_BYTES_FIELD_NUMBER: _ClassVar[int]
    RECORD_BYTES_FIELD_NUMBER: _ClassVar[int]
    wall_seconds: float
    forward_seconds: float
    device_seconds: float
    peak_extra_bytes: int
    bytes: int
    overhead: float
    peak_output_bytes: int
    record_bytes: int
    def __init__(self, wall_seconds: _Optional[float] = ..., forward_seconds: _Optional[float] = ..., device_seconds: _Optional[float] = ..., peak_extra_bytes: _Optional[int] = ..., bytes: _Optional[int] = ..., overhead: _Optional[float] = ..., peak_output_bytes: _Optional[int] = ..., record_bytes: _Optional[int] = ...) -> None: ...

class Column(_message.Message):
    __slots__ = ("name", "grid", "description", "method", "target")
    NAME_FIELD_NUMBER: _ClassVar[int]
    GRID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    name: str
    grid: Grid
    description: str
    method: str
    target: str
    def __init__(self, name: _Optional[str] = ..., grid: _Optional[_Union[Grid, str]] = ..., description: _Optional[str] = ..., method: _Optional[str] = ..., target: _Optional[str] = ...) -> None: ...

class LayerAggregate(_message.Message):
    __slots__ = ("layer", "units", "silent", "dormant", "saturated", "nonfinite", "dead", "positions", "means")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    SILENT_FIELD_NUMBER: _ClassVar[int]
    DORMANT_FIELD_NUMBER: _ClassVar[int]
    SATURATED_FIELD_NUMBER: _ClassVar[int]
    NONFINITE_FIELD_NUMBER: _ClassVar[int]
    DEAD_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    MEANS_FIELD_NUMBER: _ClassVar[int]
    layer: str
    units: int
    silent: int
    dormant: int
    saturated: int
    nonfinite: int
    dead: int
    positions: int
    means: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, layer: _Optional[str] = ..., units: _Optional[int] = ..., silent: _Optional[int] = ..., dormant: _Optional[int] = ..., saturated: _Optional[int] = ..., nonfinite: _Optional[int] = ..., dead: _Optional[int] = ..., positions: _Optional[int] = ..., means: _Optional[_Iterable[float]] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("what", "layer", "example", "method", "target", "dtype", "codec", "shape", "blob", "columns", "offsets", "to_layer")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    EXAMPLE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    CODEC_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    BLOB_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    OFFSETS_FIELD_NUMBER: _ClassVar[int]
    TO_LAYER_FIELD_NUMBER: _ClassVar[int]
    what: str
    layer: str
    example: int
    method: str
    target: str
    dtype: Dtype
    codec: Codec
    shape: _containers.RepeatedScalarFieldContainer[int]
    blob: int
    columns: _containers.RepeatedScalarFieldContainer[int]
    offsets: _containers.RepeatedScalarFieldContainer[int]
    to_layer: str
    def __init__(self, what: _Optional[str] = ..., layer: _Optional[str] = ..., example: _Optional[int] = ..., method: _Optional[str] = ..., target: _Optional[str] = ..., dtype: _Optional[_Union[Dtype, str]] = ..., codec: _Optional[_Union[Codec, str]] = ..., shape: _Optional[_Iterable[int]] = ..., blob: _Optional[int] = ..., columns: _Optional[_Iterable[int]] = ..., offsets: _Optional[_Iterable[int]] = ..., to_layer: _Optional[str] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ("layout_id", "name", "module_type", "parameters", "layers", "absences")
    LAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MODULE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    ABSENCES_FIELD_NUMBER: _ClassVar[int]
    layout_id: str
    name: str
    module_type: str
    parameters: int
    layers: _containers.RepeatedCompositeFieldContainer[Layer]
    absences: _containers.RepeatedCompositeFieldContainer[Absence]
    def __init__(self, layout_id: _Optional[str] = ..., name: _Optional[str] = ..., module_type: _Optional[str] = ..., parameters: _Optional[int] = ..., layers: _Optional[_Iterable[_Union[Layer, _Mapping]]] = ..., absences: _Optional[_Iterable[_Union[Absence, _Mapping]]] = ...) -> None: ...

class Layer(_message.Message):
    __slots__ = ("name", "kind", "module_type", "units", "unit_axis", "shape", "nonlinearity", "can_be_dead", "successors", "parameters", "call")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MODULE_TYPE_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    UNIT_AXIS_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    NONLINEARITY_FIELD_NUMBER: _ClassVar[int]
    CAN_BE_DEAD_FIELD_NUMBER: _ClassVar[int]
    SUCCESSORS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: str
    module_type: str
    units: int
    unit_axis: int
    shape: _containers.RepeatedScalarFieldContainer[int]
    nonlinearity: Nonlinearity
    can_be_dead: bool
    successors: _containers.RepeatedScalarFieldContainer[int]
    parameters: int
    call: int
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[str] = ..., module_type: _Optional[str] = ..., units: _Optional[int] = ..., unit_axis: _Optional[int] = ..., shape: _Optional[_Iterable[int]] = ..., nonlinearity: _Optional[_Union[Nonlinearity, _Mapping]] = ..., can_be_dead: bool = ..., successors: _Optional[_Iterable[int]] = ..., parameters: _Optional[int] = ..., call: _Optional[int] = ...) -> None: ...

class Nonlinearity(_message.Message):
    __slots__ = ("family", "name", "lower", "upper")
    class Family(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NONE: _ClassVar[Nonlinearity.Family]
        RELU: _ClassVar[Nonlinearity.Family]
        BOUNDED: _ClassVar[Nonlinearity.Family]
        SMOOTH: _ClassVar[Nonlinearity.Family]
    NONE: Nonlinearity.Family
    RELU: Nonlinearity.Family
    BOUNDED: Nonlinearity.Family
    SMOOTH: Nonlinearity.Family
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOWER_FIELD_NUMBER: _ClassVar[int]
    UPPER_FIELD_NUMBER: _ClassVar[int]
    family: Nonlinearity.Family
    name: str
    lower: float
    upper: float
    def __init__(self, family: _Optional[_Union[Nonlinearity.Family, str]] = ..., name: _Optional[str] = ..., lower: _Optional[float] = ..., upper: _Optional[float] = ...) -> None: ...

class Absence(_message.Message):
    __slots__ = ("layer", "reason")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    layer: str
    reason: str
    def __init__(self, layer: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Probe(_message.Message):
    __slots__ = ("hash", "name", "examples", "class_names", "has_labels", "input", "shape", "tracked", "metadata", "token_texts", "column_names")
    HASH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    CLASS_NAMES_FIELD_NUMBER: _ClassVar[int]
    HAS_LABELS_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    TRACKED_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    TOKEN_TEXTS_FIELD_NUMBER: _ClassVar[int]
    COLUMN_NAMES_FIELD_NUMBER: _ClassVar[int]
    hash: str
    name: str
    examples: int
    class_names: _containers.RepeatedScalarFieldContainer[str]
    has_labels: bool
    input: str
    shape: _containers.RepeatedScalarFieldContainer[int]
    tracked: _containers.RepeatedScalarFieldContainer[int]
    metadata: _containers.RepeatedCompositeFieldContainer[MetadataColumn]
    token_texts: _containers.RepeatedCompositeFieldContainer[TokenText]
    column_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, hash: _Optional[str] = ..., name: _Optional[str] = ..., examples: _Optional[int] = ..., class_names: _Optional[_Iterable[str]] = ..., has_labels: bool = ..., input: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., tracked: _Optional[_Iterable[int]] = ..., metadata: _Optional[_Iterable[_Union[MetadataColumn, _Mapping]]] = ..., token_texts: _Optional[_Iterable[_Union[TokenText, _Mapping]]] = ..., column_names: _Optional[_Iterable[str]] = ...) -> None: ...

class TokenText(_message.Message):
    __slots__ = ("id", "text")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    id: int
    text: str
    def __init__(self, id: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...

class MetadataColumn(_message.Message):
    __slots__ = ("name", "values")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    name: str
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...

class Flow(_message.Message):
    __slots__ = ("method", "target", "groups", "layers")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    method: str
    target: str
    groups: _containers.RepeatedCompositeFieldContainer[FlowGroup]
    layers: _containers.RepeatedCompositeFieldContainer[FlowLayer]
    def __init__(self, method: _Optional[str] = ..., target: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[FlowGroup, _Mapping]]] = ..., layers: _Optional[_Iterable[_Union[FlowLayer, _Mapping]]] = ...) -> None: ...

class FlowGroup(_message.Message):
    __slots__ = ("kind", "number", "examples")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ALL: _ClassVar[FlowGroup.Kind]
        CLASS: _ClassVar[FlowGroup.Kind]
        EXAMPLE: _ClassVar[FlowGroup.Kind]
    ALL: FlowGroup.Kind
    CLASS: FlowGroup.Kind
    EXAMPLE: FlowGroup.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    kind: FlowGroup.Kind
    number: int
    examples: int
    def __init__(self, kind: _Optional[_Union[FlowGroup.Kind, str]] = ..., number: _Optional[int] = ..., examples: _Optional[int] = ...) -> None: ...

class FlowLayer(_message.Message):
    __slots__ = ("name", "units", "shown", "pinned")
    NAME_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    PINNED_FIELD_NUMBER: _ClassVar[int]
    name: str
    units: int
    shown: _containers.RepeatedScalarFieldContainer[int]
    pinned: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, name: _Optional[str] = ..., units: _Optional[int] = ..., shown: _Optional[_Iterable[int]] = ..., pinned: _Optional[_Iterable[int]] = ...) -> None: ...

class Maps(_message.Message):
    __slots__ = ("target", "examples", "methods")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    target: str
    examples: _containers.RepeatedScalarFieldContainer[int]
    methods: _containers.RepeatedCompositeFieldContainer[MapMethod]
    def __init__(self, target: _Optional[str] = ..., examples: _Optional[_Iterable[int]] = ..., methods: _Optional[_Iterable[_Union[MapMethod, _Mapping]]] = ...) -> None: ...

class MapMethod(_message.Message):
    __slots__ = ("name", "form", "shape", "settings", "layer", "is_signed", "description", "source", "absence", "trust", "shared_interest")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    IS_SIGNED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ABSENCE_FIELD_NUMBER: _ClassVar[int]
    TRUST_FIELD_NUMBER: _ClassVar[int]
    SHARED_INTEREST_FIELD_NUMBER: _ClassVar[int]
    name: str
    form: str
    shape: _containers.RepeatedScalarFieldContainer[int]
    settings: str
    layer: str
    is_signed: bool
    description: str
    source: str
    absence: str
    trust: Trust
    shared_interest: SharedInterest
    def __init__(self, name: _Optional[str] = ..., form: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., settings: _Optional[str] = ..., layer: _Optional[str] = ..., is_signed: bool = ..., description: _Optional[str] = ..., source: _Optional[str] = ..., absence: _Optional[str] = ..., trust: _Optional[_Union[Trust, _Mapping]] = ..., shared_interest: _Optional[_Union[SharedInterest, _Mapping]] = ...) -> None: ...

class SharedInterest(_message.Message):
    __slots__ = ("iou", "ground_truth_coverage", "saliency_coverage")
    IOU_FIELD_NUMBER: _ClassVar[int]
    GROUND_TRUTH_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    SALIENCY_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    iou: _containers.RepeatedScalarFieldContainer[float]
    ground_truth_coverage: _containers.RepeatedScalarFieldContainer[float]
    saliency_coverage: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, iou: _Optional[_Iterable[float]] = ..., ground_truth_coverage: _Optional[_Iterable[float]] = ..., saliency_coverage: _Optional[_Iterable[float]] = ...) -> None: ...

class Trust(_message.Message):
    __slots__ = ("mark", "figures")
    MARK_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    mark: TrustMark
    figures: _containers.RepeatedCompositeFieldContainer[TrustFigure]
    def __init__(self, mark: _Optional[_Union[TrustMark, str]] = ..., figures: _Optional[_Iterable[_Union[TrustFigure, _Mapping]]] = ...) -> None: ...

class TrustFigure(_message.Message):
    __slots__ = ("name", "value", "mark", "sentence")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MARK_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: float
    mark: TrustMark
    sentence: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[float] = ..., mark: _Optional[_Union[TrustMark, str]] = ..., sentence: _Optional[str] = ...) -> None: ...

class UnitTrust(_message.Message):
    __slots__ = ("target", "examples", "methods")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    target: str
    examples: _containers.RepeatedScalarFieldContainer[int]
    methods: _containers.RepeatedCompositeFieldContainer[MethodTrust]
    def __init__(self, target: _Optional[str] = ..., examples: _Optional[_Iterable[int]] = ..., methods: _Optional[_Iterable[_Union[MethodTrust, _Mapping]]] = ...) -> None: ...

class MethodTrust(_message.Message):
    __slots__ = ("method", "layers", "absence")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    ABSENCE_FIELD_NUMBER: _ClassVar[int]
    method: str
    layers: _containers.RepeatedCompositeFieldContainer[LayerTrust]
    absence: str
    def __init__(self, method: _Optional[str] = ..., layers: _Optional[_Iterable[_Union[LayerTrust, _Mapping]]] = ..., absence: _Optional[str] = ...) -> None: ...

class LayerTrust(_message.Message):
    __slots__ = ("layer", "trust")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    TRUST_FIELD_NUMBER: _ClassVar[int]
    layer: str
    trust: Trust
    def __init__(self, layer: _Optional[str] = ..., trust: _Optional[_Union[Trust, _Mapping]] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("method", "classes", "examples", "pins", "positions")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    PINS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    method: str
    classes: _containers.RepeatedScalarFieldContainer[int]
    examples: _containers.RepeatedScalarFieldContainer[int]
    pins: _containers.RepeatedCompositeFieldContainer[Pins]
    positions: _containers.RepeatedCompositeFieldContainer[EvidencePositions]
    def __init__(self, method: _Optional[str] = ..., classes: _Optional[_Iterable[int]] = ..., examples: _Optional[_Iterable[int]] = ..., pins: _Optional[_Iterable[_Union[Pins, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[EvidencePositions, _Mapping]]] = ...) -> None: ...

class EvidencePositions(_message.Message):
    __slots__ = ("layer", "shape", "classes")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    layer: str
    shape: _containers.RepeatedScalarFieldContainer[int]
    classes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, layer: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., classes: _Optional[_Iterable[int]] = ...) -> None: ...

class Pins(_message.Message):
    __slots__ = ("layer", "units")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    layer: str
    units: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, layer: _Optional[str] = ..., units: _Optional[_Iterable[int]] = ...) -> None: ...

class Responses(_message.Message):
    __slots__ = ("reduction", "examples", "of", "seed", "pins")
    REDUCTION_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    OF_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    PINS_FIELD_NUMBER: _ClassVar[int]
    reduction: str
    examples: _containers.RepeatedScalarFieldContainer[int]
    of: int
    seed: int
    pins: _containers.RepeatedCompositeFieldContainer[Pins]
    def __init__(self, reduction: _Optional[str] = ..., examples: _Optional[_Iterable[int]] = ..., of: _Optional[int] = ..., seed: _Optional[int] = ..., pins: _Optional[_Iterable[_Union[Pins, _Mapping]]] = ...) -> None: ...

class Examples(_message.Message):
    __slots__ = ("top", "spread", "reduction", "fields", "pins")
    TOP_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    PINS_FIELD_NUMBER: _ClassVar[int]
    top: int
    spread: int
    reduction: str
    fields: _containers.RepeatedCompositeFieldContainer[ReceptiveField]
    pins: _containers.RepeatedCompositeFieldContainer[Pins]
    def __init__(self, top: _Optional[int] = ..., spread: _Optional[int] = ..., reduction: _Optional[str] = ..., fields: _Optional[_Iterable[_Union[ReceptiveField, _Mapping]]] = ..., pins: _Optional[_Iterable[_Union[Pins, _Mapping]]] = ...) -> None: ...

class ReceptiveField(_message.Message):
    __slots__ = ("layer", "rows", "columns")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    layer: str
    rows: _containers.RepeatedScalarFieldContainer[int]
    columns: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, layer: _Optional[str] = ..., rows: _Optional[_Iterable[int]] = ..., columns: _Optional[_Iterable[int]] = ...) -> None: ...

class Tracked(_message.Message):
    __slots__ = ("examples", "layers")
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    examples: _containers.RepeatedScalarFieldContainer[int]
    layers: _containers.RepeatedCompositeFieldContainer[TrackedLayer]
    def __init__(self, examples: _Optional[_Iterable[int]] = ..., layers: _Optional[_Iterable[_Union[TrackedLayer, _Mapping]]] = ...) -> None: ...

class TrackedLayer(_message.Message):
    __slots__ = ("layer", "shape", "units")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    layer: str
    shape: _containers.RepeatedScalarFieldContainer[int]
    units: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, layer: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., units: _Optional[_Iterable[int]] = ...) -> None: ...

class Icons(_message.Message):
    __slots__ = ("checkpoint", "settings", "icons")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    ICONS_FIELD_NUMBER: _ClassVar[int]
    checkpoint: str
    settings: str
    icons: _containers.RepeatedCompositeFieldContainer[Icon]
    def __init__(self, checkpoint: _Optional[str] = ..., settings: _Optional[str] = ..., icons: _Optional[_Iterable[_Union[Icon, _Mapping]]] = ...) -> None: ...

class Icon(_message.Message):
    __slots__ = ("layer", "unit", "response")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    layer: str
    unit: int
    response: float
    def __init__(self, layer: _Optional[str] = ..., unit: _Optional[int] = ..., response: _Optional[float] = ...) -> None: ...
