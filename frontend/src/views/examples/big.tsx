/** A map at large: input, map and both, each place readable; words, bars and lines likewise. */
import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { nameOfPlace, positionAt } from "../../layout/plane";
import { formatValue } from "../../numbers";
import { cssOf } from "../../palettes";
import { drawMap, inkOn, type Lens, pixelBehind, type Subject } from "./cell";

/** A place of a map that is pointed at. */
interface Pointed {
  readonly column: number;
  readonly row: number;
}

interface BigProps {
  readonly lens: Lens;
  readonly subject: Subject;
}

/** The map in the form that it has. */
export function BigMap({ lens, subject }: BigProps) {
  const pointed = useSignal<Pointed | null>(null);
  if (lens.form === "tokens") return <Words lens={lens} subject={subject} />;
  if (lens.form !== "image") {
    return (
      <div class="big-maps single">
        <Panel name="Map" lens={lens} subject={subject} pointed={pointed} />
        <Reading lens={lens} subject={subject} pointed={pointed} />
      </div>
    );
  }
  const { grey } = subject;
  return (
    <div class="big-maps">
      {grey && (
        <Panel name="Input" lens={lens} subject={{ ...subject, picture: null }} pointed={pointed} />
      )}
      <Panel name="Map" lens={{ ...lens, opacity: 1 }} subject={subject} pointed={pointed} />
      {grey && <Panel name="Map over input" lens={lens} subject={subject} pointed={pointed} />}
      <Reading lens={lens} subject={subject} pointed={pointed} />
    </div>
  );
}

interface PanelProps extends BigProps {
  readonly name: string;
  readonly pointed: Signal<Pointed | null>;
}

function Panel({ name, lens, subject, pointed }: PanelProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, lens, subject);
  });
  const { columns, rows } = lens.plane;
  const aspect = lens.form === "image" ? columns / rows : 2.4;
  return (
    <figure class="panel-map">
      <figcaption data-draw="text">{name}</figcaption>
      <div
        class="panel-place"
        style={{ aspectRatio: String(aspect) }}
        onPointerMove={(event) => {
          pointed.value = placeUnder(event, lens);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
      >
        <canvas ref={canvas} role="img" aria-label={`${name}; the table has the answers`} />
        {pointed.value && lens.form === "image" && <Frame at={pointed.value} lens={lens} />}
      </div>
    </figure>
  );
}

/** The same place in all three pictures. */
function Frame({ at, lens }: { readonly at: Pointed; readonly lens: Lens }) {
  const { columns, rows } = lens.plane;
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return (
    <i
      class="place-frame"
      style={{
        left: share(at.column, columns),
        top: share(at.row, rows),
        width: share(1, columns),
        height: share(1, rows),
      }}
    />
  );
}

function Reading({ lens, subject, pointed }: BigProps & Pick<PanelProps, "pointed">) {
  const at = pointed.value;
  if (!at) return <p class="reading-line muted">Point at the map to read a value.</p>;
  const isImage = lens.form === "image";
  const position = isImage ? positionAt(lens.plane, at.column, at.row) : at.column;
  const word = lens.form === "features" ? "feature" : "position";
  const name = isImage ? nameOfPlace(lens.plane, at.column, at.row) : `${word} ${position}`;
  return (
    <p class="reading-line">
      {name}: <b class="number">{formatValue(subject.values[position] ?? Number.NaN)}</b>
    </p>
  );
}

function paint(canvas: HTMLCanvasElement, lens: Lens, subject: Subject): void {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (context) drawMap(context, lens, subject, { x: 0, y: 0, width, height });
}

function placeUnder(event: PointerEvent, { form, plane }: Lens): Pointed | null {
  if (!(event.currentTarget instanceof Element)) return null;
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
  const within = (share: number, count: number) =>
    Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  // Bars lie on each other, features from above; a line's positions lie beside each other.
  if (form === "features") return { column: within(y, plane.columns), row: 0 };
  return { column: within(x, plane.columns), row: within(y, plane.rows) };
}

/** Tokens as text, their values behind them. */
function Words({ lens, subject }: BigProps) {
  const pointed = useSignal(-1);
  const { texts, values } = subject;
  return (
    <div>
      <p class="big-words" onPointerLeave={() => point(pointed, -1)}>
        {texts.map((text, place) => {
          const value = values[place] ?? Number.NaN;
          const pixel = pixelBehind(lens, value);
          return (
            <span
              key={place}
              class="word"
              style={{ background: cssOf(pixel), color: inkOn(pixel) }}
              onPointerEnter={() => point(pointed, place)}
            >
              {text}
            </span>
          );
        })}
      </p>
      <WordReading texts={texts} values={values} place={pointed.value} />
    </div>
  );
}

function point(pointed: Signal<number>, place: number): void {
  pointed.value = place;
}

interface WordReadingProps {
  readonly texts: readonly string[];
  readonly values: Float32Array;
  readonly place: number;
}

function WordReading({ texts, values, place }: WordReadingProps) {
  if (place < 0) return <p class="reading-line muted">Point at a word to read its value.</p>;
  return (
    <p class="reading-line">
      position {place}, “{texts[place]?.trim()}”:{" "}
      <b class="number">{formatValue(values[place] ?? Number.NaN)}</b>
    </p>
  );
}
