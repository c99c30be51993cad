/** How the examples view looks. */
export const EXAMPLES_CSS = `
.examples-view { position: absolute; inset: 0; display: flex; flex-direction: column; min-height: 0; }
.examples-bar { display: flex; align-items: center; flex-wrap: wrap; gap: 6px 12px; padding: 7px 14px; border-bottom: 1px solid var(--border); flex: none; }
.examples-bar.second { padding: 5px 14px; }
.examples-bar.second .button { height: 26px; }
.examples-bar.second select.field { height: 28px; }
.segments > span + span > button { border-left: 1px solid var(--border); }
.examples-bar .fill { flex: 1 1 0; }
.examples-bar select.field { max-width: 190px; }
.examples-bar select.field.target { max-width: 240px; }
.examples-bar .segments button { height: 26px; padding: 0 9px; }
.examples-bar .reads-at b { font-weight: 500; color: var(--text); }
.opacity input { width: 92px; accent-color: var(--accent); margin: 0; }
.opacity .percent { width: 38px; text-align: right; }
.bubble .about p + p { margin-top: 5px; }
.map-legend { width: 250px; margin: 0; flex: none; }
.map-legend .scale-name { display: flex; justify-content: space-between; gap: 8px; font-size: 11px; line-height: 14px; color: var(--muted); white-space: nowrap; }
.map-legend .band { height: 8px; border-radius: 2px; margin: 2px 0 1px; }
.map-legend .ticks { position: relative; height: 13px; font-size: 10px; line-height: 13px; color: var(--muted); }
.map-legend .ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.map-legend .ticks span:first-child { transform: none; }
.map-legend .ticks span:last-child { transform: translateX(-100%); }
.tip .overlap-told { max-width: 300px; }
.examples-note { padding: 6px 14px; font-size: 12px; color: var(--muted); background: var(--surface); border-bottom: 1px solid var(--border); flex: none; }
.filmstrip-place { position: relative; flex: 1; min-height: 0; }
.filmstrip { position: absolute; inset: 0; overflow: auto; overscroll-behavior: contain; }
.filmstrip:focus-visible { outline-offset: -3px; }
.filmstrip .track { position: relative; }
.filmstrip canvas { position: absolute; cursor: pointer; }
.strip-head { position: sticky; top: 0; z-index: 3; background: var(--page); border-bottom: 1px solid var(--border); font-size: 11px; color: var(--muted); }
.strip-head .corner { position: sticky; left: 0; z-index: 1; display: block; height: 100%; padding: 7px 14px 0; background: var(--page); }
.strip-head .step { position: absolute; top: 6px; text-align: center; white-space: nowrap; }
.strip-head .step.now { color: var(--text); font-weight: 700; }
.strip-labels { position: sticky; left: 0; z-index: 2; height: 0; margin: 0; padding: 0; list-style: none; }
.strip-labels li { position: absolute; left: 0; width: 100%; background: var(--page); border-right: 1px solid var(--border); }
.row-label { width: 100%; height: 100%; display: flex; align-items: center; gap: 10px; padding: 4px 8px 4px 14px; border: 0; background: none; text-align: left; cursor: pointer; font-size: 12px; line-height: 1.4; }
.row-label:hover { background: var(--hover); }
.row-label:focus-visible { outline-offset: -2px; }
.row-label img, .detail-head img { width: 48px; height: 48px; object-fit: contain; image-rendering: pixelated; border-radius: 3px; flex: none; }
.row-label .words { min-width: 0; }
.row-label .words > b { font-size: 14px; }
.standing-line { display: block; white-space: nowrap; color: var(--muted); }
.standing-line.forgotten, .standing-line.never { color: var(--danger); }
.standing-line.learned { color: var(--accent); }
.now-column { position: absolute; left: 0; z-index: 1; pointer-events: none; border: 2px solid var(--side-a); border-radius: 5px; }
.now-column.b { border-color: var(--side-b); border-style: dashed; }
.filmstrip-place .tip { z-index: 6; }
.examples-none { position: relative; flex: 1; min-height: 44px; }
.answers-table { flex: 1; min-height: 0; display: flex; }
.example-detail { flex: 1; min-height: 0; overflow: auto; padding: 12px 16px 18px; outline: none; position: relative; }
.detail-head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; margin-bottom: 12px; }
.detail-head h2 { font-size: 18px; font-weight: 600; }
.detail-head h2 .muted { font-weight: 400; }
.detail-head .fill { flex: 1 1 0; }
.detail-head .standing-line { padding: 2px 10px; border: 1px solid var(--border); border-radius: 12px; cursor: help; }
.detail-parts { display: grid; grid-template-columns: minmax(0, 3fr) minmax(280px, 2fr); gap: 14px 26px; align-items: start; }
.big-maps { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6px 14px; max-width: 760px; }
.big-maps.single { grid-template-columns: minmax(0, 620px); }
.panel-map { margin: 0; min-width: 0; }
.panel-map figcaption, .trajectory figcaption { font-size: 12px; color: var(--muted); margin-bottom: 4px; }
.panel-place { position: relative; width: 100%; border-radius: 4px; overflow: hidden; cursor: crosshair; }
.panel-place canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.place-frame { position: absolute; outline: 2px solid #ffffff; box-shadow: 0 0 0 3px #10131a; pointer-events: none; }
.reading-line { grid-column: 1 / -1; font-size: 12px; min-height: 18px; }
.big-words { line-height: 2; max-width: 74ch; font-size: 15px; overflow-wrap: anywhere; margin: 0; }
.big-words .word { border-radius: 3px; padding: 2px 3px; margin-right: 2px; white-space: pre-wrap; }
.trajectory { margin: 0; min-width: 0; }
.trajectory svg { display: block; cursor: pointer; }
.all-methods { margin-top: 16px; }
.all-methods h3 { font-size: 12px; font-weight: 400; color: var(--muted); margin: 0 0 8px; }
.all-methods ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(124px, 1fr)); gap: 8px; margin: 0; padding: 0; list-style: none; }
.method-button { display: block; width: 100%; padding: 7px; border: 1px solid var(--border); border-radius: 8px; background: var(--raised); cursor: pointer; text-align: left; font-size: 12px; }
.method-button:hover { background: var(--hover); border-color: var(--strong-border); }
.method-button[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); }
.method-button canvas { width: 100%; display: block; border-radius: 3px; }
.method-name { display: flex; align-items: center; gap: 6px; margin-top: 6px; min-width: 0; min-height: 30px; }
.method-name > span:not(.unseen) { line-height: 1.25; min-width: 0; overflow-wrap: anywhere; }
.method-name .mark-glyph { width: 13px; height: 13px; }
@media (max-width: 1180px) {
  .detail-parts { grid-template-columns: minmax(0, 1fr); }
  .map-legend { width: 240px; }
}
@media (max-width: 640px) {
  .view:has(> .examples-view) { overflow: visible; }
  .examples-bar { padding: 7px 10px; }
  .examples-bar .labelled > span:first-child { position: absolute; clip-path: inset(50%); width: 1px; overflow: hidden; }
  .trust .muted { display: none; }
  .map-legend { width: 100%; order: 9; }
  .row-label { padding: 2px 6px; gap: 6px; font-size: 11px; }
  .row-label img { width: 26px; height: 26px; }
  .row-label .words > .muted { display: none; }
  .standing-line { white-space: normal; line-height: 1.2; }
  .example-detail { padding: 10px; }
  .big-maps { gap: 6px 8px; }
}
`;
