// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace portalbind {

/// The style sheet of the HTML report. Nothing in it names another file; contrast is 4.5:1 or more in both schemes, and
/// states have a sign besides their colour.
inline constexpr const char *htmlStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2330; --soft: #566072; --paper: #ffffff; --panel: #f4f6f9;
  --line: #d5dae2; --accent: #1f5fbf; --bound: #14663a; --gone: #a32020; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a2abba; --paper: #14171c; --panel: #1e232b;
  --line: #363d49; --accent: #82b1ff; --bound: #76d39b; --gone: #ff9a8f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 2.5rem 4rem; max-width: 90rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; font-weight: 600; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; font-weight: 600; }
h2 small { color: var(--soft); font-weight: 400; }
a { color: var(--accent); }
nav { margin: 1.25rem 0 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
dl.facts { margin: .75rem 0 0; font-size: .93rem; }
dl.facts div { display: grid; grid-template-columns: 13rem 1fr; gap: 1.25rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
dl.counts { margin: 1.5rem 0 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .75rem; }
dl.counts div { display: flex; flex-direction: column-reverse; padding: .7rem .9rem; background: var(--panel);
  border: 1px solid var(--line); border-radius: 6px; }
dl.counts dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
dl.counts dt { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 2px solid var(--line); padding: .4rem .7rem .4rem 0;
  white-space: nowrap; }
td { border-bottom: 1px solid var(--line); padding: .35rem .7rem .35rem 0; vertical-align: top; }
td.i { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .93em; overflow-wrap: break-word; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
td.s { white-space: nowrap; }
td span { display: inline-block; max-width: 100%; }
.bound::before { content: "\25CF\A0"; color: var(--bound); }
.free::before { content: "\25CB\A0"; }
.gone { color: var(--gone); }
.gone::before { content: "\2298\A0"; }
.off::before { content: "\25A1\A0"; }
.off { color: var(--soft); }
.none { color: var(--soft); }
footer { margin-top: 2.5rem; border-top: 2px solid var(--line); }
.pending { border-left: 4px solid var(--accent); background: var(--panel); padding: .75rem 1rem; }
.pending h2 { margin: 0 0 .25rem; }
.pending ul { margin: 0; padding-left: 1.25rem; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #999; --accent: #000;
    --bound: #000; --gone: #000; }
  @page { margin: 15mm 12mm; }
  body { padding: 0; max-width: none; font-size: 9pt; }
  nav { display: none; }
  .wide { overflow: visible; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
)css";

} // namespace portalbind
