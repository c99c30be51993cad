/** What the map saves: a picture of the dots as they are seen, and all places as a table. */
import type { Table } from "../../csv";
import type { Drawing, Shape } from "../../drawing";
import type { ViewExport } from "../../export";
import { layOutAtlas } from "../../layout/atlas";
import { onScreen, pointsWithin } from "../../layout/scatter";
import { planeLayer, planeRecord, shownPlane } from "../../planes";
import { wordsOf } from "../../response-methods";
import { pointKind } from "../../state";
import { roles } from "../../theme";
import { legendEntries } from "./colours";
import { pictureNow } from "./director";
import { dotRadius, type MapPicture } from "./painter";
import { rowsNow } from "./rows";
import { nameOfClass, stageSize } from "./shown";

const KEY = 26;

/** The open map, for the panel of exports. */
export function mapExport(): ViewExport {
  return {
    name: `map-${pointKind.value}`,
    title: () => `${pointKind.value === "units" ? "Units" : "Examples"} of ${planeLayer.value}`,
    subject: () => {
      const { settings = "", method = "" } = shownPlane.value?.header ?? {};
      return `${wordsOf(method)}, ${settings}`;
    },
    hasLegend: false,
    note: () => (pictureNow().isAtlas ? null : "the shade of a crowd is left out"),
    drawing,
    table,
  };
}

function drawing(): Drawing | null {
  const { width, height } = stageSize.value;
  if (!shownPlane.value || width === 0) return null;
  const picture = pictureNow();
  const screen = onScreen(picture.places, picture.camera);
  const shapes = picture.isAtlas ? squares(picture, screen) : dots(picture, screen);
  return {
    width,
    height: height + KEY,
    background: roles.value.page,
    shapes: [...shapes, ...keyShapes(height + KEY - 8)],
  };
}

function dots(picture: MapPicture, screen: Float32Array): Shape[] {
  const seen = pointsWithin(screen, picture.size);
  const radius = dotRadius(seen.length);
  return seen.map((point) => {
    const [x = 0, y = 0] = [screen[2 * point], screen[2 * point + 1]];
    const rect = { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius };
    return { kind: "rect", rect, radius, fill: picture.colours[point] ?? roles.value.muted };
  });
}

function squares(picture: MapPicture, screen: Float32Array): Shape[] {
  return layOutAtlas(screen, picture.size, picture.cell).flatMap(({ x, y, side, point }) => {
    const inner = side - 4;
    const rect = { x: x - inner / 2, y: y - inner / 2, width: inner, height: inner };
    const frame: Shape = {
      kind: "rect",
      rect,
      stroke: picture.colours[point] ?? roles.value.muted,
    };
    const found = picture.pictureOf(point);
    if (!found) return [frame];
    // A part of a picture, as a picture of its own: files know no parts.
    const source = document.createElement("canvas");
    [source.width, source.height] = [found.part.width, found.part.height].map(Math.round) as [
      number,
      number,
    ];
    const { x: left, y: top, width, height } = found.part;
    source
      .getContext("2d")
      ?.drawImage(found.image, left, top, width, height, 0, 0, source.width, source.height);
    return [{ kind: "image", rect, source }, frame];
  });
}

function keyShapes(y: number): Shape[] {
  return legendEntries.value.slice(0, 12).flatMap(({ name, colour, count }, at): Shape[] => {
    const x = 4 + at * 84;
    const rect = { x, y: y - 9, width: 10, height: 10 };
    const text = `${name} ${count}`;
    const { muted: fill } = roles.value;
    return [
      { kind: "rect", rect, fill: colour, radius: 5 },
      { kind: "text", x: x + 14, y, text, fill, size: 11, maxWidth: 66 },
    ];
  });
}

function table(): Table {
  const header = shownPlane.value?.header;
  const step = header?.steps[planeRecord.value] ?? "";
  const kind = header?.of === "examples" ? "example" : "unit";
  return {
    columns: [
      "layer",
      "responses",
      "step",
      "anchor",
      "projection",
      kind,
      "x",
      "y",
      "label",
      "prediction",
    ],
    rows: rowsNow().map(({ number, x, y, label, prediction }) => [
      header?.layer ?? "",
      header?.method || "activation",
      step,
      header?.anchor ?? "",
      header?.projection ?? "",
      number,
      x,
      y,
      label < 0 ? "" : nameOfClass(label),
      prediction < 0 ? "" : nameOfClass(prediction),
    ]),
  };
}
