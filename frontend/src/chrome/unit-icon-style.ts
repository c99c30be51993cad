/** How icons of units look. */
import { adoptStyles } from "../theme";

adoptStyles(`
.unit-icon-place { display: inline-flex; flex: none; align-items: center; vertical-align: middle; }
.unit-icon-place { gap: 4px; }
.sought-image { image-rendering: pixelated; border-radius: 3px; object-fit: contain; background: var(--canvas); outline: 1px dotted var(--strong-border); }
.unit-icon { display: inline-flex; align-items: center; max-width: 100%; line-height: 1.25; }
.unit-icon canvas { display: block; border-radius: 3px; background: var(--canvas); }
.unit-icon.none { border: 1px dashed var(--strong-border); border-radius: 3px; box-sizing: border-box; }
.chosen-icon:not(:empty) { margin: 2px 0 8px; }
.icon-words { overflow: hidden; text-overflow: ellipsis; white-space: pre; font-size: 12px; color: var(--muted); }
.icon-words.apart > * + * { margin-left: 4px; }
.unit-icon mark { color: var(--text); border-radius: 3px; padding: 1px 2px;
  background: color-mix(in srgb, var(--mark) var(--strength), transparent); --mark: var(--side-a); }
.unit-icon mark.negative { --mark: var(--side-b); }
.unit-icon svg { display: block; background: var(--canvas); border-radius: 3px; }
.unit-icon .line { fill: none; stroke: var(--accent); stroke-width: 1.3; }
.unit-icon .line1 { stroke: var(--side-a); }
.unit-icon .line2 { stroke: var(--muted); }
.unit-icon .line3 { stroke: var(--text); }
.icon-columns { display: grid; font-size: 11px; line-height: 14px; }
.icon-column { display: grid; grid-template-columns: minmax(0, 110px) 44px max-content; gap: 6px; align-items: center; height: 15px; }
.icon-column > b { font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.icon-column > .number { color: var(--muted); }
.pattern-head .icon-column { grid-template-columns: minmax(0, 1fr); } .pattern-head .icon-column > :not(b) { display: none; }
.pattern-head .unit-icon-place { max-width: 100%; }
.icon-bar { position: relative; height: 8px; background: linear-gradient(var(--strong-border), var(--strong-border)) 50% / 1px 100% no-repeat; }
.icon-bar i { position: absolute; top: 0; bottom: 0; left: 50%; background: var(--side-a); border-radius: 0 2px 2px 0; }
.icon-bar.below i { left: auto; right: 50%; background: var(--side-b); border-radius: 2px 0 0 2px; }
.unit-icon b.number { font-size: 11px; color: var(--muted); font-weight: 400; }
`);
