/** Runs the map's stage: eases points to where they belong, draws, and minds the pointer. */
import { effect, signal, untracked } from "@preact/signals";
import type { Undo } from "../../host";
import {
  approach,
  onScreen,
  type Places,
  panBy,
  pointNear,
  pointsInside,
  type Spot,
  tailOf,
  zoomAt,
} from "../../layout/scatter";
import { planeLayer, planeRecord, planeRecording, shownCrops, shownPlane } from "../../planes";
import { hovered, isVisible, mapStyle, playing, pointKind } from "../../state";
import { roles } from "../../theme";
import { chooseInside, openPoint } from "./choosing";
import { looks } from "./colours";
import { type MapPicture, paintMap } from "./painter";
import { pictureOf, picturesVersion } from "./pictures";
import {
  camera,
  chosenPoints,
  isLasso,
  moved,
  numberOf,
  placesNow,
  pointedAt,
  pointer,
  primaryPoint,
  stageSize,
  tailed,
} from "./shown";

/** Records that a path goes back. */
const TAIL = 12;
/** Side of the atlas's squares, in CSS pixels. */
export const CELL = 46;
const REACH = 12;
/** Share of the way that is left after a millisecond, to the power of what passed. */
const EASE_MS = 70;
const ZOOM_STEP = 1.0016;
/** A press that moves less is a click. */
const STILL = 4;

const lasso = signal<readonly Spot[]>([]);

export class MapDirector {
  private readonly undo: Undo[] = [];
  private drawn: Places = new Float32Array();
  private request = 0;
  private last = 0;
  private pressed: { at: Spot; from: Spot; isLasso: boolean } | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.watchSize();
    this.listen();
    this.undo.push(
      effect(() => this.follow()),
      effect(() => {
        if (playing.value) point(-1);
      }),
      // Another plane is looked at as a whole.
      effect(() => {
        void [planeLayer.value, pointKind.value, shownPlane.value?.header.projection];
        moved.value = null;
        point(-1);
      }),
    );
  }

  /** Undo everything. */
  end(): void {
    cancelAnimationFrame(this.request);
    for (const step of this.undo) step();
    point(-1);
    lasso.value = [];
  }

  private watchSize(): void {
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (width > 0 && height > 0) stageSize.value = { width, height };
    });
    observer.observe(this.canvas);
    this.undo.push(() => observer.disconnect());
  }

  /** Whatever decides the picture: a frame is asked for when one of it changes. */
  private follow(): void {
    void [placesNow.value, camera.value, looks.value, mapStyle.value, roles.value];
    void [pointedAt.value, primaryPoint.value, chosenPoints.value, tailed.value];
    void [picturesVersion.value, shownCrops.value, lasso.value, stageSize.value, planeRecord.value];
    if (!isVisible.value || this.request !== 0) return;
    this.last = performance.now();
    this.request = requestAnimationFrame((now) => this.pass(now));
  }

  private pass(now: number): void {
    const goal = placesNow.peek();
    if (this.drawn.length !== goal.length || prefersStillness()) this.drawn = goal.slice();
    const share = 1 - Math.exp(-Math.max(0, now - this.last) / EASE_MS);
    this.last = now;
    const isMoving = approach(this.drawn, goal, share, 0.3 / camera.peek().scale);
    untracked(() => paintMap(this.canvas, pictureNow(this.drawn), window.devicePixelRatio || 1));
    this.request = isMoving ? requestAnimationFrame((next) => this.pass(next)) : 0;
  }

  private listen(): void {
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      run: (event: HTMLElementEventMap[K]) => void,
    ) => {
      this.canvas.addEventListener(name, run, { passive: false });
      this.undo.push(() => this.canvas.removeEventListener(name, run));
    };
    on("wheel", (event) => {
      event.preventDefault();
      moved.value = zoomAt(camera.peek(), spotOf(event), ZOOM_STEP ** -event.deltaY);
    });
    on("dblclick", () => {
      moved.value = null;
    });
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", () => this.let());
    on("pointerleave", () => point(-1));
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const at = spotOf(event);
    this.pressed = { at, from: at, isLasso: isLasso.peek() || event.shiftKey };
  }

  private move(event: PointerEvent): void {
    const at = spotOf(event);
    pointer.value = at;
    const { pressed } = this;
    if (!pressed) {
      point(pointNear(onScreen(this.drawn, camera.peek()), at, REACH));
      return;
    }
    if (pressed.isLasso) lasso.value = [...lasso.peek(), at];
    else if (hasMoved(pressed.from, at)) {
      moved.value = panBy(camera.peek(), at.x - pressed.at.x, at.y - pressed.at.y);
    }
    pressed.at = hasMoved(pressed.from, at) || pressed.isLasso ? at : pressed.at;
  }

  private release(event: PointerEvent): void {
    const { pressed } = this;
    const line = lasso.peek();
    this.let();
    if (!pressed) return;
    if (!hasMoved(pressed.from, spotOf(event)) && line.length < 3) {
      if (pointedAt.peek() >= 0) openPoint(pointedAt.peek());
      return;
    }
    if (pressed.isLasso) chooseInside(pointsInside(onScreen(this.drawn, camera.peek()), line));
  }

  private let(): void {
    this.pressed = null;
    lasso.value = [];
  }
}

/** What is drawn now, at the places that points belong at or are on their way to. */
export function pictureNow(places: Places = placesNow.value): MapPicture {
  const table = shownPlane.value;
  const length = TAIL;
  const points = table?.points.length ?? 0;
  const record = planeRecord.value;
  return {
    size: stageSize.value,
    places,
    camera: camera.value,
    ...looks.value,
    isAtlas: mapStyle.value === "atlas",
    cell: CELL,
    pictureOf,
    nameOf: (point) => String(numberOf(point)),
    chosen: chosenPoints.value,
    pointed: pointedAt.value,
    primary: primaryPoint.value,
    tails: table
      ? tailed.value.map((point) => ({
          point,
          path: tailOf(table.places, { record, points, length }, point),
        }))
      : [],
    lasso: lasso.value,
    roles: roles.value,
  };
}

/** Point at a point, here and in the other views. */
function point(at: number): void {
  if (pointedAt.peek() === at) return;
  pointedAt.value = at;
  const layer = planeRecording
    .peek()
    ?.records.layers.findIndex(({ name }) => name === planeLayer.peek());
  const isUnit = at >= 0 && pointKind.peek() === "units" && layer !== undefined && layer >= 0;
  hovered.value = isUnit ? { layer, unit: numberOf(at) } : null;
}

function spotOf({ offsetX: x, offsetY: y }: MouseEvent): Spot {
  return { x, y };
}

function hasMoved(from: Spot, to: Spot): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) > STILL;
}

function prefersStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
