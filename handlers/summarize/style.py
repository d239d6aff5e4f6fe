"""The style of the page: one column on narrow screens, one sheet of A4 in print, light or dark by the device."""

LIGHT = {
    "paper": "#ffffff",
    "tint": "#f4f6f8",
    "ink": "#18202a",
    "muted": "#56606c",
    "rule": "#d5dae0",
    "accent": "#0b5a7d",
    "alarm": "#a3261c",
}
DARK = {
    "paper": "#12171d",
    "tint": "#1b222b",
    "ink": "#e8ecf0",
    "muted": "#a3aebb",
    "rule": "#36414d",
    "accent": "#74c0e0",
    "alarm": "#ff9a8d",
}


def _colours(palette: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in palette.items())


STYLE = (
    f"""
:root {{ color-scheme: light; {_colours(LIGHT)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ color-scheme: dark; {_colours(DARK)} }} }}
@page {{ size: A4; margin: 10mm 12mm; }}
"""
    + """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem 2rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 "Helvetica Neue", "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
  overflow-wrap: break-word; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .25rem 2rem;
  padding-bottom: .75rem; border-bottom: 3px solid var(--accent); }
h1 { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.25; }
h2 { margin: 0; padding: 0 0 .5rem; font-size: 1rem; font-weight: 600; line-height: 1.3; color: var(--accent); }
caption { padding: 0; text-align: left; color: var(--muted); }
p { margin: 0; }
.quiet, footer, figcaption, summary { font-size: .8125rem; color: var(--muted); }
section { margin-top: 2.25rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0 3rem; }
.lead { display: grid; grid-template-columns: auto auto 1fr; gap: 1rem 3rem; align-items: start; margin-top: 2rem; }
.lead dt { font-size: .8125rem; color: var(--muted); }
.lead dl, .lead dd { margin: 0; }
.big { font-size: 4.5rem; font-weight: 300; line-height: 1; letter-spacing: -.03em; font-variant-numeric: lining-nums; }
.coverage .big { font-size: 2.25rem; line-height: 2; }
.coverage .quiet { display: block; max-width: 9rem; line-height: 1.3; }
.words { font-size: 1.25rem; line-height: 1.45; max-width: 36rem; }
.deltas { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.deltas b { font-variant-numeric: tabular-nums; }
.decisions { padding: 1.25rem 1.5rem; background: var(--tint); border-left: 3px solid var(--accent); }
.decisions ol { margin: 0; padding-left: 1.25rem; }
.decisions li + li { margin-top: .5rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.4; }
th, td { padding: .375rem .75rem .375rem 0; border-top: 1px solid var(--rule); text-align: left; vertical-align: top;
  font-weight: 400; hyphens: auto; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; font-size: .75rem; color: var(--muted); vertical-align: bottom; overflow-wrap: normal;
}
.number { text-align: right; font-variant-numeric: tabular-nums; }
.finding th:first-child { width: 60%; }
i { font-style: normal; }
.id { overflow-wrap: anywhere; }
.finding b { font-weight: 600; }
.finding th span { display: block; }
.narrow, .severity { white-space: nowrap; }
.critical, .high, .late { color: var(--alarm); }
.critical { font-weight: 600; }
figure { margin: 0; }
svg { display: block; width: 100%; max-width: 30rem; height: auto; overflow: visible; }
svg text { fill: var(--muted); font-size: 11px; }
svg .value { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
.grid { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.dot, .bar { fill: var(--accent); }
.hollow { fill: var(--paper); stroke: var(--accent); stroke-width: 1.5; }
.track { fill: var(--tint); stroke: var(--rule); stroke-width: .5; }
summary { cursor: pointer; padding: .5rem 0; }
ul.plain { margin: .25rem 0 0; padding-left: 1.25rem; }
footer { margin-top: 2.25rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
@media screen and (max-width: 46rem) {
  body { padding: 1.5rem 1rem; }
  .lead { grid-template-columns: auto 1fr; gap: 1.25rem 2rem; }
  .lead > div { grid-column: 1 / -1; }
  .big { font-size: 3.75rem; }
  .coverage .big { font-size: 1.875rem; }
}
@media print {
  html { font-size: 7.5pt; }
  body { max-width: none; padding: 0; line-height: 1.25; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  section, footer { margin-top: 2.2mm; }
  h1 { font-size: 1.375rem; }
  .words { font-size: 1.125rem; }
  .lead { margin-top: 3mm; gap: 0 8mm; }
  .columns { grid-template-columns: repeat(auto-fit, minmax(50mm, 1fr)); gap: 0 8mm; }
  .decisions { padding: 2mm 3mm; }
  .decisions li + li { margin-top: .3mm; }
  h2 { padding-bottom: .8mm; break-after: avoid; }
  svg { max-width: 66mm; }
  .coverage .big { line-height: 1.4; }
  .coverage .quiet { max-width: none; }
  .big { font-size: 3.75rem; }
  th, td { padding-top: .3mm; padding-bottom: .3mm; }
  .finding { font-size: .84375rem; }
  .finding th, .finding td { padding-right: 1.2mm; }
  .finding .quiet { font-size: .8em; }
  td { white-space: nowrap; }
  .finding th:first-child { width: 72%; }
  tr, figure, .decisions { break-inside: avoid; }
  .finding th span { display: inline; }
  .finding .kind { display: none; }
  .finding b { font-weight: 400; }
  .finding .id { font-weight: 600; }
  table, .quiet, footer { line-height: 1.25; }
  .reliability { font-size: .9375rem; }
  details, .decisions .quiet { display: none; }
}
"""
)
