/** How marks of trust look, and the figures behind them. */
export const MARKS_CSS = `
.trust { display: inline-flex; align-items: center; gap: 6px; height: 28px; padding: 0 10px 0 7px; border: 1px solid var(--border); border-radius: 14px; background: var(--raised); cursor: help; white-space: nowrap; }
.trust:hover { background: var(--hover); border-color: var(--strong-border); }
.trust b { font-weight: 600; }
.mark-glyph { width: 15px; height: 15px; flex: none; display: block; }
.bubble.wide { max-width: min(620px, calc(100vw - 24px)); }
.bubble.wide:has(.figures) { width: 620px; }
.figures { border-collapse: collapse; }
.figures caption { text-align: left; font-weight: 600; padding-bottom: 5px; }
.figures td, .figures th { padding: 4px 10px 4px 0; text-align: left; vertical-align: top; font-weight: 400; border-top: 1px solid var(--border); }
.figures th { font-weight: 600; white-space: nowrap; }
.figures td.number { text-align: right; }
.figures td:last-child { padding-right: 0; }
.trust.brief { height: 24px; padding: 0 8px 0 5px; }
.labelled + .trust-of { margin-left: -4px; }
.layer-table .groups th > span { display: inline-flex; align-items: center; }
.layer-table .groups th .trust { margin-left: 8px; height: 20px; padding: 0 7px 0 3px; font-weight: 400; }
.bar .trust.brief b, .bar .trust.brief .muted {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
.bar .trust.brief { padding: 0 4px; }
@media (max-width: 900px) { .view-bar .trust-of { display: none; } }
`;
