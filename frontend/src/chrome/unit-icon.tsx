/** A unit's icon: what it responds to most among the examples, as it sees it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Recording } from "../api";
import {
  dictionaryOf,
  hasIcons,
  iconStep,
  iconTable,
  largePicture,
  picturesVersion,
  recordingOf,
  smallPicture,
  visualisationsOf,
} from "../dictionary";
import { type IconTable, visualisationAddress } from "../dictionary-api";
import {
  fitIn,
  iconAt,
  isWhole,
  linesOf,
  type Names,
  nameOfColumn,
  partOf,
  type UnitIcon as Shown,
  sentenceOfIcon,
  wordsThatFit,
} from "../layout/unit-icon";
import type { SideName } from "../sides";
import { mode } from "../state";
import { roles } from "../theme";
import { holdSpaces, readableToken } from "../tokens";
import "./unit-icon-style";
import { formatSigned } from "../numbers";
import { formatStep } from "../steps";
import type { Visualisation } from "../wire";

export interface UnitIconProps {
  readonly layerName: string;
  readonly unit: number;
  /** Whose step is shown; by default the side that the mode shows, A of a difference. */
  readonly side?: SideName;
  /** Height in CSS pixels; texts may be wider. */
  readonly size?: number;
  /** Whether it stands in a control that has a name of its own: it is not read out there. */
  readonly isQuiet?: boolean;
}

const SIZE = 28;

/** Smaller icons stand in rows and columns that have no room for a second picture. */
const ROOM_FOR_SOUGHT = 28;

/**
 * The icon at the side's step, and beside it the image that was sought for the unit, if one was;
 * nothing where neither examples of the layer's units were recorded nor an image sought.
 */
export function UnitIcon(props: UnitIconProps) {
  const { layerName, unit, side = shownSide(), size = SIZE, isQuiet = false } = props;
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const isSeen = useSeen(place);
  const recording = recordingOf(side);
  const step = iconStep(side);
  if (!recording || step === null) return null;
  const [image] = visualisationsOf(dictionaryOf(recording), { layerName, unit }, step);
  const sought = size >= ROOM_FOR_SOUGHT ? image : undefined;
  if (!sought && !hasIcons(recording, layerName)) return null;
  const table = isSeen ? iconTable(recording, { layerName }, step) : null;
  return (
    <span
      ref={setPlace}
      class="unit-icon-place"
      aria-hidden={isQuiet || undefined}
      style={{ minWidth: `${size}px`, height: `${size}px` }}
    >
      {table && <IconOf {...{ recording, table, unit, size }} />}
      {isSeen && sought && <SoughtImage {...{ recording, image: sought, size }} />}
    </span>
  );
}

interface SoughtImageProps {
  readonly recording: Recording;
  readonly image: Visualisation;
  readonly size: number;
}

/** An image that was sought for a unit on a checkpoint; its text says how. */
export function SoughtImage({ recording, image, size }: SoughtImageProps) {
  const title = `found by optimisation on checkpoint ${image.checkpoint}, of step ${formatStep(image.step)}: ${image.settings}`;
  return (
    <img
      class="sought-image"
      src={visualisationAddress(recording.key, image)}
      width={size}
      height={size}
      alt={`What the unit responds to, ${title}`}
      title={title}
    />
  );
}

/** The side whose step icons show where nothing else is said. */
export function shownSide(): SideName {
  return mode.value === "b" ? "B" : "A";
}

interface IconOfProps {
  readonly recording: Recording;
  readonly table: IconTable;
  readonly unit: number;
  readonly size: number;
  /** Which of the unit's top examples. */
  readonly place?: number;
}

/** A unit's top example as the table holds it; an empty frame where nothing stands out. */
export function IconOf({ recording, table, unit, size, place = 0 }: IconOfProps) {
  const icon = iconAt(table, unit, place);
  if (!icon) return <NoIcon size={size} isRecorded={table.rows.has(unit)} />;
  const names = namesOf(recording);
  const title = sentenceOfIcon(icon, table, names);
  const drawn = { icon, table, size };
  return (
    <span
      class="unit-icon"
      data-form={table.header.form}
      role="img"
      aria-label={title}
      title={title}
    >
      {table.header.form === "picture" && <Picture {...drawn} recording={recording} />}
      {table.header.form === "tokens" && <Words {...drawn} />}
      {table.header.form === "signal" && <Lines {...drawn} />}
      {table.header.form === "columns" && <Columns {...drawn} names={names.columns} />}
      {table.header.form === "numbers" && <b class="number">{icon.example}</b>}
    </span>
  );
}

function NoIcon({ size, isRecorded }: { readonly size: number; readonly isRecorded: boolean }) {
  const title = isRecorded
    ? "no icon: it responds alike to all examples"
    : "no icon: its examples were not recorded";
  const side = `${size}px`;
  return (
    <span
      class="unit-icon none"
      role="img"
      aria-label={title}
      title={title}
      style={{ width: side, height: side }}
    />
  );
}

/** Names that a recording's icons are told with. */
export function namesOf(recording: Recording): Names {
  return {
    classNames: recording.records.probeSet.classNames,
    columns: dictionaryOf(recording)?.columns ?? [],
  };
}

