/** Runs the flow's stage: draws what the selection asks for, and tells what is pointed at. */
import { effect, signal, untracked } from "@preact/signals";
import { openGroup, openUnit, select } from "../../actions";
import type { Undo } from "../../host";
import { layOutSankey, ribbonAt, type SankeyGeometry } from "../../layout/sankey";
import {
  flowGroup,
  flowNodes,
  flowThreshold,
  hovered,
  isVisible,
  layerName,
  playing,
  unit,
  unitGroup,
} from "../../state";
import { beat } from "../../told";
import { type FlowGraph, type FlowNode, keyOfUnit, largestLink } from "./graph";
import { keyOfGroup } from "./group-nodes";
import { Labels } from "./labels";
import { Motion } from "./motion";
import { flowColours } from "./palette";
import { drawFlow } from "./picture";
import { flowSteps, shownRecording } from "./records";
import { flowScale, frame, MARGIN, shownGraph, stageSize } from "./shown";
import { isOutput, labelOf, nodeSentence, PINNED, recordedLayer, unitOf } from "./words";

/** What is pointed at, by keys that hold over the steps; in CSS pixels of the place around the stage. */
export interface FlowPointed {
  readonly x: number;
  readonly y: number;
  readonly node: string | null;
  /** Keys of a link's ends. */
  readonly link: readonly [string, string] | null;
}

export const pointedFlow = signal<FlowPointed | null>(null);
/** Left edges of the columns and the width of the diagram, for the headers above. */
export const columnsNow = signal<Pick<SankeyGeometry, "columns" | "width">>({
  columns: [],
  width: 0,
});

/** A ribbon is pointed at within this distance, too. */
const REACH = 2;

export class FlowDirector {
  private readonly canvas = document.createElement("canvas");
  private readonly plane = document.createElement("div");
  private readonly labels: Labels;
  private readonly motion = new Motion();
  private readonly undo: Undo[] = [];
  private geometry: SankeyGeometry | null = null;
  private request = 0;

  /**
   * @param scroll the element that scrolls; the stage lies in it, below the headers.
   * @param stage the element to fill.
   */
  constructor(
    private readonly scroll: HTMLElement,
    private readonly stage: HTMLElement,
  ) {
    this.plane.className = "flow-nodes";
    this.labels = new Labels(this.plane);
    stage.append(this.canvas, this.plane);
    this.watchSize();
    this.listen();
    this.undo.push(
      effect(() => this.follow()),
      effect(() => this.retell()),
      effect(() => {
        if (playing.value) pointedFlow.value = null;
      }),
    );
  }

  /** Undo everything. */
  end(): void {
    cancelAnimationFrame(this.request);
    for (const step of this.undo) step();
    [pointedFlow.value, hovered.value] = [null, null];
    this.stage.replaceChildren();
  }

  /** What is drawn and where, for a file. */
  get drawn(): { readonly graph: FlowGraph; readonly geometry: SankeyGeometry } | null {
    const goal = shownGraph.value;
    return goal && { graph: goal, geometry: layOutSankey(goal, frame.value, flowScale.value) };
  }

  private watchSize(): void {
    const observer = new ResizeObserver(() => {
      const height = this.stage.clientHeight;
      const width = this.scroll.clientWidth;
      if (width > 0 && height > 0) stageSize.value = { width, height };
    });
    observer.observe(this.scroll);
    observer.observe(this.stage);
    this.undo.push(() => observer.disconnect());
  }

  /** Whatever decides the picture: a frame is asked for when one of it changes. */
  private follow(): void {
    const goal = shownGraph.value;
    void [flowScale.value, frame.value, flowColours.value, flowThreshold.value];
    void [pointedFlow.value, layerName.value, unit.value, unitGroup.value];
    if (!goal || !isVisible.value) return;
    this.motion.head(goal, performance.now(), !prefersStillness());
    if (this.request === 0) this.request = requestAnimationFrame((now) => this.pass(now));
  }

  private pass(now: number): void {
    const isMoving = this.motion.pass(now);
    this.request = isMoving ? requestAnimationFrame((next) => this.pass(next)) : 0;
    untracked(() => this.draw());
    if (!isMoving) untracked(() => this.retell());
  }

