/** How the unit's evidence looks. */
export const UNIT_EVIDENCE_CSS = `
.unit-evidence { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 18px 28px; align-items: start; }
.unit-evidence figure { margin: 0; min-width: 0; }
.unit-evidence figcaption { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; margin-bottom: 6px; }
.unit-evidence figcaption .muted { font-size: 11.5px; }
.unit-evidence .scrolls { overflow-x: auto; }
.unit-evidence table { border-collapse: separate; border-spacing: 1px; font-size: 11.5px; }
.unit-evidence th { font-weight: 400; text-align: left; }
.evidence-key { display: inline-flex; align-items: center; gap: 6px; }
.evidence-key > span { display: inline-flex; }
.evidence-key i { width: 6px; height: 9px; }
.evidence-matrix table { width: 100%; table-layout: fixed; }
.evidence-matrix thead th { color: var(--muted); text-align: center; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-bottom: 2px; }
.evidence-matrix th:first-child { width: 92px; text-align: left; }
.evidence-matrix td { position: relative; height: 24px; min-width: 20px; padding: 0; border-radius: 2px; text-align: center; }
.evidence-matrix td.label { box-shadow: inset 0 0 0 2px var(--text); }
.evidence-matrix td i { position: absolute; left: 50%; top: 50%; width: 7px; height: 7px; margin: -3.5px; border-radius: 50%; background: var(--text); box-shadow: 0 0 0 1.5px var(--page); }
.evidence-matrix .keys { margin: 4px 0 0; font-size: 11.5px; }
.example-link { display: flex; width: 100%; align-items: center; gap: 6px; padding: 0 2px 0 0; border: 0; background: none; cursor: pointer; text-align: left; white-space: nowrap; overflow: hidden; font-size: 11.5px; }
.example-link:hover { background: var(--hover); }
.example-link img { width: 24px; height: 24px; object-fit: contain; image-rendering: pixelated; border-radius: 2px; flex: none; }
.evidence-means table { width: 100%; }
.evidence-means td, .evidence-means th { height: 24px; }
.evidence-means th { padding-right: 10px; white-space: nowrap; max-width: 120px; overflow: hidden; text-overflow: ellipsis; font-weight: 600; }
.evidence-means .of-bar { width: 80%; }
.evidence-means .number { text-align: right; padding-left: 10px; white-space: nowrap; }
.not-pinned { font-size: 12.5px; max-width: 60ch; overflow-wrap: anywhere; }
`;
