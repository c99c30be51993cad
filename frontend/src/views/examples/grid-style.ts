/** How activation grids look. */
export const GRID_CSS = `
.grid-parts { flex: 1; min-height: 0; overflow: auto; display: grid; grid-template-columns: minmax(0, 1fr) 372px; align-items: start; }
.grid-wall, .grid-layers { display: grid; grid-template-columns: repeat(auto-fill, minmax(142px, 1fr)); gap: 12px 12px; margin: 0; padding: 12px 14px 18px; list-style: none; }
.grid-wall.wide { grid-template-columns: minmax(0, 1fr); }
.grid-layers { grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); padding: 4px 0 0; }
.grid-large { padding: 12px 14px 18px; min-width: 0; }
.grid-caption { display: flex; justify-content: space-between; gap: 8px; width: 100%; padding: 2px 2px 3px; border: 0; background: none; cursor: pointer; font-size: 12px; text-align: left; color: var(--text); white-space: nowrap; overflow: hidden; }
.grid-caption b { overflow: hidden; text-overflow: ellipsis; }
.grid-caption:hover b { text-decoration: underline; }
.grid-layers li { padding: 5px 7px 8px; border: 1px solid transparent; border-radius: 8px; }
.grid-layers li.read { border-color: var(--accent); background: var(--accent-soft); }
.grid-cells { position: relative; width: 100%; border-radius: 4px; overflow: hidden; cursor: crosshair; max-height: 320px; }
.grid-cells.single { width: 64px; }
.grid-cells:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.grid-cells canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.grid-tokens { display: flex; flex-wrap: wrap; gap: 2px; }
.grid-tokens button { display: grid; justify-items: center; grid-template-rows: 26px auto; align-items: center; min-width: 28px; padding: 1px 3px 2px; border: 1px solid transparent; border-radius: 5px; background: none; cursor: pointer; font-size: 12px; color: var(--text); }
.grid-tokens button:hover { background: var(--hover); }
.grid-tokens button[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); }
.grid-key .keys { display: flex; align-items: center; gap: 9px; font-size: 12px; min-width: 0; }
.grid-key .components { display: inline-flex; align-items: center; gap: 3px; flex: none; }
.grid-key .components i { background: rgb(235 90 90); width: 6px; height: 6px; }
.grid-key .components i + i { background: rgb(80 190 90); width: 10px; height: 10px; }
.grid-key .components i + i + i { background: rgb(95 110 235); width: 15px; height: 15px; }
.grid-key .shades { flex: none; width: 74px; height: 10px; border-radius: 2px; background: linear-gradient(to right, var(--against), var(--canvas), var(--favour)); }
.grid-key .more { cursor: help; text-decoration: underline dotted; font-size: 12px; }
.grid-position { position: sticky; top: 0; align-self: start; max-height: 100%; overflow: auto; border-left: 1px solid var(--border); padding: 12px 14px 18px; font-size: 12px; min-height: 100%; box-sizing: border-box; background: var(--page); }
.grid-position header { display: flex; gap: 12px; align-items: flex-start; margin-bottom: 10px; }
.grid-none { padding: 14px; font-size: 13px; }
.grid-position header canvas { width: 92px; height: 92px; border-radius: 4px; flex: none; }
.grid-position h2 { margin: 0 0 2px; font-size: 15px; font-weight: 600; }
.grid-position h3 { margin: 12px 0 5px; font-size: 13px; font-weight: 600; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
.grid-position h3 .muted { font-weight: 400; font-size: 11.5px; }
.grid-position h3 .segments { margin-left: auto; }
.grid-position h3 .segments button { height: 24px; padding: 0 8px; font-size: 11.5px; font-weight: 400; }
.grid-position p { margin: 0; }
.position-classes, .position-units { margin: 0; padding: 0; list-style: none; }
.position-classes button { display: grid; grid-template-columns: 74px minmax(0, 1fr) 58px; gap: 8px; align-items: center; width: 100%; height: 21px; padding: 0 5px; border: 0; border-radius: 4px; background: none; cursor: pointer; text-align: left; font-size: 12px; color: var(--text); }
.position-classes button:hover, .position-units button:hover { background: var(--hover); }
.position-classes button[aria-pressed="true"] { background: var(--accent-soft); font-weight: 600; }
.position-classes .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.position-classes .two-sided { height: 12px; }
.position-classes .two-sided b { top: -5px; bottom: -5px; }
.position-classes .number, .position-units .number { text-align: right; font-variant-numeric: tabular-nums; }
.position-units { margin-top: 4px; }
.position-units button { display: grid; grid-template-columns: auto 28px minmax(0, 1fr) 84px 52px; gap: 7px; align-items: center; width: 100%; min-height: 34px; padding: 2px 5px; border: 0; border-radius: 5px; background: none; cursor: pointer; text-align: left; font-size: 12px; color: var(--text); }
.position-units .icon { display: flex; min-width: 30px; max-width: 110px; overflow: hidden; }
.position-units .icon:empty { display: none; }
.position-units .activation { display: grid; grid-template-columns: minmax(0, 1fr) 46px; align-items: center; gap: 6px; }
.position-units .activation i { height: 9px; border-radius: 2px; background: var(--accent); min-width: 1px; }
.class-bars { width: 84px; height: 26px; display: block; }
.class-bars .zero { stroke: var(--strong-border); stroke-width: 1; vector-effect: non-scaling-stroke; }
.class-bars .read { fill: var(--accent-soft); }
@media (max-width: 1100px) {
  .grid-parts { grid-template-columns: minmax(0, 1fr) 286px; }
  .grid-wall { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 8px; padding: 10px; }
  .grid-wall .grid-caption { display: block; }
  .grid-wall .grid-caption span { display: block; }
  .grid-layers { grid-template-columns: minmax(0, 1fr); }
  .grid-position header { display: block; }
  .position-units button { grid-template-columns: auto 24px minmax(0, 1fr) 50px 44px; gap: 5px; }
  .position-units .activation { grid-template-columns: minmax(0, 1fr) 38px; gap: 4px; }
  .class-bars { width: 50px; }
}
@media (max-width: 640px) {
  .grid-parts { grid-template-columns: minmax(0, 1fr); }
  .grid-position { position: static; border-left: 0; border-top: 1px solid var(--border); min-height: 0; max-height: none; }
}
`;