  private draw(): void {
    const graph = this.motion.current;
    if (!graph) return;
    const geometry = layOutSankey(graph, frame.value, flowScale.value);
    this.geometry = geometry;
    if (String(geometry.columns) !== String(columnsNow.value.columns)) {
      columnsNow.value = { columns: geometry.columns, width: geometry.width + 2 * MARGIN };
    }
    const chosen = this.chosenKey();
    const lit = litBy(graph, pointedFlow.value);
    drawFlow(
      this.canvas,
      {
        graph,
        geometry,
        colours: flowColours.value,
        least: (largestLink(graph.links) * flowThreshold.value) / 100,
        ...lit,
        chosen: graph.nodes.findIndex(({ key }) => key === chosen),
      },
      {
        left: this.scroll.scrollLeft,
        width: stageSize.value.width,
        height: stageSize.value.height,
        margin: MARGIN,
        pixelRatio: window.devicePixelRatio || 1,
      },
    );
    this.labels.place(graph, geometry, MARGIN);
    this.labels.choose(chosen);
    const litKeys = new Set([...lit.litNodes].map((place) => graph.nodes[place]!.key));
    this.labels.light(lit.lit === null ? null : litKeys);
  }

  /** Words follow the beat: nobody reads a sentence a frame. */
  private retell(): void {
    void beat.value;
    const recording = shownRecording.value;
    const graph = untracked(() => this.motion.current);
    if (!graph) return;
    this.labels.tell(graph, (at) => {
      const node = graph.nodes[at]!;
      return {
        label: `${labelOf(graph, node, recording)}${node.isPinned ? PINNED : ""}`,
        sentence: nodeSentence(graph, node, recording),
        unit: unitOf(graph, node, recording),
      };
    });
  }

  private chosenKey(): string | null {
    if (layerName.value === null) return null;
    if (flowNodes.value === "groups" && unitGroup.value !== null) {
      return keyOfGroup(layerName.value, unitGroup.value);
    }
    return unit.value === null ? null : keyOfUnit(layerName.value, unit.value);
  }

  private listen(): void {
    const { stage, scroll } = this;
    const listeners: [HTMLElement, keyof HTMLElementEventMap, (event: never) => void][] = [
      [stage, "pointermove", (event: PointerEvent) => this.point(event)],
      [stage, "pointerleave", () => this.pointAt(null)],
      [stage, "pointerdown", keepFocus],
      [stage, "click", (event: MouseEvent) => this.choose(this.labels.keyOf(event.target))],
      [stage, "dblclick", (event: MouseEvent) => this.open(this.labels.keyOf(event.target))],
      [stage, "keydown", (event: KeyboardEvent) => this.key(event)],
      [stage, "focusin", (event: FocusEvent) => this.focused(event)],
      [stage, "focusout", () => this.pointAt(null)],
      [scroll, "scroll", () => this.draw()],
    ];
    for (const [element, name, listener] of listeners) {
      element.addEventListener(name, listener as EventListener);
      this.undo.push(() => element.removeEventListener(name, listener as EventListener));
    }
  }

  private point(event: PointerEvent): void {
    const node = this.labels.keyOf(event.target);
    const { left, top } = this.scroll.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const link = node === null ? this.linkAt(event) : null;
    this.pointAt(node === null && link === null ? null : { x, y, node, link });
  }

  private pointAt(next: FlowPointed | null): void {
    pointedFlow.value = next;
    const node = next?.node ? this.nodeOf(next.node) : undefined;
    const layer = node ? this.layerOf(node) : -1;
    const place = node?.kind === "unit" && layer >= 0 ? { layer, unit: node.unit } : null;
    const now = hovered.peek();
    if (now?.layer !== place?.layer || now?.unit !== place?.unit) hovered.value = place;
  }

