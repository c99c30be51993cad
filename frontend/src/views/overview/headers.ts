/** The names over tiles and groups, as elements: text is selectable, read aloud and never clipped by a canvas. */
import type { StateName } from "../../api";
import { CORNER_OF_B, STATE_GLYPHS } from "../../chrome/icons";
import { STATUS_COLOURS } from "../../colour";
import type { Rect } from "../../layout/rect";
import type { Group, Tile } from "../../layout/treemap";
import { formatCount } from "../../numbers";
import { titleOfState } from "../../titles";
import { DEAD, MARKS, type MarkCounts } from "./colouring";

const SVG = "http://www.w3.org/2000/svg";
/** Widths in CSS pixels, to choose what a header has room for. */
const LETTER = 7.6;
const DIGIT = 7.2;
const GLYPH = 22;
const EDGES = 33;
const GAPS = 14;
/** "A" before the counts of a difference. */
const OF_A = 17;

/** A tile's header: name, units, and how many of them are in which state. */
export class TileHeader {
  readonly element: HTMLButtonElement;
  private readonly counts: HTMLSpanElement;
  private readonly size: HTMLSpanElement;
  private told = "";
  private readonly numbers = new Map<Counted, CountElement>();

  constructor(
    readonly tile: Tile,
    units: number,
    fullName: string,
  ) {
    this.element = buttonAt(tile.header, "tile-header");
    this.element.dataset.path = fullName;
    const name = span("name", tile.label);
    this.size = span("size", formatCount(units));
    this.counts = span("counts", "");
    this.element.append(span("unseen", "Zoom to layer "), name, this.size, this.counts);
  }

  /**
   * Show the layer's marks, the weightiest first; touches the page only where they changed.
   *
   * @param ofB marks of B where these are A's in a difference; else null
   */
  show(marks: MarkCounts, ofB: MarkCounts | null): void {
    const present = [
      ...MARKS.map((state, place) => ({ of: state, count: marks[place] ?? 0 })),
      { of: "dead in B" as const, count: ofB?.[DEAD - 1] ?? 0 },
    ].filter(({ count }) => count > 0);
    const isOfA = ofB !== null;
    const told = `${isOfA}${present.map(({ of, count }) => of + count).join()}`;
    if (told === this.told) return;
    this.told = told;
    const [shown, room] = this.fitting(present, isOfA ? OF_A : 0);
    this.tell(shown, isOfA && shown.some(({ of }) => of !== "dead in B"));
    this.size.hidden = room < widthOf(this.size.textContent ?? "");
  }

  /** Mostly only numbers change: elements made anew would be laid out anew in every frame. */
  private tell(shown: readonly Count[], isOfA: boolean): void {
    const elements = shown.map(({ of, count }) => {
      const known = this.numbers.get(of) ?? countElement(of);
      this.numbers.set(of, known);
      const text = formatCount(count);
      if (known.number.data !== text) known.number.data = text;
      return known.element;
    });
    const all = isOfA ? [this.ofA, ...elements] : elements;
    const isSame =
      all.length === this.counts.children.length &&
      all.every((element, place) => element === this.counts.children[place]);
    if (!isSame) this.counts.replaceChildren(...all);
  }

  private readonly ofA = span("side-a", "A");

  /** The counts that fit beside the name, and the room that is left. */
  private fitting(present: readonly Count[], taken: number): [readonly Count[], number] {
    const name = this.tile.label.length * LETTER;
    const width = this.tile.header.width - EDGES - taken;
    let room = width - name;
    const shown = present.filter(({ count }, place) => {
      const needed = GLYPH + String(count).length * DIGIT;
      // The weightiest state is told even where the name must go for it.
      const free = place === 0 ? width + GAPS : room;
      if (needed > free) return false;
      room -= needed;
      return true;
    });
    return [shown, room];
  }
}

/** What a count is of. */
type Counted = StateName | "dead in B";

interface Count {
  readonly of: Counted;
  readonly count: number;
}

function widthOf(digits: string): number {
  return digits.length * DIGIT + 8;
}

/** A group's header: the module's path, and a way into it. */
export function groupHeader(group: Group): HTMLButtonElement {
  const element = buttonAt(group.header, "group-header");
  element.dataset.path = group.path;
  element.append(span("unseen", "Zoom to module "), span("name", group.label));
  return element;
}

/** A box behind a tile or around a group. */
export function frame(rect: Rect, className: string): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  place(element, rect);
  return element;
}

/** A count's element, and the text in it that changes. */
interface CountElement {
  readonly element: HTMLSpanElement;
  readonly number: Text;
}

function countElement(of: Counted): CountElement {
  const element = span("count", "");
  const [number, digits] = [document.createTextNode(""), span("number", "")];
  digits.append(number);
  const [picture, name] = of === "dead in B" ? [corner(), of] : [glyph(of), titleOfState(of)];
  element.append(picture, digits, span("unseen", ` ${name}`));
  return { element, number };
}

function glyph(state: StateName): SVGSVGElement {
  const isDark = state === "dead" || state === "silent";
  const path = drawn("path", { d: STATE_GLYPHS[state], stroke: isDark ? "#ffffff" : "#10131a" });
  path.setAttribute("fill", state === "saturated" ? "#10131a" : "none");
  return picture([drawn("rect", { ...GROUND, fill: STATUS_COLOURS[state] }), path]);
}

/** A unit that is dead in B, as `drawDeadOfB` draws it. */
function corner(): SVGSVGElement {
  const cut = drawn("polygon", { points: CORNER_OF_B, fill: STATUS_COLOURS.dead });
  return picture([drawn("rect", { ...GROUND, fill: "none" }), cut]);
}

const GROUND = { x: -1.05, y: -1.05, width: 2.1, height: 2.1, rx: 0.4 };

function picture(parts: readonly SVGElement[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-1.15 -1.15 2.3 2.3");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...parts);
  return svg;
}

function drawn(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function buttonAt(rect: Rect, className: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.tabIndex = -1;
  element.className = className;
  place(element, rect);
  return element;
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function place(element: HTMLElement, { x, y, width, height }: Rect): void {
  Object.assign(element.style, {
    left: `${x}px`,
    top: `${y}px`,
    width: `${width}px`,
    height: `${height}px`,
  });
}
