/** Runs the overview's stage: tells it what the selection asks for, and the selection what was pointed at. */
import { effect, signal, untracked } from "@preact/signals";
import { openUnit, select } from "../../actions";
import { unitOrder } from "../../anchor";
import type { Undo } from "../../host";
import type { UnitOrder } from "../../order";
import {
  focus,
  hovered,
  isVisible,
  layerIndex,
  mode,
  playing,
  recordingA,
  recordingB,
  type UnitPlace,
  unit,
} from "../../state";
import { type Roles, roles } from "../../theme";
import { beat } from "../../told";
import { areaNow } from "./area";
import {
  Colourist,
  type CountsOfPicture,
  type MarkCounts,
  makePicture,
  type Picture,
  type Shot,
} from "./colouring";
import { describeCounts } from "./counts";
import { goOut, zoomTo } from "./focus";
import { describe } from "./reading";
import { shotNow } from "./shot";
import { type Look, Stage } from "./stage";

/** What the pointer or the cursor is on, for the tooltip. */
export interface Pointed {
  /** In CSS pixels of the stage. */
  readonly x: number;
  readonly y: number;
  readonly unit: UnitPlace | null;
  /** The layer whose header is pointed at. */
  readonly layer: number | null;
}

export const pointed = signal<Pointed | null>(null);
/** Each layer's marks in the picture that was drawn last. */
export const markCounts = signal<readonly MarkCounts[]>([]);
/** The same of B, where the picture is a difference to it; else null. */
export const markCountsOfB = signal<readonly MarkCounts[] | null>(null);

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Director {
  readonly stage: Stage;
  private readonly size = signal({ width: 0, height: 0 });
  private readonly undo: Undo[] = [];
  private readonly colourist = new Colourist();
  private picture: Picture = makePicture(0);
  private counts: CountsOfPicture = { shown: [], ofB: null };
  private look: Look | null = null;
  private request = 0;
  private wish: (() => void) | null = null;

  /**
   * @param host the element to fill.
   * @param speak says a sentence to a screen reader.
   */
  constructor(
    private readonly host: HTMLElement,
    private readonly speak: (text: string) => void,
  ) {
    this.stage = new Stage(host);
    this.watchSize();
    this.listen();
    this.undo.push(
      effect(() => this.layOut()),
      effect(() => this.paint()),
      effect(() => this.outline()),
      effect(() => {
        void beat.value;
        this.stage.count(this.counts);
      }),
      effect(() => {
        if (playing.value) pointed.value = null;
      }),
    );
  }

  /** Undo everything. */
  end(): void {
    cancelAnimationFrame(this.request);
    for (const step of this.undo) step();
    pointed.value = null;
    hovered.value = null;
    this.host.replaceChildren();
  }

  private watchSize(): void {
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = this.host;
      if (width > 0 && height > 0) this.size.value = { width, height };
    });
    observer.observe(this.host);
    this.undo.push(() => observer.disconnect());
  }

  private layOut(): void {
    const recording = mode.value === "b" ? recordingB.value : recordingA.value;
    const { width, height } = this.size.value;
    if (!recording || width === 0) return;
    if (this.picture.marks.length !== recording.units) this.picture = makePicture(recording.units);
    const weights = areaNow.value?.weights ?? null;
    this.stage.show({ recording, focus: focus.value ?? "", width, height, weights });
    untracked(() => this.paint());
    untracked(() => this.outline());
  }

  /**
   * Draw once a frame, however many signals change before it. The player moves inside a frame of its
   * own: a drawing put off to the next one would leave out every other record.
   */
  private paint(): void {
    const now = shotNow.value;
    const order = unitOrder.value;
    const look = { roles: roles.value, order, showsStates: mode.value !== "diff" };
    if (!isVisible.value || now.kind !== "shot" || !order) return;
    // A request that is pending stays, with the latest wish.
    this.wish = () => this.drawNow(now.shot, look.roles, order);
    if (playing.peek()) untracked(() => this.grant());
    else if (this.request === 0) this.request = requestAnimationFrame(() => this.grant());
  }

  private grant(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.wish?.();
    this.wish = null;
  }

  private drawNow(shot: Shot, shownRoles: Roles, order: UnitOrder): void {
    const { recording } = shot.shown;
    if (recording.units !== this.picture.marks.length) return;
    const counts = this.colourist.colour(shot, this.picture);
    this.stage.draw(this.picture, this.lookOf(shownRoles, order, shot.minus === null));
    this.counts = counts;
    if (!playing.peek()) this.stage.count(counts);
    markCounts.value = counts.shown;
    markCountsOfB.value = counts.ofB;
    untracked(() => this.outline());
  }

  /** The same object as long as nothing in it changes, so that glyphs are drawn only when they must. */
  private lookOf(shownRoles: Roles, order: UnitOrder, showsStates: boolean): Look {
    const { look } = this;
    const isSame =
      look?.roles === shownRoles && look.order === order && look.showsStates === showsStates;
    if (look && isSame) return look;
    this.look = { roles: shownRoles, order, showsStates };
    this.outlined = "";
    return this.look;
  }

  private outlined = "";

  private outline(): void {
    const primary =
      unit.value === null || layerIndex.value < 0
        ? null
        : { layer: layerIndex.value, unit: unit.value };
    const wanted = [primary, hovered.value, focus.value, this.size.value, this.stage.map];
    const name = JSON.stringify(wanted.slice(0, 4)) + (this.look ? "" : "?");
    if (name === this.outlined && this.outlinedMap === this.stage.map) return;
    this.outlined = name;
    this.outlinedMap = this.stage.map;
    this.stage.highlight({ primary, hovered: hovered.value });
  }

  private outlinedMap: unknown = null;

  private listen(): void {
    const { host } = this;
    const listeners: [keyof HTMLElementEventMap, (event: never) => void][] = [
      ["pointermove", (event: PointerEvent) => this.point(event)],
      ["pointerleave", () => this.leave()],
      ["pointerdown", (event: PointerEvent) => this.press(event)],
      ["click", (event: MouseEvent) => this.click(event)],
      ["dblclick", (event: MouseEvent) => void this.open(this.placeAt(event))],
      ["keydown", (event: KeyboardEvent) => this.key(event)],
      ["blur", () => this.leave()],
      ["focusin", (event: FocusEvent) => this.focusHeader(event.target)],
      ["focusout", () => this.leave()],
    ];
    for (const [name, listener] of listeners) {
      host.addEventListener(name, listener as EventListener);
      this.undo.push(() => host.removeEventListener(name, listener as EventListener));
    }
    document.addEventListener("keydown", escapeFirst, true);
    this.undo.push(() => document.removeEventListener("keydown", escapeFirst, true));
  }

  private point(event: PointerEvent): void {
    const { x, y } = this.at(event);
    const layer = this.stage.headerAt(x, y)?.layer ?? null;
    const found = layer === null ? this.stage.unitAt(x, y) : null;
    if (hovered.peek()?.layer !== found?.layer || hovered.peek()?.unit !== found?.unit) {
      hovered.value = found;
    }
    pointed.value = found || layer !== null ? { x, y, unit: found, layer } : null;
  }

  /** A header that has the focus tells what one under the pointer does. */
  private focusHeader(target: EventTarget | null): void {
    const tile = this.stage.headerOf(target)?.tile;
    if (!tile) return;
    const { x, y, height } = tile.header;
    pointed.value = { x, y: y + height, unit: null, layer: tile.layer };
    this.speak(describeCounts(tile.layer));
  }

  private leave(): void {
    hovered.value = null;
    pointed.value = null;
  }

  /** A click keeps the focus where it was: then the arrow keys go on scrubbing. */
  private press(event: PointerEvent): void {
    if (event.pointerType !== "touch") event.preventDefault();
  }

  private click(event: MouseEvent): void {
    const path = pathOf(event.target);
    if (path !== null) {
      zoomTo(path);
      return;
    }
    const { x, y } = this.at(event);
    const layers = recordingA.value?.records.layers ?? [];
    const found = this.stage.unitAt(x, y);
    if (found) select(layers[found.layer]?.name ?? null, found.unit);
  }

  private async open(place: UnitPlace | null): Promise<void> {
    const name = place && recordingA.value?.records.layers[place.layer]?.name;
    if (!place || name === null || name === undefined) return;
    await this.stage.enter(place);
    openUnit(name, place.unit);
  }

  private key(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    const header = this.stage.headerOf(event.target);
    if (header) {
      if (!arrow) return;
      event.preventDefault();
      header.beside(arrow[0] + arrow[1] > 0 ? 1 : -1)?.focus();
      return;
    }
    const by = event.shiftKey ? 10 : 1;
    if (arrow) this.move(arrow[0] * by, arrow[1] * by);
    else if (event.key === "Enter" && hovered.value) void this.open(hovered.value);
    else if (event.key === " " && hovered.value) this.selectHovered(hovered.value);
    else return;
    event.preventDefault();
  }

  private selectHovered(place: UnitPlace): void {
    const name = recordingA.value?.records.layers[place.layer]?.name;
    if (name !== undefined) select(name, place.unit);
  }

  private move(columns: number, rows: number): void {
    const primary =
      unit.value === null || layerIndex.value < 0
        ? null
        : { layer: layerIndex.value, unit: unit.value };
    const next = this.stage.neighbour(hovered.value ?? primary, columns, rows);
    if (!next) return;
    hovered.value = next;
    const rect = this.stage.rectOf(next);
    if (rect) {
      pointed.value = { x: rect.x + rect.width, y: rect.y + rect.height, unit: next, layer: null };
    }
    this.speak(describe(next));
  }

  private placeAt(event: MouseEvent): UnitPlace | null {
    const { x, y } = this.at(event);
    return this.stage.headerAt(x, y) ? null : this.stage.unitAt(x, y);
  }

  private at(event: MouseEvent): { readonly x: number; readonly y: number } {
    const { left, top } = this.host.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

/** The layer or module whose header was pressed, by pointer or otherwise. */
function pathOf(target: EventTarget | null): string | null {
  const header = target instanceof Element ? target.closest<HTMLElement>("[data-path]") : null;
  return header?.dataset.path ?? null;
}

/** Esc leaves the module before it does anything else. */
function escapeFirst(event: KeyboardEvent): void {
  if (event.key !== "Escape" || focus.value === null) return;
  if (event.target instanceof Element && event.target.closest("dialog, input, select")) return;
  event.preventDefault();
  goOut();
}
