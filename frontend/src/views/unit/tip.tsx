/** What stands beside the pointer over a chart: the step, the values there, and what a click does. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { formatValue } from "../../numbers";
import { formatStep } from "../../steps";
import type { Pointed } from "./pointing";

const AWAY = 12;

interface ChartTipProps {
  readonly pointed: Pointed;
  /** Of the step, in CSS pixels of the chart. */
  readonly x: number;
}

export function ChartTip({ pointed, x }: ChartTipProps) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = element.current;
    const room = tip?.parentElement?.clientWidth ?? 0;
    if (!tip) return;
    const left = x + AWAY + tip.offsetWidth > room ? x - AWAY - tip.offsetWidth : x + AWAY;
    tip.style.transform = `translate(${Math.max(0, left)}px, 14px)`;
  });
  const { step, stepB, lines, events, of } = pointed;
  const isPair = lines.some(({ b }) => b !== null);
  return (
    <div ref={element} class="tip chart-tip" aria-hidden="true">
      <b>
        {of !== null && `${of} · `}step {formatStep(step)}
      </b>
      <table>
        {isPair && (
          <thead>
            <tr>
              <th />
              <th class="side-a">A</th>
              <th class="side-b">B{stepB !== null && ` · ${formatStep(stepB)}`}</th>
            </tr>
          </thead>
        )}
        <tbody>
          {lines.map(({ name, a, b }) => (
            <tr key={name}>
              <th>{name}</th>
              <td class="number">{formatValue(a)}</td>
              {b !== null && <td class="number">{formatValue(b)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {events.map((event) => (
        <span key={event}>{event}</span>
      ))}
      <span class="muted">Click to go to this step</span>
    </div>
  );
}