  private linkAt(event: PointerEvent): readonly [string, string] | null {
    const [graph, geometry] = [this.motion.current, this.geometry];
    if (!graph || !geometry) return null;
    const { left, top } = this.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - left - MARGIN, event.clientY - top - MARGIN];
    const least = (largestLink(graph.links) * flowThreshold.value) / 100;
    const drawn = geometry.ribbons.filter(
      ({ link }) => Math.abs(graph.links[link]!.value) >= least,
    );
    const found = drawn[ribbonAt(drawn, x, y, REACH)];
    const link = found && graph.links[found.link];
    return link ? [graph.nodes[link.source]!.key, graph.nodes[link.target]!.key] : null;
  }

  private focused({ target }: FocusEvent): void {
    const key = this.labels.keyOf(target);
    const element = target instanceof Element ? target : null;
    if (key === null || !element?.matches(":focus-visible")) return;
    this.labels.stopAt(key);
    const [box, place] = [element.getBoundingClientRect(), this.scroll.getBoundingClientRect()];
    this.pointAt({
      x: box.left - place.left + 14,
      y: box.bottom - place.top,
      node: key,
      link: null,
    });
  }

  /** A click selects a unit; on a class, it shows the flow of its examples, and again that of all. */
  private choose(key: string | null): void {
    const node = key === null ? undefined : this.nodeOf(key);
    const graph = this.motion.current;
    const name = graph?.layers[node?.layer ?? -1]?.name;
    if (node?.kind === "group" && name !== undefined) openGroup(name, node.group);
    if (!node || !graph || node.kind !== "unit") return;
    if (this.layerOf(node) >= 0) select(graph.layers[node.layer]?.name ?? null, node.unit);
    else if (isOutput(graph, node.layer)) chooseClass(node.unit);
  }

  private open(key: string | null): void {
    const node = key === null ? undefined : this.nodeOf(key);
    const name = this.motion.current?.layers[node?.layer ?? -1]?.name;
    if (node?.kind !== "unit" || name === undefined || this.layerOf(node) < 0) return;
    openUnit(name, node.unit);
  }

  private key(event: KeyboardEvent): void {
    const key = this.labels.keyOf(event.target);
    const arrow = ARROWS[event.key];
    if (key === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) this.move(key, arrow);
    else if (event.key === "Enter" && !isGroup(key)) this.open(key);
    else if (event.key === " " || event.key === "Enter") this.choose(key);
    else return;
    event.preventDefault();
  }

  private move(from: string, [columns, rows]: readonly [number, number]): void {
    const [graph, geometry] = [this.motion.current, this.geometry];
    const at = graph?.nodes.findIndex(({ key }) => key === from) ?? -1;
    if (!graph || !geometry || at < 0) return;
    const next = neighbour(graph, geometry, at, columns, rows);
    if (next !== null) this.labels.focus(graph.nodes[next]!.key);
  }

  private nodeOf(key: string): FlowNode | undefined {
    return this.motion.current?.nodes.find((node) => node.key === key);
  }

  private layerOf(node: FlowNode): number {
    const name = this.motion.current?.layers[node.layer]?.name ?? "";
    return recordedLayer(shownRecording.value, name);
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The node beside another: the next of its column, or of the next column the nearest in height. */
function neighbour(
  graph: FlowGraph,
  { slots }: SankeyGeometry,
  at: number,
  columns: number,
  rows: number,
): number | null {
  const column = graph.nodes[at]!.column + columns;
  const there = graph.nodes.flatMap((node, place) => (node.column === column ? [place] : []));
  if (columns === 0) return there[there.indexOf(at) + rows] ?? null;
  const middle = (place: number) => slots[place]!.y + slots[place]!.height / 2;
  const away = (place: number) => Math.abs(middle(place) - middle(at));
  return there.toSorted((a, b) => away(a) - away(b))[0] ?? null;
}

interface Lit {
  readonly lit: ReadonlySet<number> | null;
  readonly litNodes: ReadonlySet<number>;
}

/** The links of what is pointed at, and the nodes at their ends. */
function litBy({ nodes, links }: FlowGraph, pointed: FlowPointed | null): Lit {
  if (!pointed) return { lit: null, litNodes: new Set() };
  const [lit, litNodes] = [new Set<number>(), new Set<number>()];
  links.forEach(({ source, target }, place) => {
    const [from, to] = [nodes[source]!.key, nodes[target]!.key];
    const isIt = pointed.link
      ? pointed.link[0] === from && pointed.link[1] === to
      : pointed.node === from || pointed.node === to;
    if (!isIt) return;
    lit.add(place);
    litNodes.add(source).add(target);
  });
  const own = nodes.findIndex(({ key }) => key === pointed.node);
  if (own >= 0) litNodes.add(own);
  return { lit, litNodes };
}

function chooseClass(index: number): void {
  const name = `class ${index}`;
  const isThere = flowSteps.value?.groups.some((group) => group.name === name) ?? false;
  if (isThere) flowGroup.value = flowGroup.value === name ? "all" : name;
}

function isGroup(key: string): boolean {
  return /\ngroup \d+$/.test(key);
}

/** A click keeps the focus where it was: then the arrow keys go on scrubbing. */
function keepFocus(event: PointerEvent): void {
  if (event.pointerType !== "touch") event.preventDefault();
}

function prefersStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
