/** What the colours of maps mean: one scale for all steps and examples, and what lies beyond it. */
import { positionOf, type Scale } from "../../colour";
import { formatCount, formatShare, formatValue } from "../../numbers";
import { cssOf } from "../../palettes";
import { type MapRange, TOLD_SHARE } from "./map-scale";
import type { MethodView } from "./shown";

/** The scale of a method, and how many values show an end's colour because they lie beyond it. */
export function MapLegend({ view }: { readonly view: MethodView }) {
  const { scale } = view.lens;
  const { range } = view;
  return (
    <figure class="map-legend" title={whyOf(range, scale)}>
      <div class="scale-name">
        <span>{scale.isDiverging ? "against · for the target" : "magnitude"}</span>
        <span>{clippedText(range)}</span>
      </div>
      <div
        class="band"
        role="img"
        aria-label={`Colours from ${formatValue(scale.min)} to ${formatValue(scale.max)}, one scale for all steps and examples`}
        style={{ background: gradientOf(scale) }}
      />
      <div class="ticks" aria-hidden="true">
        {ticksOf(scale).map((value) => (
          <span key={value} style={{ left: `${100 * positionOf(scale, value)}%` }}>
            {formatValue(value)}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** The ends of the scale and its middle: small values are written long. */
export function ticksOf({ min, max, isDiverging }: Scale): readonly number[] {
  return [min, isDiverging ? 0 : max / 2, max];
}

/** How many values are clipped, in a few words. */
export function clippedText({ clipped, finite }: MapRange): string {
  if (clipped === 0) return "none clipped";
  return `◂ ${formatShare(clipped / finite)} clipped ▸`;
}

/** How the scale was chosen, in sentences. */
export function whyOf({ end, largest, clipped, finite }: MapRange, { isDiverging }: Scale): string {
  const kind = isDiverging ? "Linear, symmetric around 0" : "Linear from 0";
  const told = formatShare(TOLD_SHARE);
  const beyond =
    clipped > 0
      ? ` ${formatCount(clipped)} of ${formatCount(finite)} values lie beyond, up to ${formatValue(largest)}, and take the colour of the end.`
      : "";
  return `${kind}, one scale for all steps and examples of the method. It ends at ${formatValue(end)}, which ${told} of all magnitudes do not exceed.${beyond}`;
}

const STOPS = 24;

function gradientOf({ palette }: Scale): string {
  const stops = Array.from({ length: STOPS }, (_, place) =>
    cssOf(palette[Math.round((place / (STOPS - 1)) * (palette.length - 1))] ?? 0),
  );
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
