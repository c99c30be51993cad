/** The selection as it stands in the address: names and steps, never indices. */
import { STATE_NAMES, type StateName } from "./api";
import type { ScaleKind } from "./colour";
import type { PointKind } from "./wire";

export const VIEWS = ["overview", "layer", "unit", "flow", "examples", "joint", "map"] as const;
export type View = (typeof VIEWS)[number];
export const MODES = ["a", "b", "diff"] as const;
export type Mode = (typeof MODES)[number];
export const SCALE_KINDS = ["linear", "log"] as const satisfies readonly ScaleKind[];
/** How the units of a layer stand in the flow: by attribution at the anchor step, or by number. */
export const FLOW_ORDERS = ["attribution", "unit"] as const;
export type FlowOrder = (typeof FLOW_ORDERS)[number];
/** What the nodes of the flow are: units, or the groups that a layer's units are put in. */
export const FLOW_NODES = ["units", "groups"] as const;
/** Units of a layer that the flow shows by themselves unless another number is chosen. */
export const USUAL_FLOW_UNITS = 12;
export type FlowNodes = (typeof FLOW_NODES)[number];
/** In which order tracked examples stand. */
export const EXAMPLE_SORTS = [
  "recorded",
  "learned",
  "forgotten",
  "probability",
  "label",
  "overlap",
] as const;
export type ExampleSort = (typeof EXAMPLE_SORTS)[number];
/** Which tracked examples are shown. */
export const EXAMPLE_FILTERS = ["all", "wrong", "forgotten"] as const;
export type ExampleFilter = (typeof EXAMPLE_FILTERS)[number];
/** How tracked examples are seen: maps of their inputs, or a layer's activation grids. */
export const EXAMPLE_FORMS = ["maps", "grid"] as const;
export type ExampleForm = (typeof EXAMPLE_FORMS)[number];
/** By what the units of a position stand in order: activation, or attribution to the chosen class. */
export const GRID_SORTS = ["activation", "attribution"] as const;
export type GridSort = (typeof GRID_SORTS)[number];
/** Sizes of tiles: by the layer's units, or by its share of all |attribution|. */
export const AREAS = ["units", "share"] as const;
export type Area = (typeof AREAS)[number];
/** The joint view's picture: one of all examples, one a class, or one in the classes' colours. */
export const JOINT_FORMS = ["all", "facets", "colours"] as const;
export type JointForm = (typeof JOINT_FORMS)[number];
/** What the points of the map stand for. */
export const POINT_KINDS = ["units", "examples"] as const;
/** Points, or the plane cut into squares that show pictures. */
export const MAP_STYLES = ["points", "atlas"] as const;
export type MapStyle = (typeof MAP_STYLES)[number];
/** What colours the map's points: of units the statistic or the state, of examples the others. */
export const MAP_COLOURS = ["statistic", "state", "class", "prediction", "correct"] as const;
export type MapColour = (typeof MAP_COLOURS)[number];
/** How a layer is seen: its units as rows, as a matrix of responses, by class or saved subset, in groups. */
export const LAYER_FORMS = ["units", "patterns", "classes", "subsets", "groups"] as const;
export type LayerForm = (typeof LAYER_FORMS)[number];
/** Groups that a layer's units can be put in, and in how many they are at first. */
export const GROUP_COUNTS = { least: 2, most: 16, usual: 6 } as const;
export type Only = "all" | StateName;
export const ONLY = ["all", ...STATE_NAMES] as const satisfies readonly Only[];

/** What a step may be beside a decimal number. */
export const NAMED_STEPS = ["first", "last", "same"] as const;

