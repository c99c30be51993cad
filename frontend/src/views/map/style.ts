/** How the map looks. */
export const MAP_CSS = `
.map-view { position: absolute; inset: 0; display: flex; flex-direction: column; min-height: 0; }
.map-bar { flex-wrap: wrap; gap: 6px 7px; padding-bottom: 5px; border-bottom: 1px solid var(--border); }
.map-bar .field { height: 26px; max-width: 134px; }
.map-bar .field[aria-label="Responses"] { max-width: 108px; }
.map-bar .field[aria-label="Projection"] { max-width: 98px; }
.map-bar .field[aria-label="Colour of points"] { max-width: 100px; }
.map-bar > .button { padding: 0 7px; }
.map-bar .segments button { height: 24px; padding: 0 7px; }
.map-bar .segments > span + span > button { border-left: 1px solid var(--border); }
.map-bar .button[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); border-color: var(--accent); }
.map-filter { flex: 1 0 100%; display: flex; } .map-filter .filter-field { max-width: 620px; } .map-filter .filter-field .field { max-width: none; }
.map-place { position: relative; flex: 1; min-height: 0; overflow: hidden; }
.map-place canvas.map { position: absolute; inset: 0; width: 100%; height: 100%; cursor: grab; touch-action: none; }
.map-place canvas.map.pointing { cursor: pointer; }
.map-place canvas.map.lasso { cursor: crosshair; }
.map-place canvas.map:focus-visible { outline-offset: -3px; }
.map-tip { grid-template-columns: max-content minmax(0, 1fr); gap: 10px; align-items: start; max-width: 340px; }
.map-tip > div { display: grid; gap: 2px; }
.map-tip > div:only-child { grid-column: 1 / -1; }
.map-tip p { margin: 0; }
.map-tip canvas { border-radius: 4px; background: var(--canvas); width: 84px; height: 84px; }
.map-foot { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 18px; padding: 5px 14px 6px; border-top: 1px solid var(--border); font-size: 12px; flex: none; }
.map-foot p { margin: 0; }
.map-said { font-weight: 600; }
.map-settings { flex: 1 0 100%; font-size: 11px; }
.map-settings a { color: var(--accent); }
.map-key { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0 0 0 auto; padding: 0; list-style: none; }
.map-key li { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.map-key i { width: 10px; height: 10px; border-radius: 50%; box-shadow: 0 0 0 1px var(--border); }
.map-foot .map-legend { width: 250px; margin: 0 0 0 auto; }
.map-note { padding: 6px 14px; font-size: 12px; color: var(--muted); background: var(--surface); border-bottom: 1px solid var(--border); margin: 0; flex: none; }
@media (max-width: 1180px) {
  .map-bar .labelled > span:first-child { position: absolute; clip-path: inset(50%); width: 1px; overflow: hidden; }
  .map-bar .field { max-width: 128px; }
}
@media (max-width: 640px) { .map-foot { padding: 5px 10px; } .map-foot .map-legend { width: 100%; } }
`;
