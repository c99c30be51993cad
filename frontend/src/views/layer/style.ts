/** How the layer tables look. */
export const LAYER_CSS = `
.layer-view { position: absolute; inset: 0; display: flex; flex-direction: column; }
.layer-view > .lead { padding: 10px 16px 8px; display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; }
.layer-view > .lead h2 { font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
.layer-view > .lead .segments { align-self: center; max-width: 100%; overflow-x: auto; }
.layer-view > .lead .segments button { flex: none; white-space: nowrap; }
.layer-view > .changes-of { padding: 0 16px 8px; }
.changes-of .button { height: 24px; text-decoration: underline dotted; text-underline-offset: 3px; }
.layer-table { flex: 1; min-height: 0; overflow: auto; border-top: 1px solid var(--border); }
.layer-table table { border-collapse: separate; border-spacing: 0; table-layout: fixed; width: max-content; min-width: 100%; }
.layer-table th {
  position: sticky; top: 0; z-index: 2; background: var(--surface); text-align: right; font-weight: 600;
  border-bottom: 1px solid var(--strong-border); padding: 0; height: 46px; vertical-align: bottom;
}
.layer-table .grouped th { top: 24px; }
.layer-table .groups th, .layer-table .groups td {
  position: sticky; top: 0; z-index: 2; height: 24px; padding: 0 10px; background: var(--surface); border: 0;
}
.layer-table .groups th { text-align: left; vertical-align: middle; font-size: 12px; box-shadow: inset 1px 0 var(--strong-border); }
.layer-table .groups th > span { position: sticky; left: 10px; white-space: nowrap; }
.layer-table th button {
  position: relative; width: 100%; height: 45px; padding: 0 10px; border: 0; background: none; cursor: pointer; font-weight: 600;
  color: var(--muted); text-align: inherit; white-space: nowrap; line-height: 1.3;
}
.layer-table th button:hover { color: var(--text); background: var(--hover); }
.layer-table th[aria-sort] button { color: var(--accent); }
.layer-table .arrow { position: absolute; right: 0; width: 10px; text-align: center; }
.layer-table th.text, .layer-table td.text { text-align: left; }
.layer-table td {
  height: 28px; padding: 0 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--border);
}
.layer-table tbody tr.row { cursor: pointer; }
.layer-table tbody tr.row:hover td { background: var(--hover); }
.layer-table tbody tr.chosen td { background: var(--accent-soft); }
.layer-table tbody tr.row:focus-visible { outline-offset: -2px; }
.layer-table .with-swatch { display: flex; align-items: center; justify-content: space-between; gap: 8px; }
.layer-table .swatch { flex: none; width: 10px; height: 10px; border-radius: 2px; border: 1px solid var(--strong-border); }
.layer-table .with-glyph { display: flex; align-items: center; gap: 6px; }
.layer-table .with-glyph svg { width: 13px; height: 13px; flex: none; }
.layer-view > .foot { padding: 5px 16px; font-size: 12px; border-top: 1px solid var(--border); }
.layer-table .zero { color: var(--muted); }
.layer-view .unpaired { padding: 24px; max-width: 640px; }
`;
