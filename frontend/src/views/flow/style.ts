/** How the flow looks. */
export const FLOW_CSS = `
.flow-view { position: absolute; inset: 0; display: flex; flex-direction: column; min-height: 0; }
.flow-bar { gap: 4px 16px; flex-wrap: wrap; padding-bottom: 4px; }
.flow-bar .labelled > span:first-child { white-space: nowrap; }
.flow-bar input[type="range"] { width: 84px; accent-color: var(--accent); margin: 0; min-width: 0; }
.flow-bar .field { height: 26px; max-width: 190px; }
.flow-bar output { min-width: 2ch; text-align: right; }
.flow-bar output.wide { min-width: 5ch; }
.flow-order { display: inline-flex; align-items: center; gap: 8px; min-width: 0; }
.flow-thumbnail { width: 26px; height: 26px; border-radius: 4px; border: 1px solid var(--strong-border); image-rendering: pixelated; object-fit: contain; background: var(--canvas); }
.flow-place { position: relative; flex: 1; min-height: 0; overflow: hidden; }
.flow-scroll { position: absolute; inset: 0; overflow: auto; display: flex; flex-direction: column; }
.flow-heads { position: sticky; top: 0; z-index: 3; flex: none; height: 84px; background: var(--page); border-bottom: 1px solid var(--border); }
.flow-head { position: absolute; top: 8px; bottom: 4px; overflow: hidden; display: grid; align-content: start; gap: 3px; font-size: 12px; line-height: 1.38; }
.flow-layer { display: grid; min-width: 0; }
.flow-layer > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: left; justify-self: start; max-width: 100%; }
.flow-layer > b, .flow-layer > button { font-weight: 600; font-size: 13px; }
.flow-layer > button { border: 0; padding: 0; background: none; cursor: pointer; border-radius: 3px; }
.flow-layer > button:hover { color: var(--accent); text-decoration: underline; text-underline-offset: 3px; }
.flow-layer > button:focus-visible { outline-offset: -2px; }
.flow-stage { position: relative; flex: 1 1 0; min-height: 300px; min-width: 100%; }
.flow-stage > canvas { position: sticky; left: 0; top: 84px; display: block; }
.flow-nodes { position: absolute; inset: 0; pointer-events: none; }
.flow-node {
  position: absolute; left: 0; top: 0; margin: 0; padding: 0 6px 0 14px; border: 0; background: none; pointer-events: auto; cursor: pointer;
  display: flex; align-items: center; min-width: 16px; border-radius: 4px; font-size: 11px; line-height: 1; white-space: nowrap; text-align: left;
}
.flow-icon { font-style: normal; margin-right: 4px; flex: none; }
.flow-icon[hidden] { display: none; }
.flow-icon .icon-words { max-width: 70px !important; }
.flow-node > span { text-shadow: 0 0 3px var(--page), 0 0 3px var(--page), 0 0 2px var(--page), 0 0 5px var(--page); font-weight: 500; max-width: 104px; overflow: hidden; text-overflow: ellipsis; padding: 2px 0; }
.pointing > .flow-node:not(.lit) { opacity: 0.35; }
.flow-node.other, .flow-node.none, .flow-node.bias { cursor: default; }
.flow-node.other > span, .flow-node.none > span, .flow-node.bias > span, .flow-node.idle > span { color: var(--muted); font-weight: 400; }
.flow-node[aria-pressed="true"] > span { font-weight: 700; }
.flow-node:hover > span { text-decoration: underline; text-underline-offset: 2px; }
.flow-node.other:hover > span, .flow-node.none:hover > span, .flow-node.bias:hover > span { text-decoration: none; }
.flow-tip { max-width: 380px; }
.flow-crops { display: flex; gap: 4px; padding: 3px 0; }
.flow-crops img { width: 40px; height: 40px; object-fit: contain; image-rendering: pixelated; background: var(--canvas); border: 1px solid var(--border); border-radius: 4px; }
.flow-tip dl { grid-template-columns: minmax(0, max-content) max-content max-content; }
.flow-tip table { border-collapse: collapse; border-top: 1px solid var(--border); margin-top: 3px; }
.flow-tip th { font-weight: 400; text-align: left; padding: 0 14px 0 0; white-space: nowrap; max-width: 230px; overflow: hidden; text-overflow: ellipsis; }
.flow-tip tr:first-child > * { padding-top: 4px; }
.flow-tip th > span:first-child { display: inline-block; width: 34px; }
.flow-tip td { text-align: right; padding: 0 0 0 10px; font-weight: 600; }
.flow-tip td.muted { font-weight: 400; }
.flow-foot { flex: none; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 20px; align-items: center; padding: 5px 14px 7px; border-top: 1px solid var(--border); font-size: 12px; }
.flow-foot p { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.flow-facts { grid-column: 1 / -1; grid-row: 2; }
.flow-key { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0; padding: 0; list-style: none; color: var(--muted); align-items: center; min-height: 24px; }
.flow-key li { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.flow-view .layer-table { flex: 1; }
.flow-view > .flow-place > .flow-table { position: absolute; inset: 0; display: flex; flex-direction: column; }
.flow-table > .foot { padding: 5px 14px; font-size: 12px; border-top: 1px solid var(--border); }
.flow-table tr.row { cursor: default !important; }
@media (max-width: 1040px) {
  .flow-foot { grid-template-columns: minmax(0, 1fr); }
  .flow-facts { grid-row: auto; }
  .flow-key { grid-row: 1; }
}
@media (max-width: 640px) {
  .flow-foot { padding: 6px 10px; }
  .flow-foot p { white-space: normal; }
  .flow-foot .flow-record { min-height: 2.9em; }
  .flow-foot .flow-facts { min-height: 5.8em; }
  .body .stack:has(.flow-view) { height: 640px; }
}
`;
