/** Evidence as it stands on a page, as shapes of the page's picture: bars, cells and words where they are. */
import type { Shape } from "../drawing";
import { roles } from "../theme";

/** Where the picture's corner lies in the window. */
interface Origin {
  readonly x: number;
  readonly y: number;
}

const PARTS = ".evidence, .unit-evidence";
const BOXES =
  ".two-sided i, .two-sided b, .two-sided u, .speaker i, .evidence-matrix td, td > i, .evidence-key i";
const WORDS = [
  ":scope > header h3",
  ":scope > header .muted",
  "h4 > span",
  "select",
  "p",
  "thead:not(.unseen) th",
  ".class-name",
  ".tag",
  "td.number",
  ".speaker",
  ".unit-link",
  ".example-link b",
  ".example-link .muted",
  ".evidence-means tbody th",
  "figcaption b",
  ".evidence-key > span",
  "figcaption .muted:not(.evidence-key)",
].join(", ");

/** What of an element's evidence is drawn; pictures come from the page, too. */
export function evidenceShapes(place: HTMLElement, origin: Origin): Shape[] {
  return [...place.querySelectorAll<HTMLElement>(PARTS)].flatMap((part) => [
    ...all(part, BOXES).map((box) => boxShape(box, origin)),
    ...all(part, "img").map((image) => imageShape(image as HTMLImageElement, origin)),
    ...all(part, WORDS).map((words) => textShape(words, origin)),
  ]);
}

function all(part: HTMLElement, selector: string): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>(selector)].filter(
    (element) => element.getClientRects().length > 0,
  );
}

function boxShape(box: HTMLElement, origin: Origin): Shape {
  const { backgroundColor } = getComputedStyle(box);
  const frame = box.classList.contains("label") ? { stroke: roles.value.text } : {};
  return { kind: "rect", rect: rectOf(box, origin), fill: backgroundColor, radius: 2, ...frame };
}

function imageShape(image: HTMLImageElement, origin: Origin): Shape {
  // A file must hold the picture itself: an address would lead nowhere.
  const source = document.createElement("canvas");
  source.width = image.naturalWidth || 1;
  source.height = image.naturalHeight || 1;
  source.getContext("2d")?.drawImage(image, 0, 0);
  return { kind: "image", rect: rectOf(image, origin), source };
}

function textShape(element: HTMLElement, origin: Origin): Shape {
  const { x, y, width, height } = rectOf(element, origin);
  const style = getComputedStyle(element);
  const [size, inset] = [Number.parseFloat(style.fontSize), Number.parseFloat(style.paddingLeft)];
  const isRight = style.textAlign === "right";
  const isMiddle = style.textAlign === "center";
  const start = x + inset;
  const end = x + width - Number.parseFloat(style.paddingRight);
  return {
    kind: "text",
    x: isRight ? end : isMiddle ? (start + end) / 2 : start,
    y: y + height / 2 + 0.36 * size,
    anchor: isRight ? "end" : isMiddle ? "middle" : "start",
    text: wordsOf(element),
    fill: style.color,
    size,
    weight: Number(style.fontWeight) || 400,
    // Fonts of files differ a little: what fits on the page must not be cut there.
    maxWidth: 1.15 * width,
  };
}

/** What is read on the page: without what is there for screen readers alone. */
function wordsOf(element: HTMLElement): string {
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.text ?? "";
  const copy = element.cloneNode(true) as HTMLElement;
  for (const unseen of copy.querySelectorAll(".unseen")) unseen.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

function rectOf(element: Element, origin: Origin) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left - origin.x, y: top - origin.y, width, height };
}
