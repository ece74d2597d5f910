/** How the report looks: on paper, on a screen by day and night, on a telephone. */
export const style = `
:root { color-scheme: light dark; --ink: #22282a; --soft: #57605f; --line: #c9cdc4; --paper: #fbfaf5; --card: #f1f0e8; --accent: #44581a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe3da; --soft: #a3aeb0; --line: #3a4448; --paper: #161b1d; --card: #20272a; --accent: #b8c97a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 54rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, "Noto Sans CJK JP", "Hiragino Sans", "Microsoft YaHei", sans-serif; overflow-wrap: anywhere; }
:lang(zh-CN) body, body:lang(zh-CN) { font-family: system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0.2rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; padding-bottom: 0.2rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 0.3rem; }
.number { color: var(--accent); margin-right: 0.4rem; }
h4 { font-size: 0.9rem; margin: 0.8rem 0 0.2rem; color: var(--soft); }
p { margin: 0.4rem 0; }
.kind { color: var(--accent); font-weight: 600; letter-spacing: 0.08em; margin: 0; }
.text { white-space: pre-wrap; }
.empty { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
code, pre, .mono { font-family: ui-monospace, "JetBrains Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace; font-size: 0.85rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td.at { white-space: nowrap; }
.source { color: var(--soft); font-size: 0.85rem; }
a { color: var(--accent); }
.exhibit { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem; margin: 0.8rem 0; }
pre { margin: 0.2rem 0; padding: 0.6rem 0.8rem; background: var(--paper); border: 1px solid var(--line); border-radius: 4px;
  overflow-x: auto; white-space: pre; line-height: 1.25; }
.replay { margin: 0.8rem 0 1.6rem; }
.replay .controls { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin-top: 0.5rem; }
.replay input[type="range"] { flex: 1 1 10rem; min-width: 8rem; accent-color: var(--accent); }
.replay .screen { overflow-x: auto; background: #161b1d; border: 1px solid var(--line); border-radius: 4px; padding: 6px; }
button, select { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: 0.25rem 0.8rem; min-height: 2rem; cursor: pointer; }
button:focus-visible, select:focus-visible, a:focus-visible, input:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.9rem; }
[hidden] { display: none !important; }
@media (max-width: 34rem) {
  body { padding: 1.25rem 1rem 3rem; }
  dl { grid-template-columns: 1fr; gap: 0 0; }
  dt { margin-top: 0.3rem; }
  thead { position: absolute; clip-path: inset(50%); }
  tr, td { display: block; border: 0; padding: 0; }
  tr { border-bottom: 1px solid var(--line); padding: 0.4rem 0; }
}
@page { size: A4; margin: 18mm 16mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --card: #fff; --accent: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .replay, .replays, button { display: none !important; }
  pre { white-space: pre-wrap; font-size: 8pt; }
  h2, h3, h4 { break-after: avoid; }
  tr, dl { break-inside: avoid; }
  a { text-decoration: none; }
}
`;
