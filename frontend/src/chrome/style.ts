/** How the chrome looks: sizes, spaces and states; colours are roles of `theme.ts`. */

const GROUND = `
*, *::before, *::after { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  background: var(--page); color: var(--text);
  font: 13px/1.45 var(--font); font-variant-numeric: tabular-nums;
  -webkit-font-smoothing: antialiased;
}
h1, h2, h3, p, dl, dd, figure { margin: 0; }
button, select, input { font: inherit; color: inherit; }
code, pre { font-family: var(--mono); font-size: 12px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
.muted { color: var(--muted); }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { transition: none !important; animation: none !important; }
}
`;

const CONTROLS = `
.button, .field {
  height: 28px; padding: 0 10px; border: 1px solid var(--border); border-radius: 6px;
  background: var(--raised); color: var(--text);
  display: inline-flex; align-items: center; justify-content: center; gap: 6px; white-space: nowrap;
  transition: background-color 120ms, border-color 120ms;
}
.button { cursor: pointer; }
.button:hover:not(:disabled), .field:hover { background: var(--hover); border-color: var(--strong-border); }
.button:disabled { color: var(--muted); cursor: default; opacity: 0.6; }
.button.icon { width: 28px; padding: 0; }
.button.quiet { border-color: transparent; background: transparent; }
.button.strong { background: var(--accent); border-color: var(--accent); color: var(--page); font-weight: 600; }
.button.strong:hover { filter: brightness(1.08); background: var(--accent); }
.button svg { width: 15px; height: 15px; flex: none; }
select.field {
  appearance: none; padding: 0 24px 0 9px; text-overflow: ellipsis; cursor: pointer; min-width: 0;
  background-repeat: no-repeat; background-position: right 8px center;
  background-image: linear-gradient(45deg, transparent 50%, var(--muted) 50%),
    linear-gradient(-45deg, transparent 50%, var(--muted) 50%);
  background-size: 5px 5px, 5px 5px; background-position: right 12px center, right 8px center;
}
input.field { cursor: text; }
.field option { background: var(--raised); color: var(--text); }
.segments { display: inline-flex; border: 1px solid var(--border); border-radius: 6px; overflow: hidden; }
.segments button {
  height: 26px; min-width: 32px; padding: 0 10px; border: 0; background: var(--raised); cursor: pointer;
}
.segments button + button { border-left: 1px solid var(--border); }
.segments button:hover { background: var(--hover); }
.segments button[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.segments button:focus-visible { outline-offset: -2px; }
.neighbours { display: inline-flex; align-items: center; gap: 8px; }
.neighbours .button { font-size: 17px; line-height: 1; }
.labelled { display: inline-flex; align-items: center; gap: 6px; min-width: 0; }
select.statistic { max-width: 210px; }
select.class-of { max-width: 96px; }
select[aria-disabled="true"] { color: var(--muted); }
.labelled > span:first-child { color: var(--muted); }
.chip {
  display: inline-flex; align-items: center; gap: 5px; height: 24px; padding: 0 6px; border-radius: 12px;
  border: 1px solid var(--border); background: var(--raised); cursor: pointer; white-space: nowrap;
}
.chip:hover { background: var(--hover); border-color: var(--strong-border); }
.chip[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
.chip.none { color: var(--muted); }
.chip svg { width: 13px; height: 13px; flex: none; }
.bubble {
  position: fixed; z-index: 40; max-width: 320px; padding: 8px 11px; border-radius: 8px;
  background: var(--raised); color: var(--text); border: 1px solid var(--strong-border);
  box-shadow: var(--shadow); pointer-events: none; line-height: 1.45;
}
`;