/** Everything a user chose; null where a default holds. */
export interface Selection {
  readonly view: View;
  readonly runA: string | null;
  /** A decimal number or "first" or "last"; so stays at the newest record of a live run. */
  readonly stepA: string;
  /** null: A's run. */
  readonly runB: string | null;
  /** A decimal number, "first", "last", or "same": A's step. */
  readonly stepB: string | null;
  readonly model: string | null;
  readonly probe: string | null;
  readonly statistic: string | null;
  /** Name of the class whose examples alone colour the overview; null: all. */
  readonly className: string | null;
  /** What the overview's tiles are sized by. */
  readonly area: Area;
  /** Attributions on the Unit page, of areas and changes: "method:target". */
  readonly attribution: string | null;
  readonly mode: Mode;
  readonly layerName: string | null;
  readonly unit: number | null;
  readonly only: Only;
  readonly scale: ScaleKind | null;
  /** Step at which units were put in order. */
  readonly anchor: string | null;
  readonly sort: string | null;
  /** Path of the module, or name of the layer, that fills the overview; null: the model. */
  readonly focus: string | null;
  /** Whether the unit view's step axes are logarithmic. */
  readonly isLogSteps: boolean;
  /** Whether the unit view shows rows in place of charts. */
  readonly isUnitTable: boolean;
  /** The examples whose flow is shown, as the recording names them: "all", "class 3", "example 17". */
  readonly flowGroup: string;
  /** Method whose flow is shown; null: the first that was recorded. */
  readonly flowMethod: string | null;
  /** Most units of a layer that the flow shows; null: the usual number. */
  readonly flowUnits: number | null;
  /** Links below this percentage of the largest are not drawn. */
  readonly flowThreshold: number;
  readonly flowOrder: FlowOrder;
  readonly flowNodes: FlowNodes;
  /** Whether the flow view shows its links as rows. */
  readonly isFlowTable: boolean;
  /** Method whose maps are shown; null: the first that has some. */
  readonly mapMethod: string | null;
  /** Layer at which that method reads; null: the first that has maps. */
  readonly mapLayer: string | null;
  /** What the maps explain; null: what the last record explained. */
  readonly mapTarget: string | null;
  /** How much of the input a map covers, in percent. */
  readonly mapOpacity: number;
  readonly exampleSort: ExampleSort;
  readonly exampleFilter: ExampleFilter;
  /** The tracked example that is shown at large, by its number in the probe set. */
  readonly example: number | null;
  /** Whether the examples are shown as rows in place of pictures. */
  readonly isExampleTable: boolean;
  readonly exampleForm: ExampleForm;
  /** Layer whose activation grids are shown; null: the last with positions. */
  readonly gridLayer: string | null;
  /** The cell whose units are listed, "example:position"; null: the largest. */
  readonly gridCell: string | null;
  /** The class toward which attributions are shown, by its number; null: each example's predicted one. */
  readonly gridClass: number | null;
  readonly gridSort: GridSort;
  /** Whether cells are shaded by attribution in place of their components' colours. */
  readonly isGridShaded: boolean;
  /** Layer whose units' evidence is shown; null: the last before the logits. */
  readonly evidenceLayer: string | null;
  /** The class that the prediction is held against, by its number; null: the label, or the next one. */
  readonly evidenceRival: number | null;
  /** Whether the layer view lists what changed in place of its units. */
  readonly isChanges: boolean;
  readonly layerForm: LayerForm;
  /** How many groups the units of a layer are put in. */
  readonly groupCount: number;
  /** The group of the layer that is marked, from 0; null for none. */
  readonly unitGroup: number | null;
  /** Whether the matrix of responses is shown as rows. */
  readonly isPatternTable: boolean;
  /** Layer of the response on the joint view's vertical axis; null: the default beside the first. */
  readonly pairLayer: string | null;
  /** Its unit; null: the layer's first principal component. */
  readonly pairUnit: number | null;
  readonly jointForm: JointForm;
  /** Whether the joint view lists examples in place of its picture. */
  readonly isJointTable: boolean;
  /** By which method of attribution responses are shown; empty: activations. */
  readonly responseMethod: string;
  /** The examples that views narrow themselves to, as a filter's expression; empty: all. */
  readonly filter: string;
  /** Filters under names, as `choices.ts` reads them; empty: those that this browser keeps. */
  readonly subsets: string;
  readonly pointKind: PointKind;
  /** By which projection points are laid out. */
  readonly projection: string;
  readonly mapStyle: MapStyle;
  /** null: what suits the points. */
  readonly mapColour: MapColour | null;
  /** Whether the map lists its points as rows. */
  readonly isMapTable: boolean;
  /** Units of a layer that are kept in sight: "3,5@layer". */
  readonly pins: string | null;
}

