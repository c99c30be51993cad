/** Pictures of points: an example's own, or what a unit sees of the example it responds to most. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { imageAddress } from "../../api";
import type { Rect } from "../../layout/rect";
import { planeRecording, shownCrops } from "../../planes";
import { pointKind } from "../../state";
import { numberOf } from "./shown";

const version = signal(0);
/** Changes when another picture has come. */
export const picturesVersion: ReadonlySignal<number> = version;

/** A picture and the part of it that is shown, in its own pixels. */
export interface Picture {
  readonly image: HTMLImageElement;
  readonly part: Rect;
}

const images = new Map<string, HTMLImageElement | null>();
/** Pictures that are asked for again after a pause. */
const AGAIN_MS = 10_000;
let isTold = false;

/** The example that a point's picture is of; -1 where there is none. */
export function exampleOf(point: number): number {
  const number = numberOf(point);
  return pointKind.value === "units" ? (shownCrops.value?.examples[number] ?? -1) : number;
}

/** Whether any point has a picture. */
export function hasPictures(): boolean {
  const thumbnails = planeRecording.value?.records.probeSet.thumbnails ?? 0;
  return thumbnails > 0 && (pointKind.value === "examples" || shownCrops.value !== null);
}

/** A point's picture, or null where there is none or it has not come yet. */
export function pictureOf(point: number): Picture | null {
  const recording = planeRecording.value;
  const example = exampleOf(point);
  if (!recording || example < 0 || example >= recording.records.probeSet.thumbnails) return null;
  const address = imageAddress(recording.key, example);
  const image = images.get(address);
  if (image === undefined) ask(address);
  return image ? { image, part: partOf(point, image) } : null;
}

function partOf(point: number, { naturalWidth: wide, naturalHeight: high }: HTMLImageElement) {
  if (pointKind.value === "examples") return { x: 0, y: 0, width: wide, height: high };
  const at = 4 * numberOf(point);
  const [top = 0, left = 0, bottom = 1, right = 1] =
    shownCrops.value?.boxes.subarray(at, at + 4) ?? [];
  const [x, y] = [left * wide, top * high];
  return { x, y, width: Math.max(1, right * wide - x), height: Math.max(1, bottom * high - y) };
}

function ask(address: string): void {
  images.set(address, null);
  const image = new Image();
  image.addEventListener("load", () => {
    images.set(address, image);
    tell();
  });
  image.addEventListener("error", () => setTimeout(() => images.delete(address), AGAIN_MS));
  image.src = address;
}

/** Pictures come by the dozen: they are told of once a frame. */
function tell(): void {
  if (isTold) return;
  isTold = true;
  requestAnimationFrame(() => {
    isTold = false;
    version.value++;
  });
}
