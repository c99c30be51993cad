/** How the unit view looks. */
export const UNIT_CSS = `
.unit-view { position: absolute; inset: 0; overflow: auto; padding: 12px 16px 20px; }
.unit-head { display: flex; align-items: center; gap: 6px 16px; flex-wrap: wrap; min-height: 30px; }
.unit-head h2 { font-size: 18px; font-weight: 600; overflow-wrap: anywhere; }
.unit-head h2 .muted { font-weight: 400; }
.unit-head .fill { flex: 1 1 0; }
.unit-head .state { padding: 2px 8px; border: 1px solid var(--border); border-radius: 12px; }
.unit-head .state svg { flex: none; }
.unit-tools { display: flex; align-items: center; gap: 16px; white-space: nowrap; }
@media (max-width: 1180px) { .unit-head { gap: 6px 10px; } .unit-head h2 { font-size: 16px; } .unit-head .wide { display: none; } .unit-tools { gap: 10px; } .unit-head .neighbours { gap: 5px; } .unit-head .state { padding: 2px 7px; } }
.check { display: inline-flex; align-items: center; gap: 6px; cursor: pointer; }
.check input { accent-color: var(--accent); width: 15px; height: 15px; margin: 0; }
.lives { display: grid; gap: 10px; margin: 10px 0 14px; }
.life { display: grid; gap: 7px; }
.strip { position: relative; height: 12px; border-radius: 3px; background: var(--canvas); overflow: hidden; box-shadow: 0 0 0 1px var(--strong-border); }
.strip i { position: absolute; top: 0; bottom: 0; min-width: 1px; }
.strip .now { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--side-a); outline: 1px solid var(--page); }
.strip .now.b { background: var(--side-b); }
.strip-key { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0; padding: 0; list-style: none; font-size: 11.5px; }
.strip-key li { display: inline-flex; align-items: center; gap: 5px; }
.strip-key svg, .strip-key i { width: 12px; height: 12px; flex: none; }
.strip-key i { border-radius: 2px; border: 1px solid var(--strong-border); }
.events { display: flex; flex-wrap: wrap; gap: 4px 6px; margin: 0; padding: 0; list-style: none; align-items: center; }
.events button {
  display: inline-flex; align-items: center; gap: 6px; padding: 3px 10px; border: 1px solid var(--border); border-radius: 12px;
  background: var(--raised); cursor: pointer; font-size: 12px; text-align: left;
}
.events button:hover { background: var(--hover); }
.events svg { width: 13px; height: 13px; flex: none; }
.events .alive { width: 9px; height: 9px; border-radius: 50%; background: #24a148; flex: none; }
.unit-table { height: max(300px, calc(100% - 130px)); display: flex; border: 1px solid var(--border); border-radius: 8px; overflow: hidden; }
.life > b { font-size: 12px; line-height: 1; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 0 28px; }
.charts > * { grid-row: span 3; padding-bottom: 18px; }
.chart { min-width: 0; display: grid; grid-template: subgrid / minmax(0, 1fr); align-items: start; } .chart.no-second, .chart:has(> .beside) { display: block; }
.chart figcaption { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; margin-bottom: 2px; }
.chart figcaption .muted { font-size: 11.5px; }
.chart-place { position: relative; cursor: col-resize; touch-action: pan-y; }
.chart-place svg { display: block; }
.step-line { position: absolute; top: 8px; bottom: 34px; left: -1px; width: 2px; pointer-events: none; }
.step-line.hair { left: 0; width: 1px; background: var(--muted); }
.chart-tip { max-width: 340px; padding: 7px 10px; font-size: 12px; }
.chart-tip table { border-collapse: collapse; }
.chart-tip th { font-weight: 400; text-align: left; padding: 0 14px 0 0; white-space: nowrap; }
.chart-tip thead th { text-align: right; font-weight: 600; padding: 0 0 0 10px; }
.chart-tip td { text-align: right; font-weight: 600; padding-left: 10px; }
.ridgeline { cursor: pointer; margin-top: 0; } .beside { margin-top: 0; }
.beside-gap { font-size: 12px; margin: 2px 0 0; } .no-second { gap: 8px; max-width: 520px; }
.exactness { font-size: 12px; margin-top: 14px; }
.step-line.a { background: var(--side-a); }
.step-line.b { background: none; border-left: 2px dashed var(--side-b); }
.part-head { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: center; border-top: 1px solid var(--border); padding-top: 12px; }
.part-head h3 { font-size: 15px; font-weight: 600; }
.part { grid-column: 1 / -1; display: grid; gap: 8px; max-width: 720px; }
.flow-of { margin: 0; }
.strands { min-width: 0; display: grid; gap: 4px; align-content: start; }
.strands h4 { margin: 0; font-size: 13px; font-weight: 600; }
.strands ol { margin: 0; padding: 0; list-style: none; display: grid; gap: 3px; }
.strands li { display: grid; grid-template-columns: minmax(0, 17em) minmax(40px, 1fr) 4.6em 4em; gap: 10px; align-items: center; font-size: 12px; }
.strands .end { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: left; }
.strands button.end { display: flex; gap: 6px; align-items: center; border: 0; padding: 2px 0; background: none; color: var(--accent); cursor: pointer; }
.strands button.end:hover { text-decoration: underline; }
.strands .number { text-align: right; }
.strands .track-of-bar { position: relative; height: 12px; }
.strands i { position: absolute; top: 1px; bottom: 1px; border-radius: 2px; min-width: 1px; }
.strands .towards { background: var(--favour); } .strands .against { background: var(--against); }
.strands b { position: absolute; top: 0; bottom: 0; width: 1px; margin-left: -0.5px; background: var(--strong-border); }
.events .sign { width: 13px; text-align: center; font-weight: 700; color: var(--muted); flex: none; }
.no-classes { align-self: center; max-width: 420px; }
.sides { display: inline-flex; gap: 10px; font-weight: 600; }
`;
