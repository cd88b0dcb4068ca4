import { fonts, tokens, type Theme } from '../charts/index.ts'

const variables = (theme: Theme) => {
  const { background, surface, text, muted, controlEdge, accent, onAccent, good, warning, bad } = tokens[theme]
  const named = {
    background,
    surface,
    text,
    muted,
    edge: controlEdge,
    accent,
    'on-accent': onAccent,
    good,
    warning,
    bad,
  }
  return Object.entries(named)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';')
}

/** One sheet for every page, with the colours of its drawings. Sizes 13, 15, 18 and 24 px on a grid of 8. */
export const styleSheet = (drawings: (theme: Theme) => string) =>
  `
:root{color-scheme:light dark;${variables('light')};${drawings('light')}}
@media screen and (prefers-color-scheme:dark){:root{${variables('dark')};${drawings('dark')}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:16px}
body{margin:0;background:var(--background);color:var(--text);font:15px/1.5 ${fonts.text};font-variant-numeric:tabular-nums}
.page{max-width:1280px;margin:0 auto;padding:24px 32px 64px}
h1{font-size:24px;line-height:32px;margin:8px 0 16px;max-width:46em;font-weight:600;text-wrap:pretty}
h2{font-size:18px;line-height:24px;margin:0 0 8px;font-weight:600}

.scroll+.grid{margin-top:32px}
.scroll+.note,.scroll+p{margin-top:8px}
h3{font-size:15px;line-height:24px;margin:24px 0 8px;font-weight:600}
p{margin:0 0 8px;max-width:70ch}
section{margin-top:40px}
section>p{margin-bottom:16px}
code,pre{font-family:${fonts.mono};font-size:13px}
code{overflow-wrap:anywhere}
pre{margin:0;padding:16px;background:var(--surface);border:1px solid color-mix(in srgb,var(--edge) 35%,transparent);border-radius:4px;overflow-x:auto}
.overline,.note{font-size:13px;line-height:20px;color:var(--muted);margin:0}
.note{max-width:70ch}
.overline span:not(:last-child)::after{content:"·";padding:0 8px}
nav ul{display:flex;flex-wrap:wrap;gap:0 24px;margin:24px 0 0;padding:0;list-style:none;font-size:13px}
a{color:var(--accent);text-underline-offset:3px}
nav a{display:inline-block;line-height:24px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,336px),1fr));gap:32px}
.grid>.wide{grid-column:span 2}
.stack{display:grid;gap:32px}
.split{display:grid;grid-template-columns:minmax(0,7fr) minmax(0,5fr);gap:32px;align-items:start}
figure{margin:0;min-width:0}
figcaption{font-weight:600;line-height:24px;max-width:70ch;margin-bottom:8px;text-wrap:pretty}
.drawings{display:flex;flex-wrap:wrap;gap:16px 32px}
.drawing{flex:1 1 288px;min-width:0}
.drawing svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-family:${fonts.text};font-size:11px;font-variant-numeric:tabular-nums}
svg text.mono{font-family:${fonts.mono}}
svg [data-say].here{stroke:var(--text)!important;stroke-width:2px!important}
.switches{display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start;font-size:13px;margin-top:8px}
.switches details{min-width:0;max-width:100%}
.switches details[open]{flex:1 1 100%}
.switches summary,.control{display:inline-flex;align-items:center;min-height:24px;padding:0 8px;border:1px solid var(--edge);border-radius:4px;color:var(--text);text-decoration:none;cursor:pointer;list-style:none}
.switches summary::-webkit-details-marker{display:none}
.switches summary:hover,.control:hover{background:var(--surface)}
.switches details[open] summary{background:var(--text);color:var(--background);border-color:var(--text)}

.scroll{position:relative;overflow:auto;margin-top:8px}
details .scroll{max-height:480px}
table{border-collapse:collapse;font-size:13px;line-height:20px}
th,td{text-align:left;vertical-align:top;padding:6px 16px 6px 0;border-bottom:1px solid color-mix(in srgb,var(--edge) 35%,transparent)}
th{font-weight:600;color:var(--muted);white-space:nowrap}
tbody th{color:var(--text);font-weight:400;white-space:normal}
.number{text-align:right;white-space:nowrap}
.scoreboard{font-size:15px;line-height:24px}
.scoreboard th,.scoreboard td{padding:8px 32px 8px 0}
.scoreboard .model th,.scoreboard .model td{font-weight:600}
.warnings{list-style:none;padding:0;margin:16px 0 0}
.warnings li{padding:8px 16px;border-left:4px solid var(--warning);background:var(--surface);margin-bottom:8px;max-width:80ch}
.warnings b{color:var(--warning)}
.holds b{color:var(--good)}
.fails b{color:var(--bad)}
.left b{color:var(--muted)}
td b{white-space:nowrap;font-weight:600}
details.fold{margin-top:40px;border-top:1px solid color-mix(in srgb,var(--edge) 35%,transparent);padding-top:16px}
details.fold>summary{cursor:pointer;min-height:24px;font-size:18px;line-height:24px;font-weight:600}
details.fold>summary>h2{display:inline}
details.fold>summary .note{display:inline;font-weight:400;padding-left:8px}
details.fold[open]>summary{margin-bottom:16px}
details.map>summary{cursor:pointer;font-size:13px;min-height:24px}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 24px;margin:0 0 24px;font-size:13px;line-height:20px}
.facts dt{color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
.empty{padding:16px;border:1px dashed var(--edge);border-radius:4px;max-width:70ch}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:static;width:auto;height:auto;clip-path:none;display:inline-block;padding:8px}
#say{position:fixed;z-index:1;pointer-events:none;max-width:min(320px,90vw);padding:6px 10px;border-radius:4px;background:var(--text);color:var(--background);font-size:13px;line-height:18px}
#say:empty{display:none}
footer{margin-top:64px}
@media (pointer:coarse){.switches summary,.control,nav a,details>summary{min-height:44px;line-height:44px}.control{padding:0 16px}}
@media (max-width:900px){.grid>.wide{grid-column:auto}.split{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){.scoreboard{font-size:13px}.scoreboard .number{white-space:normal}.scoreboard :last-child{padding-right:0}.page{padding:16px 16px 48px}.scoreboard th,.scoreboard td{padding-right:16px}.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin-bottom:8px}}
@media print{
body{font-size:10pt}.page{max-width:none;padding:0}
nav,.switches,.skip{display:none}
figure,tr,li{break-inside:avoid}h2,h3,figcaption{break-after:avoid}
.scroll{max-height:none;overflow:visible}
details.fold::details-content{content-visibility:visible;display:block;block-size:auto}
pre{white-space:pre-wrap}
}
`.trim()
