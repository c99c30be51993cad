/** The nodes as buttons over the picture: their labels, where they are, which one the keyboard is at. */
import { h, render } from "preact";
import { UnitIcon } from "../../chrome/unit-icon";
import type { SankeyGeometry } from "../../layout/sankey";
import type { FlowGraph } from "./graph";

/** What is told of a node. */
export interface LabelTexts {
  readonly label: string;
  /** A sentence for those who don't see the picture. */
  readonly sentence: string;
  /** The unit whose icon stands before the label; null for what is none. */
  readonly unit: { readonly layerName: string; readonly unit: number } | null;
}

/** Labels need this height; in a lower slot only the bar is left to point at. */
const LEGIBLE = 10.5;
/** Icons need this height. */
const ICON = 14;

interface Label {
  readonly element: HTMLButtonElement;
  readonly text: HTMLSpanElement;
  /** Where the unit's icon stands. */
  readonly icon: HTMLElement;
  told: string;
  placed: string;
}

export class Labels {
  private readonly known = new Map<string, Label>();
  /** The node that Tab reaches. */
  private stop: string | null = null;

  /** @param plane the element that they stand in. */
  constructor(private readonly plane: HTMLElement) {}

  /** Put a button at every node. */
  place(graph: FlowGraph, geometry: SankeyGeometry, margin: number): void {
    const keys = new Set(graph.nodes.map(({ key }) => key));
    for (const [key, { element, icon }] of this.known) {
      if (keys.has(key)) continue;
      render(null, icon);
      element.remove();
      this.known.delete(key);
    }
    graph.nodes.forEach((node, at) => {
      const label = this.known.get(node.key) ?? this.make(node.key);
      const [bar, slot] = [geometry.bars[at]!, geometry.slots[at]!];
      const [x, y] = [bar.x + margin, slot.y + margin];
      const placed = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)/${slot.height.toFixed(1)}`;
      if (placed === label.placed) return;
      label.placed = placed;
      label.element.style.transform = placed.split("/")[0] ?? "";
      label.element.style.height = `${slot.height}px`;
      label.text.hidden = slot.height < LEGIBLE;
      label.icon.hidden = slot.height < ICON;
    });
    if (this.stop === null || !keys.has(this.stop)) this.stopAt(graph.nodes[0]?.key ?? null);
  }

  /** Tell what the nodes are; kept apart from their places, which change in every frame. */
  tell(graph: FlowGraph, textsOf: (node: number) => LabelTexts): void {
    const inOrder: HTMLElement[] = [];
    graph.nodes.forEach((node, at) => {
      const label = this.known.get(node.key);
      if (!label) return;
      inOrder.push(label.element);
      const { label: text, sentence, unit } = textsOf(at);
      if (label.told === sentence) return;
      label.told = sentence;
      label.text.textContent = text;
      render(unit && h(UnitIcon, { ...unit, size: ICON, isQuiet: true }), label.icon);
      label.element.setAttribute("aria-label", sentence);
      label.element.className = `flow-node ${node.kind}${node.magnitude === 0 ? " idle" : ""}`;
    });
    this.keepOrder(inOrder);
  }

  /** Let Tab reach this node. */
  stopAt(key: string | null): void {
    for (const [other, { element }] of this.known) element.tabIndex = other === key ? 0 : -1;
    this.stop = key;
  }

  /** Give a node the focus of the keyboard. */
  focus(key: string): void {
    this.stopAt(key);
    this.known.get(key)?.element.focus({ preventScroll: false });
  }

  /** Mark the node that is selected. */
  choose(key: string | null): void {
    for (const [other, { element }] of this.known) {
      element.setAttribute("aria-pressed", String(other === key));
    }
  }

  /** Let the labels of all but these nodes step back; null: of none. */
  light(keys: ReadonlySet<string> | null): void {
    this.plane.classList.toggle("pointing", keys !== null);
    for (const [key, { element }] of this.known) {
      element.classList.toggle("lit", keys?.has(key) ?? false);
    }
  }

  /** The node of an element, by its key; null for none. */
  keyOf(target: EventTarget | null): string | null {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-node]") : null;
    return element?.dataset.node ?? null;
  }

  private make(key: string): Label {
    const element = document.createElement("button");
    const text = document.createElement("span");
    element.type = "button";
    element.dataset.node = key;
    element.tabIndex = -1;
    const icon = document.createElement("i");
    icon.className = "flow-icon";
    element.append(icon, text);
    this.plane.append(element);
    const made = { element, text, icon, told: "", placed: "" };
    this.known.set(key, made);
    return made;
  }

  /** Elements stand in the order of the nodes: so they are read. */
  private keepOrder(inOrder: readonly HTMLElement[]): void {
    const isSame = inOrder.every((element, place) => this.plane.children[place] === element);
    if (!isSame) this.plane.append(...inOrder);
  }
}
