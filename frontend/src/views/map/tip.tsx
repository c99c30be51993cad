/** What the point under the pointer stands for: its picture, its name, what is known of it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { StateGlyph } from "../../chrome/icons";
import { formatValue } from "../../numbers";
import { planeLayer, planeRecording, shownCrops } from "../../planes";
import { coloured, pointKind } from "../../state";
import { titleOfState } from "../../titles";
import { settle } from "../overview/tooltip";
import { isRight, stateOf, statisticOf } from "./colours";
import { exampleOf, pictureOf, picturesVersion } from "./pictures";
import { classOf, nameOf, nameOfClass, numberOf, pointedAt, pointer } from "./shown";

const SIDE = 84;

/** Beside the pointer; the table says the same to those who have none. */
export function MapTip() {
  const element = useRef<HTMLDivElement>(null);
  const point = pointedAt.value;
  const { x, y } = pointer.value;
  useLayoutEffect(() => {
    if (element.current) settle(element.current, x, y);
  });
  if (point < 0) return null;
  return (
    <div ref={element} class="tip map-tip" aria-hidden="true">
      <Thumbnail point={point} />
      <div>
        <b>
          {pointKind.value === "units" && `${planeLayer.value} · `}
          {nameOf(point)}
        </b>
        {pointKind.value === "units" ? <UnitFacts point={point} /> : <ExampleFacts point={point} />}
      </div>
    </div>
  );
}

function Thumbnail({ point }: { readonly point: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  void picturesVersion.value;
  const picture = pictureOf(point);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !picture) return;
    const { image, part } = picture;
    const ratio = SIDE / Math.max(part.width, part.height);
    const [width, height] = [part.width * ratio, part.height * ratio];
    context.imageSmoothingEnabled = part.width > SIDE;
    context.clearRect(0, 0, SIDE, SIDE);
    const [x, y] = [(SIDE - width) / 2, (SIDE - height) / 2];
    context.drawImage(image, part.x, part.y, part.width, part.height, x, y, width, height);
  });
  return picture ? <canvas ref={canvas} width={SIDE} height={SIDE} /> : null;
}

function UnitFacts({ point }: { readonly point: number }) {
  const number = numberOf(point);
  const state = stateOf(number);
  const example = exampleOf(point);
  return (
    <>
      <p>
        {coloured.value?.title} <b class="number">{formatValue(statisticOf(number))}</b>
      </p>
      {state && (
        <p class="state">
          <StateGlyph state={state} /> {titleOfState(state)}
        </p>
      )}
      {example >= 0 && (
        <p class="muted">
          responds most to example {example} ({formatValue(shownCrops.value?.values[number] ?? 0)})
        </p>
      )}
    </>
  );
}

function ExampleFacts({ point }: { readonly point: number }) {
  const [label, prediction] = [classOf(point, "label"), classOf(point, "prediction")];
  const right = isRight(point);
  const count = planeRecording.value?.records.probeSet.examples ?? 0;
  return (
    <>
      {label >= 0 && <p>label {nameOfClass(label)}</p>}
      {prediction >= 0 && (
        <p>
          {right === null ? "" : right ? "✓ " : "✗ "}predicted {nameOfClass(prediction)}
        </p>
      )}
      <p class="muted">of {count} examples</p>
    </>
  );
}