const SHELL = `
.shell {
  height: 100vh; min-height: 420px; display: grid; grid-template-rows: auto auto minmax(0, 1fr) auto;
  overflow: hidden;
}
.bar {
  display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; padding: 9px 14px;
  background: var(--surface); border-bottom: 1px solid var(--border);
}
.bar .fill { flex: 1 1 0; }
.side { display: inline-flex; align-items: center; min-width: 0; }
.side .badge {
  width: 24px; height: 28px; border-radius: 6px 0 0 6px; display: grid; place-items: center;
  color: var(--page); font-weight: 700; flex: none;
}
.side.a .badge { background: var(--side-a); }
.side.b .badge { background: var(--side-b); }
.side.idle .badge { background: var(--muted); }
.side .field { border-radius: 0; border-left: 0; }
.side .field:last-child { border-radius: 0 6px 6px 0; }
.side select.run { max-width: 190px; }
.side input.step { width: 92px; text-align: right; }
.side select.step { max-width: 150px; }
.path {
  display: flex; align-items: center; gap: 8px 18px; padding: 6px 14px; flex-wrap: wrap;
  border-bottom: 1px solid var(--border); min-height: 58px;
}
.tabs { display: inline-flex; gap: 2px; }
.tabs button {
  height: 30px; padding: 0 12px; border: 0; border-radius: 6px; background: transparent; cursor: pointer;
  color: var(--muted); font-weight: 500;
}
.tabs button:hover { background: var(--hover); color: var(--text); }
.tabs button[aria-current="page"] { color: var(--accent); background: var(--accent-soft); font-weight: 600; }
.crumbs { display: flex; align-items: center; gap: 4px; min-width: 0; flex: 1 1 110px; }
.crumbs ol { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; margin: 0; padding: 0; list-style: none; min-width: 0; }
.crumbs li { display: inline-flex; align-items: center; min-width: 0; }
.crumbs li + li::before { content: "›"; color: var(--muted); margin: 0 4px 0 2px; }
@media (min-width: 641px) {
  .crumbs ol { overflow: hidden; padding: 3px; }
  .crumbs ol { flex-wrap: nowrap; }
  .crumbs li { flex: 0 1 auto; }
  .crumbs li:last-child { flex: none; max-width: 100%; }
}
.crumbs button, .crumbs .here { padding: 2px 5px; border: 0; border-radius: 4px; background: none; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 320px; }
.crumbs button { color: var(--accent); cursor: pointer; }
.crumbs button:hover { background: var(--hover); }
.crumbs .here { font-weight: 600; }
.body { display: grid; grid-template-columns: minmax(0, 1fr) 300px; min-height: 0; }
.body.whole { grid-template-columns: minmax(0, 1fr); }
.view { position: relative; min-width: 0; min-height: 0; overflow: hidden; }
.inspector-place { border-left: 1px solid var(--border); background: var(--surface); overflow: auto; min-height: 0; }
.notice {
  display: flex; align-items: flex-start; gap: 10px; padding: 9px 14px; background: var(--danger-soft); color: var(--text);
  border-bottom: 1px solid var(--border);
}
.notice ul { margin: 2px 0 0; padding-left: 18px; }
.notice .fill { flex: 1; }
.stack { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
.stack > .view { flex: 1; }
.tools { display: inline-flex; gap: 2px; margin-left: auto; }
@media (max-width: 1500px) {
  .bar { gap: 8px 9px; }
  .bar .segments button { padding: 0 8px; }
  .side select.run { max-width: 150px; }
  .side input.step { width: 66px; }
}
@media (max-width: 1180px) {
  .body { grid-template-columns: minmax(0, 1fr) 250px; }
  .bar .fill { display: none; }
  .bar .labelled > span:first-child { position: absolute; clip-path: inset(50%); width: 1px; overflow: hidden; }
  .side select.run { max-width: 124px; }
  .segments button { padding: 0 8px; }
}
@media (max-width: 1040px) {
  .bar { gap: 8px 6px; }
  .bar select.field { padding: 0 17px 0 6px; background-position: right 9px center, right 5px center; }
  .side .badge { width: 20px; }
  .side select.run { max-width: 88px; }
  .side input.step { width: 58px; padding: 0 6px; }
  .side select.step { max-width: 100px; }
  .bar .labelled select.field { max-width: 122px; }
  .bar .labelled select.statistic { max-width: 84px; }
  .bar .labelled select.class-of { max-width: 52px; }
  .path .legend figure { width: 250px; }
  .bar .tools { gap: 0; }
  .bar .tools .button { width: 26px; }
}
@media (max-width: 760px) {
  .shell { height: auto; min-height: 100vh; grid-template-rows: auto auto auto auto; overflow: visible; }
  .body { grid-template-columns: minmax(0, 1fr); }
  .body .stack { height: 60vh; min-height: 380px; }
  .inspector-place { border-left: 0; border-top: 1px solid var(--border); }
  .bar, .path { padding-left: 10px; padding-right: 10px; }
}
@media (max-width: 640px) {
  .shell { display: flex; flex-direction: column; min-height: 0; }
  .body { display: contents; }
  .inspector-place { order: 1; }
  .view:has(> .unit-view) { overflow: visible; }
  .view > .unit-view { position: static; }
  .body .stack:has(.unit-view) { height: auto; min-height: 0; }
  .path { min-height: 0; }
  .segments button { padding: 0 6px; min-width: 28px; }
}
`;

