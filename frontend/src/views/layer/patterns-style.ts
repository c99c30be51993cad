/** How the matrix of responses and the groups look. */
export const PATTERNS_CSS = `
.patterns { overflow: auto; }
.patterns, .groups-view { flex: 1; min-height: 0; display: flex; flex-direction: column; border-top: 1px solid var(--border); }
.view-bar.pattern-bar { flex-wrap: wrap; height: auto; } .pattern-bar > * { flex-shrink: 0; } .pattern-bar .field[aria-label="Responses"] { max-width: 240px; }
.pattern-missing { position: relative; flex: 1; }
.pattern-bar { padding-top: 6px; flex-wrap: wrap; } .pattern-bar .filter-field { flex: 1 1 200px; min-width: 180px; }
.no-subsets { margin: 0; padding: 14px 16px; }
.pattern-facts { margin: 0; padding: 2px 16px 0; font-size: 12px; }
.pattern-place { position: relative; flex: 1 0 280px; overflow: hidden; }
.pattern-picture { position: absolute; inset: 0; }
.pattern-picture canvas { position: absolute; left: 0; top: 0; display: block; }
.pattern-keys { position: absolute; padding: 0; border: 0; background: none; cursor: pointer; }
.pattern-pointed, .pattern-chosen { position: absolute; pointer-events: none; }
.pattern-pointed { outline: 1px solid var(--text); outline-offset: 0; background: color-mix(in srgb, var(--text) 12%, transparent); }
.pattern-chosen { outline: 2px solid var(--side-a); }
.pattern-head canvas, .pattern-tip canvas { position: static; }
.pattern-head { position: absolute; overflow: hidden; white-space: nowrap; }
.pattern-dot { position: absolute; width: 4px; height: 4px; margin: -2px; border-radius: 50%; background: #fff; box-shadow: 0 0 0 1px #10131a; pointer-events: none; }
.pattern-tracked { position: absolute; width: 9px; height: 8px; margin-top: -4px; padding: 0; border: 0; background: var(--side-a); clip-path: polygon(0 50%, 100% 0, 100% 100%); cursor: pointer; }
.pattern-tracked.in-key { position: static; display: inline-block; margin: 0 2px; cursor: default; }
.pattern-tracked:hover, .pattern-tracked:focus-visible { background: var(--text); }
.pattern-tip .pattern-example { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 10px; align-items: center; padding-bottom: 6px; margin-bottom: 3px; border-bottom: 1px solid var(--border); }
.pattern-example > span:not(.pattern-tokens) { display: grid; grid-column: -2; }
.pattern-example img { width: 48px; height: 48px; object-fit: contain; image-rendering: pixelated; background: var(--canvas); border: 1px solid var(--border); border-radius: 4px; }
.pattern-tokens { grid-column: 1 / -1; font-family: var(--mono); font-size: 11.5px; overflow-wrap: anywhere; }
.pattern-key { flex: none; display: flex; flex-wrap: wrap; gap: 4px 22px; align-items: center; padding: 4px 16px 6px; font-size: 11.5px; }
.pattern-key figure { margin: 0; width: 320px; } .pattern-key svg { display: block; width: 100%; height: 9px; }
.pattern-key .ticks { position: relative; height: 15px; color: var(--muted); }
.pattern-key .ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.pattern-key .ticks span:first-child { transform: none; } .pattern-key .ticks span:last-child { transform: translateX(-100%); }
.pattern-key .strip-key { margin: 0; } .strip-key .undefined { display: inline-block; width: 10px; height: 10px; vertical-align: -1px; background: var(--strong-border); border-radius: 2px; }
.group-list { flex: 1; min-height: 0; overflow: auto; margin: 0; padding: 4px 16px 14px; list-style: none; display: grid; gap: 8px; align-content: start; }
.group-card { display: grid; grid-template-columns: minmax(180px, 250px) minmax(150px, 1.1fr) minmax(120px, 1fr) minmax(0, 1.5fr); gap: 8px 20px; padding: 10px 12px; border: 1px solid var(--border); border-radius: 8px; background: var(--surface); align-items: start; }
.group-card h3 { margin: 0; font-size: 13px; font-weight: 600; display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap; }
.group-card h3 .muted { font-weight: 400; font-size: 12px; }
.group-card h4 { margin: 0 0 4px; font-size: 11.5px; font-weight: 400; color: var(--muted); }
.group-card figure { margin: 0; min-width: 0; }
.group-card[aria-current] { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.group-flow { display: grid; gap: 1px; margin-top: 8px; font-size: 11.5px; } .group-flow h4 { margin: 0; }
.group-flow > div { display: grid; grid-template-columns: 4ch minmax(0, 1fr) max-content; gap: 6px; } .group-flow > div > span:nth-child(2) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.group-flow .button { justify-self: start; margin-top: 4px; height: 24px; font-size: 11.5px; }
.group-life { display: block; width: 100%; height: 54px; cursor: pointer; overflow: visible; }
.group-units { display: grid; gap: 1px; }
.group-units button { display: grid; grid-template-columns: 5ch minmax(0, 1fr) 5ch; gap: 6px; align-items: center; padding: 1px 4px; border: 0; background: none; border-radius: 3px; cursor: pointer; font-size: 12px; text-align: right; }
.group-units button:has(> .unit-icon-place) { grid-template-columns: fit-content(45%) 5ch minmax(0, 1fr) 5ch; }
.group-units button:hover { background: var(--hover); } .group-units button[aria-pressed="true"] { background: var(--accent-soft); }
.group-units .length { height: 8px; background: var(--accent); border-radius: 2px; justify-self: start; }
.group-profile { display: grid; gap: 1px; font-size: 11.5px; }
.group-profile div { display: grid; grid-template-columns: minmax(3ch, 9ch) minmax(0, 1fr); gap: 6px; align-items: center; }
.group-profile span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.group-profile .track { position: relative; height: 8px; }
.group-profile .track i { position: absolute; left: 0; top: 0; bottom: 0; background: var(--muted); border-radius: 2px; }
.group-profile.signed .track { background: linear-gradient(var(--strong-border), var(--strong-border)) center / 1px 100% no-repeat; }
.group-profile.signed .towards { left: 50%; } .group-profile.signed .against { left: auto; right: 50%; }
.group-pictures { display: flex; flex-wrap: wrap; gap: 5px; }
.group-pictures figure { width: 46px; font-size: 10.5px; text-align: center; line-height: 1.25; }
.group-pictures img, .group-pictures canvas { width: 46px; height: 46px; object-fit: contain; image-rendering: pixelated; background: var(--canvas); border: 1px solid var(--border); border-radius: 4px; display: block; }
.group-pictures .text { width: auto; max-width: 220px; text-align: left; font-family: var(--mono); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.group-pictures figcaption { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); }
.group-examples { display: grid; gap: 8px; min-width: 0; }
@media (max-width: 1100px) { .group-card { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
@media (max-width: 640px) {
  .body .stack:has(.patterns), .body .stack:has(.groups-view) { height: 760px; }
  .group-card { grid-template-columns: minmax(0, 1fr); }
  .pattern-key figure { width: 100%; }
}
`;
