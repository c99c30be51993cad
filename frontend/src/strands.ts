/** Where a unit's attribution comes from and goes to, read from a record of the flow. */
import type { FlowRecord } from "./flow-api";

/** One end of a link of a unit. */
export interface Strand {
  readonly layer: string;
  /** null for all units of the layer that have no links of their own, or for biases. */
  readonly unit: number | null;
  /** How many units these are; 0 for what comes from biases and normalisation. */
  readonly units: number;
  /** Signed, mean over the examples. */
  readonly value: number;
  /** Of all |flow| on this side of the unit. */
  readonly share: number;
}

/** A unit in the flow. */
export interface Strands {
  /** Whether the unit has links of its own, or is among the rest of its layer. */
  readonly isOwn: boolean;
  /** Units of its layer that have links of their own. */
  readonly shown: number;
  /** The strongest units first; what is no single unit after them. */
  readonly sources: readonly Strand[];
  readonly targets: readonly Strand[];
}

/** The links of a unit; null where its layer is not in the flow. */
export function strandsOf(flow: FlowRecord, layerName: string, unit: number): Strands | null {
  const { layers, links } = flow.header;
  const layer = layers.findIndex(({ name }) => name === layerName);
  const own = layers[layer];
  if (!own) return null;
  const place = own.shown.indexOf(unit);
  if (place < 0) return { isOwn: false, shown: own.shown.length, sources: [], targets: [] };
  const sources = links.flatMap(({ source, target }, link) =>
    target === layer ? endsOf(flow, link, source, (end) => end * widthOf(flow, layer) + place) : [],
  );
  const targets = links.flatMap(({ source, target }, link) =>
    source === layer
      ? endsOf(flow, link, target, (end) => place * widthOf(flow, target) + end)
      : [],
  );
  const bias = { layer: layerName, unit: null, units: 0, value: remainderOf(flow, layer, place) };
  return {
    isOwn: true,
    shown: own.shown.length,
    sources: shared([...sources, bias]),
    targets: shared(targets),
  };
}

type End = Omit<Strand, "share">;

/** The units at the other side of a link, and the rest of their layer. */
function endsOf(
  flow: FlowRecord,
  link: number,
  layer: number,
  cellOf: (end: number) => number,
): End[] {
  const { name = "", units = 0, shown = [] } = flow.header.layers[layer] ?? {};
  const values = flow.links[link];
  const valueAt = (end: number) => values?.[cellOf(end)] ?? Number.NaN;
  const known = shown.map((unit, end) => ({ layer: name, unit, units: 1, value: valueAt(end) }));
  const rest = units - shown.length;
  if (rest <= 0) return known;
  return [...known, { layer: name, unit: null, units: rest, value: valueAt(shown.length) }];
}

function widthOf({ header }: FlowRecord, layer: number): number {
  return (header.layers[layer]?.shown.length ?? 0) + 1;
}

function remainderOf(flow: FlowRecord, layer: number, place: number): number {
  const before = flow.header.layers.slice(0, layer);
  const start = before.reduce((sum, { shown }) => sum + shown.length + 1, 0);
  return flow.remainders[start + place] ?? Number.NaN;
}

function shared(ends: readonly End[]): readonly Strand[] {
  const known = ends.filter(({ value }) => Number.isFinite(value) && value !== 0);
  const total = known.reduce((sum, { value }) => sum + Math.abs(value), 0);
  return known
    .map((end) => ({ ...end, share: Math.abs(end.value) / total }))
    .toSorted((a, b) => Number(a.unit === null) - Number(b.unit === null) || b.share - a.share);
}
