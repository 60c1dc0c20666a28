import { allLooks, type Look } from '../palette.js';

const isHatched = ({ hue, hatch }: Look): boolean => hue !== undefined && hatch !== undefined;
const fills = allLooks
  .filter(({ hue }) => hue !== undefined)
  .map((look) => `.${look.name}{fill:${isHatched(look) ? `url(#h-${look.name})` : `var(--${look.hue})`}}`)
  .join('');

/**
 * Colours that keep apart for the colour-blind; kinds of one colour are hatched, each in its own way, and what is free
 * is hollow, so that nothing is told by colour alone.
 */
export const style = `
:root{color-scheme:light dark;--ground:#fff;--raised:#f4f5f7;--text:#1b1f24;--quiet:#5b6470;--line:#d4d8dd;\
--link:#0a5bb5;--bad:#b3261e;--low:#8a5a00;--good:#1a7f4b;
--magenta:#8a3f9a;--green:#2f8550;--cyan:#2390a3;--yellow:#b08a2e;--blue:#3b6fb6}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--raised:#1e2329;--text:#e3e6ea;--quiet:#9aa4af;\
--line:#363d46;--link:#7db4f5;--bad:#ff8f85;--low:#e0b04c;--good:#62c792;
--magenta:#c98ad8;--green:#6cc08d;--cyan:#62b8c8;--yellow:#d4b34f;--blue:#6f9fe0}}
*{box-sizing:border-box}
html{scroll-padding-top:3rem}
body{overflow-wrap:break-word;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground);\
max-width:80rem;margin:0 auto;padding:0 1.25rem 3rem}
a{color:var(--link)}
header{padding-top:1.25rem}
h1{font-size:1.55rem;line-height:1.25;margin:.2rem 0 .5rem;overflow-wrap:anywhere;text-wrap:balance}
h1.small{font-size:1.2rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.1rem 0 .4rem}
.machine{margin:0;color:var(--quiet)}
.machine strong{color:var(--text)}
.quiet{color:var(--quiet);font-weight:normal}
.trouble,.bad{color:var(--bad)}
.low{color:var(--low)}
.good{color:var(--good)}
.error{font-weight:bold}
.how{margin:.1rem 0;color:var(--quiet);font-size:.9rem}
.how a{overflow-wrap:anywhere;margin-left:.5rem}
.how a::before{content:"→\\a0"}
.lead{margin:.3rem 0;max-width:60rem}
.certain,.likely,.possible{font-weight:600}
.certain{color:var(--text)}
.first details{font-size:.9rem;color:var(--quiet)}
.first details ul{font-size:1em}
.first ul,.findings ul{margin:.2rem 0 0;padding-left:1.2rem;font-size:.9rem;color:var(--quiet);overflow-wrap:anywhere}
.findings{padding-left:1.6rem}
.findings>li{margin:.9rem 0}
.findings>li::marker{color:var(--quiet)}
.sentence{margin:0;font-weight:600;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:0 2.5rem;\
margin-top:.6rem;padding:0 1.1rem 1rem;background:var(--raised);border-radius:.5rem}
.pictures>div{min-width:0}
.pictures .waits{grid-column:1/-1}
.pictures .memory{grid-row:span 2}
.end dl{font-size:.9rem}
.track .quiet{margin-left:.4rem}
nav{position:sticky;top:0;z-index:2;margin-top:1rem;padding:.5rem 0;background:var(--ground);\
border-bottom:1px solid var(--line);overflow-x:auto;white-space:nowrap}
nav a{margin-right:.9rem;text-decoration:none}
.view{scroll-margin-top:3rem}
dl{display:grid;grid-template-columns:fit-content(40%) minmax(0,1fr);gap:.1rem 1rem;margin:.3rem 0}
dt{color:var(--quiet);overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;max-width:100%}
.long{max-height:80vh;overflow:auto;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;font-size:.87rem}
th,td{padding:.12rem .9rem .12rem 0;text-align:left;vertical-align:top}
.table td,.tree td,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.table td,.tree td{white-space:pre;font-size:.82rem}
.wide .t{white-space:pre-wrap;max-width:44rem;overflow-wrap:break-word}
thead th{position:sticky;top:0;background:var(--ground);box-shadow:inset 0 -1px var(--line);vertical-align:bottom;font-weight:600}
thead small{display:block;font-weight:normal;color:var(--quiet)}
tbody tr:hover{background:var(--raised)}
.n,.wide .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th button{all:unset;cursor:pointer;display:inline-block}
th button:hover{text-decoration:underline}
th button:focus-visible,.wide:focus-visible{outline:2px solid var(--link);outline-offset:1px}
th[aria-sort]::after{content:" ▲";font-size:.7em}
th[aria-sort=descending]::after{content:" ▼"}
.filter{margin:.4rem 0}
.filter input{font:inherit;font-size:.9rem;width:min(100%,20rem);padding:.2rem .5rem;color:inherit;\
background:var(--ground);border:1px solid var(--line);border-radius:.3rem}
.filter output{color:var(--quiet);font-size:.9rem}
details.view{margin:.6rem 0}
summary{cursor:pointer}
summary h3{display:inline;margin:0}
pre{margin:.3rem 0;font-size:.8rem;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere}
pre i{font-style:normal;color:var(--quiet)}
.stack pre{margin-left:1.1rem}
svg{display:block}
.defs{position:absolute}
.whole{border-radius:.25rem;margin:.2rem 0 .5rem}
.whole rect{stroke:var(--raised);stroke-width:1}
.legend{width:100%}
.legend th{font-weight:normal;width:99%;overflow-wrap:anywhere}
.legend td,.legend th{padding:.08rem .6rem .08rem 0}
.legend svg{margin-top:.28rem}
.bars{width:100%}
.bars th{font-weight:normal;min-width:7.5rem;overflow-wrap:anywhere}
.track{width:70%;overflow-wrap:anywhere;font-size:.82rem;padding-right:0}
.ground{fill:var(--line)}
.mark{fill:var(--text)}
.beyond{fill:var(--ground);font-size:13px}
${fills}.part{fill:var(--blue)}
.hue-magenta{fill:var(--magenta)}.hue-green{fill:var(--green)}.hue-cyan{fill:var(--cyan)}.hue-yellow{\
fill:var(--yellow)}.hue-blue{fill:var(--blue)}.hue-none{fill:var(--ground)}
.free{fill:var(--ground)}
.legend .free,.whole .free{stroke:var(--quiet);stroke-width:1.5}
.unknown{fill:url(#h-unknown)}
.hatch{stroke:var(--ground);stroke-width:1.6}
.hue-none+.hatch{stroke:var(--quiet)}
rect.bad{fill:var(--bad)}rect.low{fill:var(--low)}rect.good{fill:var(--good)}
.ring,.edges{line-height:2.1}
.edges{list-style:none;padding:0;margin:.3rem 0}
.node{display:inline-block;line-height:1.5;border:1px solid var(--line);border-radius:.3rem;\
padding:.12rem .45rem;background:var(--ground);overflow-wrap:anywhere}
.node.lock{border-color:var(--bad);border-style:dashed}
.edge{color:var(--quiet);font-size:.85rem}
footer{margin-top:2.5rem;padding-top:.5rem;border-top:1px solid var(--line);font-size:.85rem;overflow-wrap:anywhere}
@media (scripting:none){details:target::details-content{content-visibility:visible;block-size:auto}}
@media (max-width:40rem){
body{font-size:15px;padding:0 .8rem 2rem}
h1{font-size:1.2rem}
dl{grid-template-columns:minmax(0,1fr)}
dd{margin-bottom:.4rem}
.pictures{margin-left:-.8rem;margin-right:-.8rem;padding:0 .8rem .8rem;border-radius:0}
.bars tr{display:grid;grid-template-columns:minmax(0,1fr) auto}
.track{grid-column:1/-1;width:auto;padding-bottom:.5rem}
.table td,.tree td{font-size:.75rem}
th,td{padding-right:.6rem}
.wide .t{max-width:18rem}
.long{max-height:70vh}
}
@media print{
:root{color-scheme:light;font-size:10pt}
body{max-width:none;padding:0;font-size:1rem}
nav,.filter{display:none}
.pictures{background:none;padding:0}
.wide,.long{overflow:visible;max-height:none}
.table td,.tree td{white-space:pre-wrap;font-size:6pt;overflow-wrap:anywhere}
th{font-size:6pt}
.legend th,.bars th,.legend td,.bars td{font-size:8.5pt}
.pictures{grid-template-columns:1fr 1fr;gap:0 1.5rem}
th,td{padding-right:.35rem}
.wide th,.wide td{padding-right:.5rem}
.many th,.many td{padding-right:.2rem}
.wide .n+:not(.n){padding-left:.25rem}
thead th{position:static}
/* A box of its own is not repeated with its head on further pages. */
th button{display:contents}
pre{font-size:7pt}
h2,h3,summary{break-after:avoid}
tr,.pictures>div,.findings>li{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}
rect,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

/** The pattern of each hatched kind, over its own colour; and that of what no counter tells of. */
export const hatches = `<svg class="defs" width="0" height="0" aria-hidden="true"><defs>${allLooks
  .filter((look) => isHatched(look) || look.name === 'unknown')
  .map(hatchPattern)
  .join('')}</defs></svg>`;

function hatchPattern({ name, hue, hatch = 45 }: Look): string {
  const turned = `patternUnits="userSpaceOnUse" patternTransform="rotate(${hatch})"`;
  const painted = `<rect class="hue-${hue ?? 'none'}" width="6" height="6"/><path class="hatch" d="M0 0V6"/>`;
  return `<pattern id="h-${name}" width="6" height="6" ${turned}>${painted}</pattern>`;
}