export const NOTHING_CHOSEN: Selection = {
  view: "overview",
  runA: null,
  stepA: "last",
  runB: null,
  stepB: null,
  model: null,
  probe: null,
  statistic: null,
  className: null,
  area: "units",
  attribution: null,
  mode: "a",
  layerName: null,
  unit: null,
  only: "all",
  scale: null,
  anchor: null,
  sort: null,
  focus: null,
  isLogSteps: false,
  isUnitTable: false,
  flowGroup: "all",
  flowMethod: null,
  flowUnits: null,
  flowThreshold: 0.5,
  flowOrder: "attribution",
  flowNodes: "units",
  isFlowTable: false,
  mapMethod: null,
  mapLayer: null,
  mapTarget: null,
  mapOpacity: 75,
  exampleSort: "recorded",
  exampleFilter: "all",
  example: null,
  isExampleTable: false,
  exampleForm: "maps",
  gridLayer: null,
  gridCell: null,
  gridClass: null,
  gridSort: "activation",
  isGridShaded: false,
  evidenceLayer: null,
  evidenceRival: null,
  isChanges: false,
  layerForm: "units",
  groupCount: GROUP_COUNTS.usual,
  unitGroup: null,
  isPatternTable: false,
  pairLayer: null,
  pairUnit: null,
  jointForm: "all",
  isJointTable: false,
  responseMethod: "",
  filter: "",
  subsets: "",
  pointKind: "units",
  projection: "pca",
  mapStyle: "points",
  mapColour: null,
  isMapTable: false,
  pins: null,
};

type Fields = { readonly [F in keyof Selection]: Field<Selection[F]> };

interface Field<T> {
  readonly key: string;
  /** The value, or undefined for text that is none. */
  readonly parse: (text: string) => T | undefined;
}

const FIELDS: Fields = {
  view: { key: "v", parse: oneOf(VIEWS) },
  runA: { key: "r", parse: anyText },
  stepA: { key: "s", parse: parseStep },
  runB: { key: "br", parse: anyText },
  stepB: { key: "bs", parse: parseStep },
  model: { key: "m", parse: anyText },
  probe: { key: "pr", parse: anyText },
  statistic: { key: "st", parse: anyText },
  className: { key: "cl", parse: anyText },
  area: { key: "ar", parse: oneOf(AREAS) },
  attribution: { key: "at", parse: anyText },
  mode: { key: "c", parse: oneOf(MODES) },
  layerName: { key: "l", parse: anyText },
  unit: { key: "u", parse: parseUnit },
  only: { key: "only", parse: oneOf(ONLY) },
  scale: { key: "sc", parse: oneOf(SCALE_KINDS) },
  anchor: { key: "o", parse: parseStep },
  sort: { key: "q", parse: anyText },
  focus: { key: "z", parse: anyText },
  isLogSteps: { key: "ls", parse: parseClaim },
  isUnitTable: { key: "t", parse: parseClaim },
  flowGroup: { key: "fg", parse: anyText },
  flowMethod: { key: "fm", parse: anyText },
  flowUnits: { key: "fk", parse: parseUnit },
  flowThreshold: { key: "ft", parse: parsePercentage },
  flowOrder: { key: "fo", parse: oneOf(FLOW_ORDERS) },
  flowNodes: { key: "fn", parse: oneOf(FLOW_NODES) },
  isFlowTable: { key: "fl", parse: parseClaim },
  mapMethod: { key: "xm", parse: anyText },
  mapLayer: { key: "xl", parse: anyText },
  mapTarget: { key: "xg", parse: anyText },
  mapOpacity: { key: "xo", parse: parsePercentage },
  exampleSort: { key: "xs", parse: oneOf(EXAMPLE_SORTS) },
  exampleFilter: { key: "xf", parse: oneOf(EXAMPLE_FILTERS) },
  example: { key: "x", parse: parseUnit },
  isExampleTable: { key: "xt", parse: parseClaim },
  exampleForm: { key: "xv", parse: oneOf(EXAMPLE_FORMS) },
  gridLayer: { key: "gl", parse: anyText },
  gridCell: { key: "gc", parse: parseCell },
  gridClass: { key: "gy", parse: parseUnit },
  gridSort: { key: "gs", parse: oneOf(GRID_SORTS) },
  isGridShaded: { key: "ga", parse: parseClaim },
  evidenceLayer: { key: "el", parse: anyText },
  evidenceRival: { key: "er", parse: parseUnit },
  isChanges: { key: "ch", parse: parseClaim },
  layerForm: { key: "lf", parse: oneOf(LAYER_FORMS) },
  groupCount: { key: "gk", parse: parseGroupCount },
  unitGroup: { key: "gu", parse: parseUnit },
  isPatternTable: { key: "lt", parse: parseClaim },
  pairLayer: { key: "jl", parse: anyText },
  pairUnit: { key: "ju", parse: parseUnit },
  jointForm: { key: "jf", parse: oneOf(JOINT_FORMS) },
  isJointTable: { key: "jt", parse: parseClaim },
  responseMethod: { key: "rm", parse: anyText },
  filter: { key: "f", parse: anyText },
  subsets: { key: "sb", parse: anyText },
  pointKind: { key: "po", parse: oneOf(POINT_KINDS) },
  projection: { key: "pj", parse: anyText },
  mapStyle: { key: "ps", parse: oneOf(MAP_STYLES) },
  mapColour: { key: "pc", parse: oneOf(MAP_COLOURS) },
  isMapTable: { key: "pt", parse: parseClaim },
  pins: { key: "pn", parse: anyText },
};

