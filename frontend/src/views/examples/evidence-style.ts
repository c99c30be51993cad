/** How evidence for and against classes looks. */
export const EVIDENCE_CSS = `
.evidence { margin-top: 18px; border-top: 1px solid var(--border); padding-top: 12px; }
.evidence > header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; margin-bottom: 8px; }
.evidence > header h3 { font-size: 15px; font-weight: 600; margin: 0; }
.evidence > header .muted { font-size: 12px; }
.evidence > header select.field { height: 28px; max-width: 240px; }
.evidence-line { display: block; width: 100%; margin: -4px 0 12px; padding: 4px 10px; border: 1px solid var(--border); border-radius: 7px; background: var(--surface); text-align: left; font-size: 12.5px; cursor: pointer; }
.evidence-line:hover { background: var(--hover); }
.evidence-parts { display: grid; grid-template-columns: minmax(0, 6fr) minmax(300px, 5fr); gap: 18px 34px; align-items: start; }
.evidence table { border-collapse: collapse; width: 100%; font-size: 12px; }
.evidence thead th { font-weight: 400; color: var(--muted); font-size: 11.5px; text-align: left; padding: 0 10px 4px 0; white-space: nowrap; }
.evidence tbody th { font-weight: 400; text-align: left; padding: 1px 10px 1px 0; white-space: nowrap; }
.evidence td { padding: 1px 10px 1px 0; height: 27px; }
.evidence td:last-child, .evidence thead th:last-child { padding-right: 0; }
.evidence .number { text-align: right; }
.evidence .strong { font-weight: 600; }
.evidence .of-bar { width: 42%; }
.evidence-classes tr.first th, .evidence-classes tr.first td { background: var(--accent-soft); }
.evidence-classes tr.rival th, .evidence-classes tr.rival td { background: var(--hover); }
.evidence tbody th:first-child { padding-left: 6px; border-radius: 6px 0 0 6px; }
.evidence thead th:first-child { padding-left: 6px; }
.evidence-classes td:last-child { border-radius: 0 6px 6px 0; }
.class-name { border: 0; background: none; padding: 3px 2px; font-weight: 600; cursor: pointer; max-width: 12em; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; color: var(--text); }
.class-name:not(:disabled):hover { text-decoration: underline; }
.class-name:disabled { cursor: default; }
.tag { margin-left: 5px; padding: 1px 6px; border: 1px solid var(--strong-border); border-radius: 9px; font-size: 10.5px; color: var(--muted); background: var(--raised); }
.tag.right { color: var(--accent); border-color: var(--accent); }
.tag.wrong { color: var(--danger); border-color: var(--danger); }
.speakers { display: inline-flex; gap: 4px; }
.speaker { position: relative; display: inline-flex; align-items: center; justify-content: center; gap: 4px; white-space: nowrap; min-width: 38px; height: 27px; padding: 0 6px 3px; border: 1px solid var(--border); border-radius: 5px; background: var(--raised); cursor: pointer; font-size: 11.5px; font-variant-numeric: tabular-nums; overflow: hidden; }
.speaker:hover { border-color: var(--strong-border); background: var(--hover); }
.speaker i { position: absolute; left: 0; bottom: 0; height: 3px; background: var(--favour); }
.speaker.against i { background: var(--against); }
.versus h4 { margin: 0 0 4px; font-size: 14px; font-weight: 600; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 7px; }
.versus h4 select.field { height: 27px; font-weight: 600; }
.versus p { margin: 0 0 8px; font-size: 12.5px; }
.versus p.muted { margin: 6px 0 0; font-size: 12px; }
.unit-link { border: 0; padding: 2px 0; background: none; color: var(--accent); cursor: pointer; white-space: nowrap; }
.unit-link:hover { text-decoration: underline; }
@media (max-width: 1300px) {
  .evidence-parts { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 900px) {
  .evidence .of-bar { width: 26%; }
  .evidence-classes .speakers { gap: 2px; }
  .speaker { min-width: 30px; padding: 0 3px 3px; }
  .speaker:nth-child(3) { display: none; }
}
@media (max-width: 640px) {
  .evidence .two-sided { min-width: 50px; }
  .speaker:nth-child(2) { display: none; }
}
`;