const LEGEND = `
.legend { display: flex; align-items: flex-end; gap: 6px 16px; flex-wrap: wrap; }
.legend figure { display: grid; grid-template-columns: minmax(0, 1fr); justify-items: stretch; width: 276px; max-width: 100%; }
.legend .scale-name { display: flex; justify-content: space-between; gap: 8px; font-size: 11px; line-height: 14px; color: var(--muted); }
.legend .scale-name b { color: var(--text); font-weight: 600; }
.legend .scale-name > span { white-space: nowrap; }
.legend .scale-name > span:first-child { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
@media (min-width: 1181px) { .legend figure.long { width: 320px; } }
.legend canvas { width: 100%; height: 22px; display: block; border-radius: 2px; }
.legend .ticks { position: relative; height: 13px; font-size: 10px; line-height: 13px; color: var(--muted); }
.legend .ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.legend .ticks span:first-child { transform: none; }
.legend .ticks span:last-child { transform: translateX(-100%); }
.legend summary { cursor: pointer; padding: 2px 0; }
.legend details[open] > figure { margin: 4px 0 8px; }
.chips { display: inline-flex; flex-wrap: wrap; gap: 4px; align-self: center; align-items: center; }
.chips > .side-a { font-weight: 600; }
.chip-note { display: inline-flex; align-items: center; gap: 5px; padding: 0 4px; white-space: nowrap; }
.chip-note svg { width: 13px; height: 13px; flex: none; }
`;

const RIBBON = `
.ribbon {
  display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 4px 14px; align-items: center;
  padding: 8px 14px 6px; background: var(--surface); border-top: 1px solid var(--border); overflow-x: clip;
}
.ribbon .transport { display: grid; gap: 6px; justify-items: center; }
.ribbon .play { width: 38px; height: 38px; border-radius: 50%; }
.ribbon .play svg { width: 18px; height: 18px; }
.ribbon .speed { display: inline-flex; align-items: center; gap: 1px; font-size: 11px; color: var(--muted); }
.ribbon .speed button { width: 20px; height: 20px; padding: 0; border: 0; border-radius: 4px; background: none; cursor: pointer; color: inherit; }
.ribbon .speed button:hover { background: var(--hover); color: var(--text); }
.ribbon .track { position: relative; cursor: ew-resize; touch-action: none; border-radius: 4px; }
.ribbon .track canvas, .ribbon .track > svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.ribbon .track svg { pointer-events: none; overflow: visible; }
.ribbon .marker { position: absolute; left: 0; top: 0; pointer-events: none; will-change: transform; }
.ribbon .marker svg { display: block; }
.ribbon .reading { min-width: 168px; display: grid; gap: 1px; font-size: 12px; justify-items: start; align-content: center; }
.ribbon .reading .title { max-width: 190px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ribbon .reading .title.side-b { font-weight: 600; }
.ribbon .reading .step { font-size: 20px; line-height: 1.15; font-weight: 600; }
.ribbon .reading .status {
  height: auto; padding: 1px 6px; margin: 1px 0 0 -6px; font-size: 12px; color: var(--muted);
  display: grid; justify-items: start; gap: 0; line-height: 1.35;
}
.ribbon .reading .status.alarm { color: var(--danger); }
.ribbon .reading .status .number { display: inline-block; text-align: right; }
.curve-values { border-collapse: collapse; line-height: 1.35; }
.curve-values th { font-weight: 400; text-align: left; padding: 0 10px 0 0; white-space: nowrap; }
.curve-values thead th[scope="col"] { font-weight: 600; }
.curve-values td { padding: 0 10px 0 0; }
.line-key { width: 18px; height: 4px; vertical-align: middle; margin-right: 2px; }
.digits { display: inline-block; text-align: right; }
.live-dot { width: 7px; height: 7px; margin-right: 5px; border-radius: 50%; background: #24a148; display: inline-block; }
@media (max-width: 760px) {
  .ribbon { grid-template-columns: auto minmax(0, 1fr); position: sticky; bottom: 0; z-index: 5; padding: 8px 10px; }
  .ribbon .track { grid-column: 1 / -1; grid-row: 1; }
  .ribbon .transport { display: flex; }
  .ribbon .reading { display: flex; flex-wrap: wrap; align-items: center; gap: 0 12px; }
}
@media (max-width: 640px) {
  .ribbon { position: static; border-bottom: 1px solid var(--border); }
}
`;

