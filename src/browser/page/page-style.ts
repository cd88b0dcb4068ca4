import { tokens, type Theme } from '../../charts/theme.ts'
import { styleSheet } from '../../report/style.ts'

const second = (theme: Theme) => `--second:${tokens[theme].categories[1]}`

/** The pages' common sheet, and what a form needs beside it. */
export const sheet = `${styleSheet(second)}
section{margin-top:24px}
form{margin:0}
label{display:block;font-size:13px;line-height:20px;color:var(--muted)}
label code{color:var(--text)}
input,select,button{display:block;width:100%;min-height:32px;margin-top:4px;padding:0 8px;font:inherit;font-size:15px;color:var(--text);background:var(--background);border:1px solid var(--edge);border-radius:4px}
input[type=file]{padding:4px 8px}
button{display:inline-block;width:auto;padding:0 16px;cursor:pointer;margin:0}
button.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
button:disabled{background:var(--surface);border-color:color-mix(in srgb,var(--edge) 35%,transparent);color:var(--muted);cursor:default}
.drop{padding:16px;background:var(--surface);border:1px dashed var(--edge);border-radius:4px}
.drop.over{border-style:solid;border-color:var(--accent)}
#source{margin:8px 0 16px}
.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,208px),1fr));gap:16px}
.actions{display:flex;gap:8px;margin:16px 0 8px}
.status{min-height:20px;white-space:pre-wrap;font-variant-numeric:tabular-nums}
#answer{font-size:18px;line-height:24px;margin-top:16px;min-height:24px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--muted)}
.grid-line{stroke:color-mix(in srgb,var(--edge) 35%,transparent)}
path{fill:none;stroke-width:2}
path.training{stroke:var(--second);stroke-width:1.5;stroke-dasharray:4 3}
path.validation{stroke:var(--accent)}
circle.validation{fill:var(--accent)}
.key{padding-right:24px}
.key::before{content:"";display:inline-block;width:24px;height:0;border-top:2px solid var(--accent);margin-right:8px;vertical-align:middle}
.key.training::before{border-top:2px dashed var(--second)}
@media (pointer:coarse){input,select,button{min-height:44px}}
`
