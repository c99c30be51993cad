/** How the inspector looks. */
export const INSPECTOR_CSS = `
.inspector { padding: 14px 16px 24px; display: grid; gap: 18px; }
.inspector section { min-width: 0; display: grid; gap: 6px; }
.inspector section + section { border-top: 1px solid var(--border); padding-top: 14px; }
.inspector h2 { font-size: 13.5px; font-weight: 600; display: flex; gap: 8px; align-items: center; justify-content: space-between; overflow-wrap: anywhere; }
.inspector h2 .button { height: 24px; flex: none; font-weight: 400; }
.compare-with { height: 24px; justify-self: start; }
.inspector h3 { font-size: 12px; font-weight: 600; color: var(--muted); margin-top: 6px; }
.inspector .hint-line { padding: 4px 0; }
.readings { display: flex; flex-wrap: wrap; gap: 4px 18px; }
.readings > div { display: grid; }
.readings span { font-size: 12px; }
.readings b { font-size: 20px; line-height: 1.2; font-weight: 600; }
.state-text { display: flex; gap: 8px; font-size: 12px; }
.state-text svg { width: 15px; height: 15px; flex: none; margin-top: 1px; }
.sparkline { width: 100%; height: auto; display: block; overflow: visible; margin: 4px 0; }
.sparkline path { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.sparkline .a { stroke: var(--side-a); }
.sparkline .b { stroke: var(--side-b); stroke-dasharray: 4 3; }
.sparkline .now { stroke: var(--muted); stroke-width: 1; }
.values { border-collapse: collapse; width: 100%; font-size: 12px; }
.values th { font-weight: 400; color: var(--muted); text-align: left; padding: 1px 0; }
.values thead th:not(:first-child), .values td { text-align: right; padding-left: 12px; }
.values th.group { color: var(--text); font-weight: 600; padding-top: 7px; }
.facts { display: grid; gap: 2px; font-size: 12px; }
.facts > div { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 8px; }
.facts dt { color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
.class-bars { display: grid; gap: 2px; font-size: 12px; }
.class-bars > div { display: grid; grid-template-columns: minmax(20px, max-content) minmax(0, 1fr); gap: 8px; align-items: center; }
.class-bars { grid-template-columns: minmax(0, 1fr); }
.class-bars dt { max-width: 92px; min-width: 26px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.class-bars dd { display: grid; grid-template-columns: minmax(0, 1fr) 52px; gap: 6px; align-items: center; }
.class-bars .track-of-bar { position: relative; height: 12px; }
.class-bars i { position: absolute; top: 1px; bottom: 1px; border-radius: 2px; background: var(--muted); }
.class-bars b { position: absolute; top: 0; bottom: 0; width: 1px; margin-left: -0.5px; background: var(--strong-border); }
.class-bars .number { text-align: right; }
.happened { margin: 0; padding: 0; list-style: none; font-size: 12px; display: grid; gap: 2px; }
.happened button { border: 0; background: none; padding: 2px 0; text-align: left; cursor: pointer; color: var(--accent); }
.happened button:hover { text-decoration: underline; }
.example-input { width: 96px; height: 96px; object-fit: contain; image-rendering: pixelated; border-radius: 4px; background: var(--canvas); }
.thumbnails { display: grid; grid-template-columns: repeat(auto-fill, minmax(36px, 1fr)); gap: 4px; }
.thumbnails img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; border-radius: 3px; background: var(--canvas); }
`;
