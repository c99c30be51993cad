/** How the views look; colours are roles of `theme.ts`. */

const SHARED = `
.view-bar {
  display: flex; align-items: center; gap: 4px 12px; padding: 5px 14px 0; min-height: 38px; flex-wrap: wrap; flex: none;
}
.view-bar .fill { flex: 1 1 0; }
.view-bar .button { height: 26px; }
.trail { display: inline-flex; align-items: center; gap: 4px; flex-wrap: wrap; }
.order { display: inline-flex; align-items: center; gap: 8px; min-width: 0; }
.order > .muted { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.amount { white-space: nowrap; }
@media (max-width: 1180px) { .amount .extra { display: none; } }
@media (min-width: 641px) {
  .view-bar { flex-wrap: nowrap; }
  .trail { min-width: 0; overflow: hidden; }
}
@media (max-width: 640px) { .view-bar .order { order: 1; flex: 1 0 100%; justify-content: space-between; padding-bottom: 4px; } }
.view-bar .button { flex: none; }
.view-bar .area { flex: none; } .view-bar .area select { height: 26px; max-width: 150px; }
@media (max-width: 1180px) { .view-bar .area select { max-width: 92px; } }
.view-bar > span:has(> .area) { flex: none; }
.view-bar:has(> .area-of) { flex-wrap: wrap; }
.area-of { flex: 1 0 100%; margin: -2px 0 2px; font-size: 12px; }
@media (min-width: 641px) { .view-bar:has(> .area-of) .order { max-width: 46%; } }
/* A shadow at the edge over which a table goes on; it is covered where the table ends. */
.layer-table {
  background:
    linear-gradient(to right, var(--page) 40%, transparent) left / 36px 100% local,
    linear-gradient(to left, var(--page) 40%, transparent) right / 36px 100% local,
    linear-gradient(to right, var(--strong-border), transparent) left / 14px 100% scroll,
    linear-gradient(to left, var(--strong-border), transparent) right / 14px 100% scroll,
    var(--page);
  background-repeat: no-repeat;
}
.exports { display: grid; gap: 8px; margin: 12px 0; }
.export-choice {
  display: grid; grid-template-columns: 48px 1fr; gap: 12px; align-items: baseline; padding: 10px 14px; text-align: left;
  border: 1px solid var(--border); border-radius: 8px; background: var(--surface); cursor: pointer;
}
.export-choice:hover { background: var(--hover); border-color: var(--strong-border); }
.over { position: absolute; inset: 0; background: color-mix(in srgb, var(--page) 82%, transparent); }
.side-a { color: var(--side-a); } .side-b { color: var(--side-b); }
.state { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; }
.state svg, .state-line svg { width: 13px; height: 13px; flex: none; }
`;

const OVERVIEW = `
.overview { height: 100%; display: flex; flex-direction: column; min-height: 0; }
.stage-place { position: relative; flex: 1; min-height: 0; overflow: hidden; }
.stage { position: absolute; inset: 0; overflow: hidden; touch-action: manipulation; }
.stage:focus-visible { outline-offset: -3px; }
.plane { position: absolute; inset: 0; transform-origin: 0 0; }
.plane canvas { position: absolute; inset: 0; pointer-events: none; image-rendering: pixelated; }
.frames, .names { position: absolute; inset: 0; pointer-events: none; }
.frames > * , .names > * { position: absolute; contain: strict; }
.frames .tile { background: var(--surface); border-radius: 7px; box-shadow: inset 0 0 0 1px var(--border); }
.frames .group { border-radius: 9px; box-shadow: inset 0 0 0 1px var(--strong-border); background: var(--page); }
.names button { border: 0; background: none; padding: 0 9px; text-align: left; pointer-events: auto; cursor: zoom-in;
  display: flex; align-items: center; gap: 7px; overflow: hidden; white-space: nowrap; border-radius: 7px; line-height: 1; }
.names .name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; min-width: 0; flex: 0 1 auto; line-height: 1.3; }
.names .size { color: var(--muted); font-size: 12px; flex: none; }
.names .counts { margin-left: auto; display: inline-flex; gap: 7px; flex: 0 0 auto; }
.names .count { display: inline-flex; align-items: center; gap: 3px; font-size: 12px; }
.names .count svg { width: 12px; height: 12px; }
.names .count path { stroke-width: 0.28; stroke-linecap: round; }
.names .count rect { stroke: #7b8494; stroke-width: 0.1; }
.names .group-header { color: var(--muted); }
.names .group-header .name { font-weight: 500; font-size: 12px; }
.names button:hover .name { color: var(--accent); text-decoration: underline; text-underline-offset: 3px; }
.tip {
  position: absolute; left: 0; top: 0; z-index: 20; pointer-events: none; max-width: 300px; padding: 9px 12px;
  display: grid; gap: 3px; border-radius: 8px; border: 1px solid var(--strong-border); background: var(--raised);
  box-shadow: var(--shadow); font-size: 12.5px;
}
.tip-head { display: flex; gap: 8px; align-items: center; }
.tip dl { display: grid; grid-template-columns: max-content max-content max-content; gap: 1px 12px; margin: 3px 0; }
.tip dd.number { font-weight: 600; text-align: right; }
.tip .state-line { display: flex; gap: 6px; align-items: baseline; }
.standing {
  position: absolute; left: 50%; top: 14px; transform: translateX(-50%); margin: 0; padding: 4px 12px; border-radius: 14px;
  background: var(--raised); border: 1px solid var(--strong-border); box-shadow: var(--shadow); font-size: 12px; z-index: 10;
}
`;

/** All rules of the views, in one sheet. */
export const VIEWS_CSS = SHARED + OVERVIEW;
