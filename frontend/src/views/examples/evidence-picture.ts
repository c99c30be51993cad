/** One tracked example's evidence as it is shown: its classes with their units, and two classes held against each other. */
import type { LayerEvidenceTable } from "../../evidence-api";
import {
  type Gap,
  gapsOf,
  layOutTotals,
  rivalOf,
  type Speaker,
  speakersOf,
  type Total,
  type TwoSided,
  totalOf,
} from "../../layout/evidence";

/** A class with what the layer's units say about it. */
export interface ClassRow {
  readonly number: number;
  readonly total: Total;
  readonly bar: TwoSided;
  readonly favour: readonly Speaker[];
  readonly against: readonly Speaker[];
}

/** The class that is explained, and the one that it is held against. */
export interface Versus {
  readonly first: number;
  readonly second: number;
  /** What speaks for the first rather than the second, over all units. */
  readonly net: number;
  /** Units that do, and those that speak for the second, each the strongest first. */
  readonly favour: readonly Gap[];
  readonly against: readonly Gap[];
}

export interface EvidencePicture {
  readonly label: number;
  readonly prediction: number;
  readonly rows: readonly ClassRow[];
  /** null where there are not two classes. */
  readonly versus: Versus | null;
}

/** The picture of an example; null where the table does not hold it. */
export function pictureOf(
  table: LayerEvidenceTable,
  example: number,
  wish: number | null,
  most: number,
): EvidencePicture | null {
  const place = table.header.examples.findIndex((known) => known.example === example);
  const label = table.header.examples[place]?.label;
  if (label === undefined) return null;
  const { classes } = table.header;
  const prediction = table.prediction[place] ?? -1;
  const netOf = (at: number) => partOf(table, table.net, place, at);
  const totals = classes.map((_, at) =>
    totalOf(netOf(at), partOf(table, table.against, place, at)),
  );
  const bars = layOutTotals(totals);
  const rows = classes.flatMap((number, at): ClassRow[] => {
    const [total, bar] = [totals[at], bars[at]];
    return total && bar ? [{ number, total, bar, ...speakersOf(netOf(at), most) }] : [];
  });
  const nets = new Map(rows.map(({ number, total }) => [number, total.net]));
  const first = explained(prediction, label, nets);
  const second = first === null ? null : rivalOf(first, [wish, label], nets);
  return { label, prediction, rows, versus: versusOf(first, second) };

  function versusOf(one: number | null, other: number | null): Versus | null {
    if (one === null || other === null) return null;
    const gaps = gapsOf(netOf(classes.indexOf(one)), netOf(classes.indexOf(other)));
    const net = gaps.reduce((sum, { value }) => sum + value, 0);
    const favour = gaps.filter(({ value }) => value > 0);
    const against = gaps.filter(({ value }) => value < 0);
    return { first: one, second: other, net, favour, against };
  }
}

/** The predicted class; where it was not explained, the label or the first one. */
function explained(
  prediction: number,
  label: number,
  nets: ReadonlyMap<number, number>,
): number | null {
  const known = [prediction, label].find((number) => nets.has(number));
  return known ?? [...nets.keys()][0] ?? null;
}

function partOf(
  table: LayerEvidenceTable,
  values: Float32Array,
  place: number,
  at: number,
): Float32Array {
  const start = (place * table.header.classes.length + at) * table.units;
  return values.subarray(start, start + table.units);
}

/** What tells two classes apart, in a sentence. */
export function sentenceOf(
  { favour, against }: Pick<Versus, "favour" | "against">,
  first: string,
  second: string,
): string {
  const names = (gaps: readonly Gap[]) => listing(gaps.slice(0, 3).map(({ unit }) => unit));
  if (favour.length === 0 && against.length === 0) return "no unit tells the two apart";
  return `strongest for ${first}: ${names(favour)}; for ${second}: ${names(against)}`;
}

function listing(units: readonly number[]): string {
  const last = units.at(-1);
  if (last === undefined) return "none";
  if (units.length === 1) return `unit ${last}`;
  return `units ${units.slice(0, -1).join(", ")} and ${last}`;
}
