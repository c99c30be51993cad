/** The icons of the two units of the joint view. */
import { UnitIcon } from "../../chrome/unit-icon";
import type { Rect } from "../../layout/rect";
import type { JointBins } from "../../responses-api";
import { shownSide } from "./records";

const SIZE = 24;

interface AxisIconsProps {
  readonly found: JointBins;
  /** Of the picture. */
  readonly width: number;
  /** Of the planes in it. */
  readonly area: Rect;
}

/** The icons of the units at the ends of their axes. */
export function AxisIcons({ found, width, area }: AxisIconsProps) {
  const side = shownSide.value === 1 ? "B" : "A";
  const { first, second } = found.header;
  const right = width - area.x - area.width;
  const places = [
    { axis: first, style: { right: `${right}px`, top: `${area.y + area.height + 17}px` } },
    { axis: second, style: { left: "1px", top: `${area.y}px` } },
  ];
  return (
    <>
      {places.map(
        ({ axis: { layer, unit }, style }, place) =>
          unit !== null && (
            <span key={place} class="axis-icon" style={style}>
              <UnitIcon layerName={layer} unit={unit} side={side} size={SIZE} />
            </span>
          ),
      )}
    </>
  );
}
