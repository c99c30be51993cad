/** A sequence's activation grid: its tokens in a row, over each the square of its vector. */
import { chooseCell, pointedCell, readCell } from "../../grids";
import type { GridTable } from "../../grids-api";
import { shadeOf } from "../../layout/activation-grid";
import { mapRecording } from "../../maps";
import { formatValue } from "../../numbers";
import { colourAt, netAt, normAt } from "./grid-painter";
import { pictureOf } from "./grid-shown";
import { textsOf } from "./inputs";

interface GridTokensProps {
  readonly table: GridTable;
  readonly place: number;
  readonly onEnter?: () => void;
}

/** Whether a table's positions are tokens, one each. */
export function isOfTokens({ header }: GridTable): boolean {
  const probeSet = mapRecording.value?.records.probeSet;
  return header.shape.length === 1 && (probeSet?.tokens ?? 0) > 0;
}

export function GridTokens({ table, place, onEnter }: GridTokensProps) {
  const recording = mapRecording.value;
  const picture = pictureOf(table, place);
  const example = table.header.examples[place]?.example ?? 0;
  const texts = recording ? textsOf(recording, example, table.positions) : [];
  const { layer } = table.header;
  const cell = readCell.value;
  const read = cell?.example === example && cell.layer === layer ? cell.position : -1;
  const { top, attributionTop } = table.header;
  return (
    <div class="grid-tokens">
      {texts.map((text, position) => {
        const norm = normAt(picture, position);
        const share = Number.isFinite(norm) && top > 0 ? Math.min(1, norm / top) : 0;
        const net = picture.shaded === null ? Number.NaN : netAt(picture, picture.shaded, position);
        const shade = shadeOf(net, attributionTop);
        const isShaded = picture.shaded !== null;
        const fill = shade > 0 ? picture.look.favour : picture.look.against;
        return (
          <button
            key={position}
            type="button"
            aria-pressed={position === read}
            title={`position ${position}, norm ${formatValue(norm)}`}
            onPointerEnter={() => {
              pointedCell.value = { layer, example, position };
            }}
            onPointerLeave={() => {
              pointedCell.value = null;
            }}
            onClick={() => {
              onEnter?.();
              pointedCell.value = null;
              chooseCell({ example, position });
            }}
          >
            <i
              style={
                isShaded
                  ? {
                      width: "22px",
                      height: "22px",
                      background: fill,
                      opacity: Math.abs(shade) || 0,
                    }
                  : {
                      width: `${22 * share}px`,
                      height: `${22 * share}px`,
                      background: colourAt(picture, position),
                    }
              }
            />
            <span>{text}</span>
          </button>
        );
      })}
    </div>
  );
}