interface DrawnProps {
  readonly icon: Shown;
  readonly table: IconTable;
  readonly size: number;
}

function Picture({ recording, icon, table, size }: DrawnProps & { readonly recording: Recording }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  void picturesVersion.value;
  const ratio = window.devicePixelRatio || 1;
  const image = pictureOf(recording, table, icon, size * ratio);
  const colour = roles.value.accent;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size, size);
    if (image) drawPicture(context, icon, { image, size, colour });
  }, [image, icon, size, ratio, colour]);
  const pixels = Math.round(size * ratio);
  const side = `${size}px`;
  return (
    <canvas ref={canvas} width={pixels} height={pixels} style={{ width: side, height: side }} />
  );
}

/** The picture that is fine enough for a size in device pixels; null before it has come. */
export function pictureOf(
  recording: Recording,
  { header }: IconTable,
  icon: Shown,
  pixels: number,
): HTMLImageElement | null {
  const small = smallPicture(recording, icon.example);
  if (!small) return null;
  const side = Math.max(small.naturalWidth, small.naturalHeight);
  const isFiner = Math.max(0, ...header.size) > side;
  const part = partOf(icon, { width: small.naturalWidth, height: small.naturalHeight });
  const isCoarse = Math.max(part.width, part.height) < pixels;
  return isFiner && isCoarse ? largePicture(recording, icon.example) : small;
}

interface Drawing {
  readonly image: HTMLImageElement;
  readonly size: number;
  /** Of the mark where the whole picture is seen. */
  readonly colour: string;
}

/** Draw what is seen of a picture into a square at the origin. */
export function drawPicture(
  context: CanvasRenderingContext2D,
  icon: Shown,
  { image, size, colour }: Drawing,
): void {
  const part = partOf(icon, { width: image.naturalWidth, height: image.naturalHeight });
  const to = fitIn(size, part);
  context.imageSmoothingEnabled = part.width > to.width;
  context.drawImage(
    image,
    part.x,
    part.y,
    part.width,
    part.height,
    to.x,
    to.y,
    to.width,
    to.height,
  );
  if (!icon.mark || !isWhole(icon)) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  const radius = Math.max(2.5, size / 10);
  context.beginPath();
  context.arc(
    to.x + icon.mark.x * to.width,
    to.y + icon.mark.y * to.height,
    radius,
    0,
    2 * Math.PI,
  );
  context.stroke();
}

/** Width of a letter of a word. */
const LETTER = 6.4;

/** The token that answered, the stronger the more, and as many neighbours as there is room for. */
function Words({ icon, table, size }: DrawnProps) {
  const width = Math.max(110, 5 * size);
  const shown = wordsThatFit(icon.words, width / LETTER);
  const strength = `${Math.round(16 + 22 * Math.abs(icon.share))}%`;
  const sign = icon.share < 0 ? "negative" : "positive";
  return (
    <span
      class={holdSpaces(table.header.texts) ? "icon-words" : "icon-words apart"}
      style={{ maxWidth: `${width}px` }}
    >
      {shown.map(({ text, isCentre }, place) =>
        isCentre ? (
          <mark key={place} class={sign} style={{ "--strength": strength }}>
            {readableToken(text)}
          </mark>
        ) : (
          <span key={place}>{readableToken(text)}</span>
        ),
      )}
    </span>
  );
}

function Lines({ icon, table, size }: DrawnProps) {
  const [width, height] = [Math.round(1.6 * size), size];
  const box = { width: width - 4, height: height - 4 };
  return (
    <svg width={width} height={height} viewBox={`-2 -2 ${width} ${height}`} aria-hidden="true">
      {linesOf(icon.stretch, table.stretchShape[1], box).map((points, channel) => (
        <polyline key={channel} points={points} class={`line line${channel}`} />
      ))}
    </svg>
  );
}

/** Deviations that fill a bar, in standard deviations. */
const FULL = 4;
/** Height from which all columns are shown, a line each. */
const LINE = 15;

function Columns({ icon, size, names }: DrawnProps & { readonly names: readonly string[] }) {
  const shown = icon.columns.slice(0, Math.max(1, Math.floor(size / LINE)));
  if (shown.length === 0) return <b class="number">{icon.example}</b>;
  return (
    <span class="icon-columns">
      {shown.map(({ column, deviation }) => (
        <span key={column} class="icon-column">
          <b>{nameOfColumn(column, names)}</b>
          <span class={deviation > 0 ? "icon-bar" : "icon-bar below"}>
            <i style={{ width: `${(50 * Math.min(Math.abs(deviation), FULL)) / FULL}%` }} />
          </span>
          {size >= 2 * LINE && <span class="number">{formatSigned(deviation)}</span>}
        </span>
      ))}
    </span>
  );
}

const onSeen = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

/** Whether an element has come near the part of the page that is seen; it stays so. */
function useSeen(element: HTMLElement | null): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (isSeen || !element) return;
    observer ??= new IntersectionObserver(tellSeen, { rootMargin: "80px" });
    onSeen.set(element, () => setSeen(true));
    observer.observe(element);
    return () => observer?.unobserve(element);
  }, [isSeen, element]);
  return isSeen;
}

function tellSeen(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    observer?.unobserve(target);
    onSeen.get(target)?.();
  }
}