/** Read a selection from the part of an address after `#`; what is missing or malformed is default. */
export function parseHash(hash: string, plugin: string): Selection {
  const texts = new Map(tokensOf(hash).map((token) => split(token)));
  const read = <T>(name: keyof Selection, field: Field<T>, otherwise: T): T => {
    const text = texts.get(`p.${plugin}.${FIELDS[name].key}`);
    const value = text === undefined ? undefined : field.parse(text);
    return value === undefined ? otherwise : value;
  };
  const entries = (Object.keys(FIELDS) as (keyof Selection)[]).map((name) => [
    name,
    read<unknown>(name, FIELDS[name], NOTHING_CHOSEN[name]),
  ]);
  return Object.fromEntries(entries) as unknown as Selection;
}

/** Write a selection into the part of an address after `#`; other plugins' keys stay as they are. */
export function formatHash(hash: string, plugin: string, selection: Selection): string {
  const prefix = `p.${plugin}.`;
  const tokens = tokensOf(hash);
  const tab = tokens[0] !== undefined && !tokens[0].includes("=") ? tokens[0] : plugin;
  const others = tokens.filter(
    (token) => token.includes("=") && !split(token)[0].startsWith(prefix),
  );
  const own = (Object.keys(FIELDS) as (keyof Selection)[])
    .filter((name) => selection[name] !== NOTHING_CHOSEN[name])
    .map((name) => `${prefix}${FIELDS[name].key}=${encodeURIComponent(String(selection[name]))}`);
  return [tab, ...others, ...own].join("&");
}

/** The tab that an address opens; empty for the host's first. */
export function tabOf(hash: string): string {
  const [first = ""] = tokensOf(hash);
  return first.includes("=") ? "" : decode(first);
}

function tokensOf(hash: string): string[] {
  return hash.replace(/^#/, "").split("&").filter(Boolean);
}

function split(token: string): [string, string] {
  const [key = "", ...value] = token.split("=");
  return [decode(key), decode(value.join("="))];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function anyText(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function parseStep(text: string): string | undefined {
  const isNamed = NAMED_STEPS.some((name) => name === text);
  return isNamed || /^-?\d{1,20}$/.test(text) ? text : undefined;
}

function parseUnit(text: string): number | undefined {
  const unit = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(unit) ? unit : undefined;
}

function parseCell(text: string): string | undefined {
  return /^\d{1,9}:\d{1,9}$/.test(text) ? text : undefined;
}

function parseGroupCount(text: string): number | undefined {
  const count = parseUnit(text);
  const { least, most } = GROUP_COUNTS;
  return count !== undefined && count >= least && count <= most ? count : undefined;
}

function parsePercentage(text: string): number | undefined {
  const share = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && share <= 100 ? share : undefined;
}

function parseClaim(text: string): boolean | undefined {
  return text === "true" ? true : undefined;
}

function oneOf<T extends string>(choices: readonly T[]): (text: string) => T | undefined {
  return (text) => choices.find((choice) => choice === text);
}
