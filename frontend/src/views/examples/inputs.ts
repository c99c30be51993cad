/** What the model was given: pictures in grey, texts of tokens; fetched once an example. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { fetchTokens, type Recording, type RecordingKey, thumbnailAddress } from "../../api";
import { readableToken } from "../../tokens";

const version = signal(0);
/** Changes when another input has come. */
export const inputsVersion: ReadonlySignal<number> = version;

const pictures = new Map<string, HTMLCanvasElement | null>();
const texts = new Map<string, readonly string[]>();

/** The picture of an example without its colours, for a map lies over it; null where there is none. */
export function greyOf(recording: Recording, example: number): HTMLCanvasElement | null {
  if (example >= recording.records.probeSet.thumbnails) return null;
  const address = thumbnailAddress(recording.key, example);
  const known = pictures.get(address);
  if (known === undefined) {
    pictures.set(address, null);
    loadPicture(address);
  }
  return known ?? null;
}

/** The texts of an example's tokens; positions where they are not known. */
export function textsOf(recording: Recording, example: number, positions: number): string[] {
  const known = knownTexts(recording, example);
  return Array.from({ length: positions }, (_, place) => {
    const text = known[place];
    return text === undefined ? String(place) : readableToken(text);
  });
}

function knownTexts(recording: Recording, example: number): readonly string[] {
  if (example >= recording.records.probeSet.tokens) return [];
  const name = JSON.stringify([recording.key, example]);
  const known = texts.get(name);
  if (known) return known;
  texts.set(name, []);
  void loadTexts(recording.key, example, name);
  return [];
}

async function loadTexts(key: RecordingKey, example: number, name: string): Promise<void> {
  try {
    texts.set(name, await fetchTokens(key, example));
    version.value++;
  } catch {
    // Positions stand in for texts; the next visit asks again.
    setTimeout(() => texts.delete(name), 10_000);
  }
}

function loadPicture(address: string): void {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    if (!context) return;
    context.drawImage(image, 0, 0);
    loseColours(context);
    pictures.set(address, canvas);
    version.value++;
  });
  // The next visit asks again.
  image.addEventListener("error", () => setTimeout(() => pictures.delete(address), 10_000));
  image.src = address;
}

/** Luminance by Rec. 601; a canvas filter would not do in every browser. */
function loseColours(context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]];
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    [data[at], data[at + 1], data[at + 2]] = [grey, grey, grey];
  }
  context.putImageData(image, 0, 0);
}
