/** The picture: hexagons on fixed axes, marginals beside them, the way of the example that is followed. */
import { effect, signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { theme, type Undo } from "../../host";
import { axisTicks, hexagonAt, layOutMarginal, outlinePath } from "../../layout/hexagons";
import type { Rect } from "../../layout/rect";
import { formatCount, formatShare, formatSigned, formatValue } from "../../numbers";
import { titleOfRespondent } from "../../responses";
import type { JointBins } from "../../responses-api";
import { example, jointForm, mode } from "../../state";
import { roles } from "../../theme";
import type { JointAxis } from "../../wire";
import { settle } from "../overview/tooltip";
import { AxisIcons } from "./axis-icons";
import { type Facet, facetsOf, type Hexagon, type Looks } from "./picture";
import { isDifference, latticeName, shownSide, trail } from "./records";

/** The hexagon whose examples are listed; it keeps its place over all records. */
export const chosenBin = signal<{ readonly bin: number; readonly group: number | null } | null>(
  null,
);

/** How bins are shown now; a difference of classes' colours has no meaning and shows all. */
export function looksNow(): Looks {
  const form = isDifference.value && jointForm.value === "colours" ? "all" : jointForm.value;
  return {
    form,
    side: shownSide.value,
    isDifference: isDifference.value,
    isDark: theme.value === "dark",
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A hexagon of another plane is not that of this one. */
export function followLattice(): Undo {
  let before = latticeName.peek();
  return effect(() => {
    if (latticeName.value === before) return;
    before = latticeName.value;
    chosenBin.value = null;
  });
}

export function Picture({ found }: { readonly found: JointBins }) {
  const place = useRef<HTMLDivElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [size]);
  return (
    <div ref={place} class="joint-picture">
      {size.value.width > 0 && <Drawn found={found} size={size.value} />}
    </div>
  );
}

const MARGIN = { left: 58, right: 14, top: 12, bottom: 42 };
const MARGINAL = 54;
const GAP = 8;
/** Of a single plane: width over height, and height over width. */
const WIDEST = 2.4;
const TALLEST = 1;

/** The rectangle of the planes within the picture, and of the marginals beside a single one. */
export function placesIn({ width, height }: Size, isFaceted: boolean) {
  const beside = isFaceted ? 0 : MARGINAL + GAP;
  const above = isFaceted ? 20 : MARGINAL + GAP;
  const across = Math.max(40, width - MARGIN.left - MARGIN.right - beside);
  const up = Math.max(40, height - MARGIN.top - MARGIN.bottom - above);
  // Hexagons stay near their shape: what a window has beyond that is left free.
  const used = isFaceted ? across : Math.min(across, up * WIDEST);
  const down = isFaceted ? up : Math.min(up, across * TALLEST);
  const area: Rect = { x: MARGIN.left, y: MARGIN.top + above, width: used, height: down };
  return { area, right: area.x + area.width + GAP, top: area.y - GAP };
}

interface DrawnProps {
  readonly found: JointBins;
  readonly size: Size;
}

interface Pointed {
  readonly facet: Facet;
  readonly hexagon: Hexagon;
  readonly x: number;
  readonly y: number;
}

function Drawn({ found, size }: DrawnProps) {
  const looks = looksNow();
  const isFaceted = looks.form === "facets";
  const { area } = placesIn(size, isFaceted);
  const facets = facetsOf(found, looks, area);
  const pointed = useSignal<Pointed | null>(null);
  const find = (event: MouseEvent & { readonly currentTarget: Element }): Pointed | null => {
    const box = event.currentTarget.getBoundingClientRect();
    return hit(found, facets, { x: event.clientX - box.left, y: event.clientY - box.top });
  };
  const { header } = found;
  const label = `${titleOfRespondent(header.first)} and ${titleOfRespondent(header.second)}: ${formatCount(
    header.sides[looks.side]?.examples ?? 0,
  )} examples in hexagons; the table has them as numbers`;
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table has the same examples for keys */}
      <svg
        width={size.width}
        height={size.height}
        role="img"
        aria-label={label}
        onPointerMove={(event) => {
          pointed.value = find(event);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        onClick={(event) => {
          const at = find(event);
          chosenBin.value = at && { bin: at.hexagon.bin, group: at.facet.group };
        }}
      >
        {facets.map((facet) => (
          <Plane key={facet.group ?? -1} facet={facet} found={found} isSmall={isFaceted} />
        ))}
        {!isFaceted && <Marginals found={found} size={size} facet={facets[0]} />}
        <AxisNames found={found} size={size} />
      </svg>
      <AxisIcons found={found} width={size.width} area={area} />
      {pointed.value && <Tip pointed={pointed.value} found={found} />}
    </>
  );
}

function hit(
  found: JointBins,
  facets: readonly Facet[],
  at: { readonly x: number; readonly y: number },
): Pointed | null {
  for (const facet of facets) {
    const byBin = new Map(facet.hexagons.map((hexagon) => [hexagon.bin, hexagon]));
    const bin = hexagonAt(facet.plane, found, (each) => byBin.has(each), at);
    const hexagon = byBin.get(bin);
    if (hexagon) return { facet, hexagon, ...at };
  }
  return null;
}

interface PlaneProps {
  readonly facet: Facet;
  readonly found: JointBins;
  readonly isSmall: boolean;
}

function Plane({ facet, found, isSmall }: PlaneProps) {
  const { plane, hexagons, group } = facet;
  const { canvas, border, muted, text, page } = roles.value;
  const { x, y, width, height } = plane.rect;
  const whole = outlinePath(plane, 0.97);
  const chosen = chosenBin.value;
  const isChosen = chosen !== null && chosen.group === group;
  return (
    <g>
      <rect x={x} y={y} width={width} height={height} fill={canvas} stroke={border} rx={3} />
      <Axes facet={facet} found={found} isSmall={isSmall} />
      {isSmall && (
        <text x={x + 2} y={y - 6} fill={text} font-size="12" font-weight="600">
          {facet.title}
          <tspan fill={muted} font-weight="400" dx="6">
            {formatCount(facet.examples)}
          </tspan>
        </text>
      )}
      {hexagons.map((hexagon) => (
        <path
          key={hexagon.bin}
          class="hexagon"
          d={whole}
          transform={`translate(${hexagon.x.toFixed(1)} ${hexagon.y.toFixed(1)})`}
          fill={hexagon.fill}
          fill-opacity={hexagon.opacity}
          stroke={page}
          stroke-width="0.5"
        />
      ))}
      {isChosen && (
        <path
          d={outlinePath(plane, 1.06)}
          transform={`translate(${plane.x(found.x[chosen.bin] ?? 0)} ${plane.y(found.y[chosen.bin] ?? 0)})`}
          fill="none"
          stroke={text}
          stroke-width="2"
        />
      )}
      <Followed facet={facet} found={found} />
    </g>
  );
}

/** The way of the followed example over all records, and where it is at this one. */
function Followed({ facet: { plane, group }, found }: Omit<PlaneProps, "isSmall">) {
  const { sideA, sideB, page, text } = roles.value;
  if (example.value === null) return null;
  const at = found.examples.indexOf(example.value);
  if (group !== null && at >= 0 && found.labels[at] !== group) return null;
  const way = trail.value;
  const count = way?.header.trailSteps.length ?? 0;
  const points = Array.from({ length: count }, (_, record) => [
    plane.x(way?.trail[record] ?? Number.NaN),
    plane.y(way?.trail[count + record] ?? Number.NaN),
  ]).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const own = shownSide.value * found.examples.length + at;
  const [x, y] = [found.first[own], found.second[own]];
  const colour = mode.value === "b" ? sideB : sideA;
  return (
    <g class="followed">
      {group === null && (
        <>
          <polyline points={points.join(" ")} fill="none" stroke={page} stroke-width="4" />
          <polyline points={points.join(" ")} fill="none" stroke={colour} stroke-width="1.6" />
        </>
      )}
      {at >= 0 && x !== undefined && y !== undefined && Number.isFinite(x) && (
        <circle
          cx={plane.x(x)}
          cy={plane.y(y)}
          r="6"
          fill={colour}
          stroke={text}
          stroke-width="1.5"
        />
      )}
    </g>
  );
}

/** Ticks on the outer sides; small planes have them at their ends alone. */
function Axes({ facet: { plane }, found, isSmall }: PlaneProps) {
  const { muted, border } = roles.value;
  const { x, y, width, height } = plane.rect;
  const [across, up] = [found.header.first, found.header.second];
  const most = isSmall ? 3 : Math.max(3, Math.floor(width / 90));
  return (
    <g font-size={isSmall ? "10" : "11"} fill={muted}>
      {axisTicks(across, most).map((tick) => (
        <g key={tick}>
          <line x1={plane.x(tick)} x2={plane.x(tick)} y1={y} y2={y + height} stroke={border} />
          <text x={plane.x(tick)} y={y + height + 14} text-anchor="middle">
            {formatValue(tick)}
          </text>
        </g>
      ))}
      {axisTicks(up, isSmall ? 3 : Math.max(3, Math.floor(height / 60))).map((tick) => (
        <g key={tick}>
          <line x1={x} x2={x + width} y1={plane.y(tick)} y2={plane.y(tick)} stroke={border} />
          {x <= MARGIN.left && (
            <text x={x - 6} y={plane.y(tick) + 4} text-anchor="end">
              {formatValue(tick)}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function AxisNames({ found, size }: DrawnProps) {
  const { text } = roles.value;
  const { area } = placesIn(size, looksNow().form === "facets");
  const y = area.y + area.height / 2;
  return (
    <g font-size="12" font-weight="600" fill={text} text-anchor="middle">
      <text x={area.x + area.width / 2} y={area.y + area.height + 34}>
        {titleOfRespondent(found.header.first)}
      </text>
      <text transform={`translate(13 ${y}) rotate(-90)`}>
        {upTitle(found.header.second, area.height)}
      </text>
    </g>
  );
}

/** Room of a letter of an axis' name. */
const LETTER = 7;

/** As much of the upright name as there is room for: what is shown stands under the plane, too. */
function upTitle(of: JointAxis, room: number): string {
  const short = of.unit === null ? `${of.layer}, PC 1` : `${of.layer} unit ${of.unit}`;
  const names = [titleOfRespondent(of), titleOfRespondent({ ...of, method: "" })];
  return names.find((name) => name.length * LETTER <= room) ?? short;
}

interface MarginalsProps {
  readonly found: JointBins;
  readonly size: Size;
  readonly facet: Facet | undefined;
}

/** Shares of examples along either axis: bars of what is shown; of a difference, A over B's outline. */
function Marginals({ found, size, facet }: MarginalsProps) {
  if (!facet) return null;
  const { plane } = facet;
  const { right, top } = placesIn(size, false);
  const { sideA, sideB, muted } = roles.value;
  const isBoth = isDifference.value && found.header.sides.length > 1;
  const sides = isBoth ? [0, 1] : [shownSide.value];
  return (
    <g class="marginals">
      {sides.map((side) => {
        const outlined = isBoth && side === 1;
        const colour = isBoth ? [sideA, sideB][side] : muted;
        const look = outlined
          ? { fill: "none", stroke: colour, "stroke-width": 1.2 }
          : { fill: colour, "fill-opacity": 0.55 };
        return (
          <g key={side} {...look}>
            {barsOf(found, side, "x").map(({ from, to, length }) => {
              const [x0, x1, high] = [plane.x(from), plane.x(to), length * MARGINAL];
              if (high === 0) return null;
              return <rect key={from} x={x0} y={top - high} width={x1 - x0} height={high} />;
            })}
            {barsOf(found, side, "y").map(({ from, to, length }) => {
              const [y0, y1, long] = [plane.y(to), plane.y(from), length * MARGINAL];
              if (long === 0) return null;
              return <rect key={from} x={right} y={y0} width={long} height={y1 - y0} />;
            })}
          </g>
        );
      })}
    </g>
  );
}

function barsOf(found: JointBins, side: number, axis: "x" | "y") {
  const { header } = found;
  const all = axis === "x" ? found.marginalsX : found.marginalsY;
  const parts = all.length / header.sides.length;
  const counts = Array.from(all.subarray(side * parts, (side + 1) * parts));
  const scale = axis === "x" ? header.first : header.second;
  const examples = header.sides[side]?.examples ?? 0;
  return layOutMarginal(counts, scale, examples, header.marginalTop);
}

function Tip({ pointed, found }: { readonly pointed: Pointed; readonly found: JointBins }) {
  const element = useRef<HTMLDivElement>(null);
  const { hexagon, facet, x, y } = pointed;
  useLayoutEffect(() => {
    if (element.current) settle(element.current, x, y);
  });
  const { header } = found;
  const middle = [found.x[hexagon.bin] ?? 0, found.y[hexagon.bin] ?? 0].map(formatValue);
  const said = isDifference.value
    ? `${hexagon.figure < 0 ? "−" : "+"}${formatShare(Math.abs(hexagon.figure))} of the examples, A − B`
    : `${formatSigned(hexagon.figure).replace("+", "")} of ${formatCount(facet.examples)} examples`;
  return (
    <div ref={element} class="tip" role="status">
      <b>{said}</b>
      <span class="muted number">
        around {middle[0]} on {titleOfRespondent(header.first)}
      </span>
      <span class="muted number">
        and {middle[1]} on {titleOfRespondent(header.second)}
      </span>
      <span class="muted">Click for its examples.</span>
    </div>
  );
}
