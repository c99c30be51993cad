/** How the joint view looks. */
export const JOINT_CSS = `
.joint-view { position: absolute; inset: 0; display: flex; flex-direction: column; min-height: 0; }
.joint-bar { flex-wrap: wrap; gap: 5px 14px; padding-bottom: 5px; }
.joint-bar .field { height: 26px; } .joint-bar select.field { max-width: 150px; } .joint-bar .field[aria-label="Responses"] { max-width: 240px; }
.joint-bar input[type="number"] { width: 66px; }
.joint-filter { flex: 1 0 100%; display: flex; flex-wrap: wrap; gap: 5px 14px; } .joint-filter .filter-field { max-width: 620px; }
.joint-pair { display: inline-flex; align-items: center; gap: 6px; flex-wrap: wrap; min-width: 0; }
.joint-place { flex: 1; min-height: 0; display: flex; }
.joint-picture { position: relative; flex: 1; min-width: 0; min-height: 0; overflow: hidden; }
.joint-picture > svg { position: absolute; inset: 0; display: block; font-family: var(--font); }
.joint-picture .hexagon { cursor: pointer; } .joint-picture .hexagon:hover { filter: brightness(1.15); }
.axis-icon { position: absolute; max-width: 40%; overflow: hidden; }
.joint-picture .followed { pointer-events: none; }
.joint-side { flex: 0 0 232px; overflow: auto; border-left: 1px solid var(--border); padding: 10px 12px; display: grid; gap: 8px; align-content: start; font-size: 12.5px; }
.joint-side h2 { margin: 0; font-size: 13px; display: flex; justify-content: space-between; align-items: center; gap: 8px; }
.joint-side h2 .button { height: 22px; font-weight: 400; }
.joint-side ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 4px; }
.joint-followed { display: grid; gap: 6px; padding-bottom: 10px; border-bottom: 1px solid var(--border); }
.joint-example {
  display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 9px; align-items: center; width: 100%; padding: 5px 7px; text-align: left;
  border: 1px solid transparent; border-radius: 6px; background: none; cursor: pointer; line-height: 1.35;
}
.joint-example:hover { background: var(--hover); }
.joint-example[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); }
.joint-example img { width: 42px; height: 42px; object-fit: contain; image-rendering: pixelated; background: var(--canvas); border: 1px solid var(--border); border-radius: 4px; }
.joint-words { display: grid; min-width: 0; grid-column: -2; } .joint-words > * { overflow-wrap: anywhere; }
.joint-words b { font-weight: 600; } .joint-words b .muted { font-weight: 400; }
.joint-tokens { grid-column: 1 / -1; font-family: var(--mono); font-size: 11.5px; overflow-wrap: anywhere; }
.joint-foot { flex: none; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 24px; align-items: center; padding: 6px 14px 8px; border-top: 1px solid var(--border); font-size: 12.5px; }
.joint-facts { display: grid; } .joint-facts p { margin: 0; } .joint-facts .exact { order: 1; font-size: 12px; }
.joint-scale { margin: 0; width: 230px; font-size: 11.5px; } .joint-scale figcaption { color: var(--muted); }
.joint-scale svg { display: block; width: 100%; height: 9px; }
.joint-scale .ticks { position: relative; height: 15px; }
.joint-scale .ticks span { position: absolute; transform: translateX(-50%); color: var(--muted); white-space: nowrap; }
.joint-scale .ticks span:first-child { transform: none; } .joint-scale .ticks span:last-child { transform: translateX(-100%); }
.joint-scale p { margin: 0; }
.joint-classes { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0; padding: 0; list-style: none; max-width: 420px; justify-content: flex-end; }
.joint-classes li { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.joint-classes i { width: 11px; height: 11px; border-radius: 3px; flex: none; }
.joint-table { flex: 1; min-width: 0; display: flex; flex-direction: column; }
.joint-table .layer-table { flex: 1; }
@media (max-width: 1040px) {
  .joint-view { overflow: auto; }
  .joint-place { flex: 1 0 auto; flex-direction: column; } .joint-picture { flex: 1 0 340px; } .joint-table { flex: 1 0 340px; height: 340px; }
  .joint-side { flex: none; max-height: 260px; border-left: 0; border-top: 1px solid var(--border); }
  .joint-side ul { grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); }
  .joint-foot { grid-template-columns: minmax(0, 1fr); } .joint-classes { justify-content: flex-start; max-width: none; }
}
@media (max-width: 640px) { .body .stack:has(.joint-view) { height: 820px; } }
`;