const PANELS = `
.centre { height: 100%; min-height: 300px; display: grid; place-items: center; padding: 24px; overflow: auto; }
.card {
  max-width: 660px; width: 100%; padding: 26px 30px; border: 1px solid var(--border); border-radius: 12px;
  background: var(--surface);
}
.card h2 { font-size: 19px; line-height: 1.3; margin-bottom: 8px; }
.card p + p, .card .block, .card .block + p { margin-top: 12px; }
.card p code { white-space: nowrap; }
.card .row { display: flex; gap: 10px; margin-top: 16px; align-items: center; flex-wrap: wrap; }
.snippet { position: relative; }
.snippet pre {
  margin: 0; padding: 14px 16px; border-radius: 8px; background: var(--raised); border: 1px solid var(--border);
  overflow: auto; line-height: 1.6;
}
.snippet .button { position: absolute; top: 8px; right: 8px; }
dialog.panel {
  border: 1px solid var(--strong-border); border-radius: 12px; padding: 0; background: var(--raised); color: var(--text);
  box-shadow: var(--shadow); width: min(760px, calc(100vw - 32px)); max-height: calc(100vh - 48px); overflow: hidden;
}
dialog.panel[open] { display: flex; flex-direction: column; }
dialog.panel::backdrop { background: rgb(10 14 22 / 42%); }
dialog.panel > header { display: flex; align-items: center; justify-content: space-between; padding: 14px 20px 10px; }
dialog.panel > header h2 { font-size: 16px; }
dialog.panel > .content { padding: 4px 20px 20px; overflow: auto; }
dialog.panel h3 { font-size: 12px; font-weight: 600; color: var(--muted); margin: 16px 0 6px; }
dialog.panel ul:not(.found) { margin: 0; padding-left: 18px; }
dialog.panel dl.pairs { display: grid; grid-template-columns: max-content 1fr; gap: 5px 14px; align-items: baseline; align-content: start; }
dialog.panel dl.pairs dt { display: inline-flex; align-items: center; gap: 6px; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 28px; }
@media (max-width: 640px) {
  .columns { grid-template-columns: 1fr; gap: 5px; }
  .columns dl.pairs { grid-template-columns: 86px 1fr !important; }
  dialog.panel { width: calc(100vw - 16px); max-height: calc(100vh - 16px); }
  dialog.panel > .content { padding: 2px 14px 14px; }
}
kbd {
  font: 11px/1 var(--mono); padding: 4px 6px; border-radius: 4px; border: 1px solid var(--border);
  border-bottom-width: 2px; background: var(--surface); display: inline-block; min-width: 22px; text-align: center;
}
.hits { height: 404px; overflow: auto; }
.found { list-style: none; margin: 8px 0 0; padding: 0; }
.found button { display: flex; width: 100%; justify-content: space-between; gap: 12px; padding: 6px 9px; border: 0; border-radius: 6px; background: none; cursor: pointer; text-align: left; }
.found button .grow { flex: 1; }
.found button:hover, .found button:focus-visible, .found button.first { background: var(--hover); }
.skeleton { position: absolute; inset: 14px; display: grid; grid-template-columns: 3fr 2fr; grid-template-rows: 2fr 1fr; gap: 8px; }
.skeleton i { border-radius: 6px; background: var(--canvas); animation: breathe 1.6s ease-in-out infinite; }
.skeleton i:first-child { grid-row: span 2; }
@keyframes breathe { 50% { opacity: 0.45; } }
`;

/** All rules of the chrome, in one sheet. */
export const CHROME_CSS = GROUND + CONTROLS + SHELL + LEGEND + RIBBON + PANELS;
