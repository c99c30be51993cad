/** A group's examples: those of most activity, and where in tracked examples its units are active. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { thumbnailAddress } from "../../api";
import { passing } from "../../filter";
import { formatValue } from "../../numbers";
import { packColour, VIRIDIS } from "../../palettes";
import type { GroupTable } from "../../patterns-api";
import { formatStep } from "../../steps";
import { greyOf, inputsVersion, textsOf } from "../examples/inputs";
import { type GroupRow, mapOf, type Weighed } from "./group-rows";
import { shownRecording } from "./pattern-records";

const TOKENS = 12;
const MAPS = 6;

/** The examples of most activity; of attributions, those it is most for, and most against. */
export function GroupPictures({
  row,
  method,
}: {
  readonly row: GroupRow;
  readonly method: string;
}) {
  if (method === "")
    return <Pictures row={row} title="examples of most activity" examples={row.examples} />;
  return (
    <>
      <Pictures row={row} title="examples it is most for" examples={row.examples} />
      <Pictures row={row} title="examples it is most against" examples={row.opposed} sign="−" />
    </>
  );
}

interface PicturesProps {
  readonly row: GroupRow;
  readonly title: string;
  readonly examples: readonly Weighed[];
  /** Before each figure. */
  readonly sign?: string;
}

/** As pictures or texts, else by number. */
function Pictures({ row, title, examples, sign = "" }: PicturesProps) {
  void inputsVersion.value;
  const recording = shownRecording.value;
  if (!recording || examples.length === 0) {
    return passing.value && row.members > 0 ? (
      <p class="muted">no example that passes the filter</p>
    ) : null;
  }
  const { thumbnails, tokens } = recording.records.probeSet;
  return (
    <div>
      <h4>{title}</h4>
      <div class="group-pictures">
        {examples.map(({ number, weight }) => (
          <figure
            key={number}
            class={number < thumbnails ? "" : "text"}
            title={`Example ${number}: activity ${sign}${formatValue(weight)}`}
          >
            {number < thumbnails && (
              <img src={thumbnailAddress(recording.key, number)} alt={`Example ${number}`} />
            )}
            {number < tokens && textsOf(recording, number, TOKENS).join(" ")}
            <figcaption>
              {number < thumbnails ? `${sign}${formatValue(weight)}` : `example ${number}`}
            </figcaption>
          </figure>
        ))}
      </div>
    </div>
  );
}

interface MapsProps {
  readonly row: GroupRow;
  readonly found: GroupTable;
}

/** The tracked examples on which the group is most active, its map over each. */
export function GroupMaps({ row, found }: MapsProps) {
  const { header } = found;
  const sums = header.mapExamples.map((example, place) => ({
    example,
    place,
    top: mapOf(found, row.group, place).reduce((most, value) => Math.max(most, value), 0),
  }));
  const top = Math.max(0, ...sums.map((each) => each.top)) || 1;
  const shown = sums
    .filter(({ example }) => passing.value?.has(example) ?? true)
    .toSorted((a, b) => b.top - a.top)
    .slice(0, MAPS);
  return (
    <div>
      <h4>
        where it is active, tracked examples, step {formatStep(header.mapStep)}
        {header.mapUnits < found.units.length && ` (${header.mapUnits} pinned units)`}
      </h4>
      <div class="group-pictures">
        {shown.map(({ example, place }) => (
          <MapPicture
            key={example}
            example={example}
            values={mapOf(found, row.group, place)}
            shape={header.mapShape}
            top={top}
          />
        ))}
      </div>
    </div>
  );
}

interface MapPictureProps {
  readonly example: number;
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly top: number;
}

const SIZE = 92;
const OPACITY = 0.72;

function MapPicture({ example, values, shape, top }: MapPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const recording = shownRecording.value;
  void inputsVersion.value;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !recording) return;
    context.clearRect(0, 0, SIZE, SIZE);
    context.imageSmoothingEnabled = false;
    const input = greyOf(recording, example);
    const isImage = shape.length === 2;
    if (input && isImage) context.drawImage(input, 0, 0, SIZE, SIZE);
    context.globalAlpha = input && isImage ? OPACITY : 1;
    context.drawImage(texels(values, shape, top), 0, 0, SIZE, SIZE);
    context.globalAlpha = 1;
  });
  return (
    <figure>
      <canvas
        ref={canvas}
        width={SIZE}
        height={SIZE}
        role="img"
        aria-label={`Where the group is active in example ${example}`}
      />
      <figcaption>{example}</figcaption>
    </figure>
  );
}

function texels(values: Float32Array, shape: readonly number[], top: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const [height, width] = shape.length === 2 ? shape : [1, shape[0]];
  [canvas.width, canvas.height] = [Math.max(1, width ?? 1), Math.max(1, height ?? 1)];
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  values.forEach((value, place) => {
    const entry = Math.round(255 * Math.max(0, Math.min(1, value / top)));
    pixels[place] = VIRIDIS[entry] ?? packColour(0, 0, 0);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
