// Surface, text, link, radius and font come from the host's theme; only colours of states and shapes are ours. Contrasts of text are
// at least 4.5 : 1 on the papers of Backstage's own themes.

import { useInsertionEffect } from 'react';

const CSS = `
.cbp { --cbp-dim: color-mix(in srgb, var(--bui-fg-primary, currentColor) 76%, transparent); --cbp-line: color-mix(in srgb, var(--bui-fg-primary, currentColor) 18%, transparent);
  --cbp-link: var(--bui-bg-solid, #1f5493); --cbp-triggered: #b0251a; --cbp-acknowledged: #754700; --cbp-quiet: #12653a; --cbp-maintenance: #6034ab; --cbp-cut: #fff; --cbp-logo: #12653a;
  color: var(--bui-fg-primary); font-family: var(--bui-font-regular, inherit); font-size: 0.875rem; line-height: 1.45; text-align: start; }
[data-theme-mode='dark'] .cbp { --cbp-link: var(--bui-bg-solid, #9cc9ff); --cbp-triggered: #ff9c8c; --cbp-acknowledged: #ffc65c; --cbp-quiet: #74d3a0; --cbp-maintenance: #ccb0ff; --cbp-cut: #333; --cbp-logo: #fff; }
.cbp *, .cbp *::before { box-sizing: border-box; }
.cbp h2, .cbp h3, .cbp h4, .cbp p, .cbp ul, .cbp ol { margin: 0; padding: 0; }
.cbp ul, .cbp ol { list-style: none; }
.cbp a.cbp-link { color: var(--cbp-link); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 2px; overflow-wrap: anywhere; }
.cbp a.cbp-link:hover { text-decoration-thickness: 2px; }
.cbp a.cbp-link:focus-visible, .cbp summary:focus-visible { outline: 2px solid var(--cbp-link); outline-offset: 2px; border-radius: 2px; }
.cbp a.cbp-mail { display: inline-flex; align-items: center; min-height: 24px; }
.cbp-card { padding: 0 !important; overflow: hidden; gap: 0 !important; }
.cbp-head { display: flex; flex-wrap: wrap; gap: 10px; align-items: flex-start; padding: 16px 18px 14px; border-inline-start: 6px solid transparent; padding-inline-start: 12px; }
.cbp-head.triggered { border-color: var(--cbp-triggered); } .cbp-head.acknowledged { border-color: var(--cbp-acknowledged); } .cbp-head.maintenance { border-color: var(--cbp-maintenance); }
.cbp-head > .cbp-grow { flex: 1 1 190px; }
.cbp-title { font-size: 1.125rem; line-height: 1.3; font-weight: 600; display: flex; gap: 8px; align-items: flex-start; overflow-wrap: anywhere; }
.cbp-title .cbp-icon { margin-top: 4px; }
.cbp-dim { color: var(--cbp-dim); font-size: 0.8125rem; }
.cbp-grow { flex: 1 1 0; min-width: 0; }
.cbp-acts { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
.cbp-part { padding: 13px 18px; border-top: 1px solid var(--cbp-line); }
.cbp-part > h3, .cbp-part > .cbp-h3 { font-size: 0.8125rem; font-weight: 600; margin-bottom: 8px; display: flex; gap: 6px; align-items: baseline; }
.cbp-part > h3 > span { font-weight: 400; color: var(--cbp-dim); }
.cbp-icon { width: 16px; height: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.cbp-tone { display: inline-flex; gap: 6px; align-items: center; font-weight: 600; font-size: 0.8125rem; white-space: nowrap; }
.cbp-tone.triggered, .cbp-title.triggered > .cbp-icon { color: var(--cbp-triggered); } .cbp-tone.acknowledged, .cbp-title.acknowledged > .cbp-icon { color: var(--cbp-acknowledged); }
.cbp-tone.quiet, .cbp-title.quiet > .cbp-icon { color: var(--cbp-quiet); } .cbp-tone.maintenance, .cbp-title.maintenance > .cbp-icon { color: var(--cbp-maintenance); } .cbp-tone.unknown, .cbp-title.unknown > .cbp-icon { color: var(--cbp-dim); }
.cbp-people { display: grid; gap: 10px; }
.cbp-people > li { display: flex; gap: 12px; align-items: center; }
.cbp-people b, .cbp-rows b { font-weight: 600; }
.cbp-meta { display: block; color: var(--cbp-dim); font-size: 0.8125rem; overflow-wrap: anywhere; }
.cbp-tag { font-size: 0.75rem; color: var(--cbp-dim); border: 1px solid var(--cbp-line); border-radius: 4px; padding: 0 5px; margin-inline-start: 6px; white-space: nowrap; }
.cbp-rows > li { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: flex-start; padding: 9px 0; }
.cbp-rows > li + li { border-top: 1px solid var(--cbp-line); }
.cbp-rows > li > .cbp-tone { flex: 0 0 126px; padding-top: 1px; }
.cbp-rows > li > .cbp-grow { flex: 1 1 160px; }
.cbp-rows > li > .cbp-grow > a.cbp-link { display: inline-flex; align-items: center; min-height: 24px; }
.cbp-rows.wide > li { padding: 10px 18px; }
.cbp-part > .cbp-rows > li:first-child { padding-top: 0; } .cbp-part > .cbp-rows > li:last-child { padding-bottom: 0; }
.cbp-gap { display: flex; gap: 10px; align-items: flex-start; padding: 10px 12px; border: 1px dashed var(--cbp-dim); border-radius: 4px; }
.cbp-gap > .cbp-icon { margin-top: 2px; } .cbp-gap + .cbp-stale { margin-top: 10px; }
.cbp-suspect { display: flex; color: var(--cbp-acknowledged); }
.cbp-nums { display: flex; flex-wrap: wrap; gap: 8px 22px; align-items: flex-start; }
.cbp-nums > div { font-size: 0.8125rem; color: var(--cbp-dim); } .cbp-nums b { display: block; font-size: 1rem; font-weight: 600; color: var(--bui-fg-primary); }
.cbp-bar { display: block; width: 100%; height: 4px; background: var(--cbp-line); border-radius: 2px; margin-top: 4px; overflow: hidden; } .cbp-bar > i { display: block; height: 100%; }
.cbp-bar .good { background: var(--cbp-quiet); } .cbp-bar .fair { background: var(--cbp-acknowledged); } .cbp-bar .poor { background: var(--cbp-triggered); }
.cbp details > summary { cursor: pointer; font-size: 0.8125rem; color: var(--cbp-dim); width: fit-content; }
.cbp details > summary:hover { color: var(--bui-fg-primary); }
.cbp details > :not(summary) { margin-top: 8px; }
.cbp-checks > li { display: flex; gap: 8px; align-items: flex-start; padding: 3px 0; } .cbp-checks .cbp-icon { margin-top: 3px; }
.cbp-status { margin-inline-end: 8px; } .cbp-status .cbp-tone { vertical-align: -3px; }
.cbp p.cbp-missing { display: flex; gap: 8px; align-items: flex-start; padding: 10px 18px; border-top: 1px solid var(--cbp-line); font-size: 0.8125rem; } .cbp-missing > .cbp-icon { margin-top: 1px; } .cbp.cbp-page p.cbp-missing { padding: 0 0 12px; border: 0; }
.cbp .cbp-form > p.cbp-missing, .cbp.cbp-form > p.cbp-missing { padding: 0; border: 0; } .cbp-file { display: grid; gap: 6px; font-size: 0.8125rem; font-weight: 600; } .cbp-file > input { font: inherit; font-weight: 400; color: inherit; max-width: 100%; }
.cbp-foot { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: center; padding: 8px 18px; border-top: 1px solid var(--cbp-line); font-size: 0.78rem; color: var(--cbp-dim); }
.cbp-foot-end { display: flex; gap: 8px; align-items: center; margin-inline-start: auto; } .cbp-logo { display: flex; color: var(--cbp-logo); }
.cbp-foot .cbp-tone { font-size: inherit; font-weight: 400; } .cbp-foot .cbp-tone.quiet, .cbp-foot .cbp-tone.unknown { color: inherit; }
.cbp-form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; }
.cbp .bui-FieldSecondaryLabel, .cbp .bui-FieldDescription, .cbp .bui-SliderOutput { color: var(--cbp-dim); }
button.cbp-ack:not([disabled]) { background: #ffbb3d !important; color: #221500 !important; }
button.cbp-res:not([disabled]) { background: #17754a !important; color: #fff !important; } [data-theme-mode='dark'] button.cbp-res:not([disabled]) { background: #57c48a !important; color: #03180c !important; }
button.cbp-ack:not([disabled]):hover, button.cbp-res:not([disabled]):hover { filter: brightness(0.94); }
.cbp-same { display: grid; gap: 10px; margin-top: 8px; } .cbp-same > li { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; } .cbp-same > li > span { flex: 1 1 200px; }
.cbp-choices { display: grid; gap: 6px; } .cbp-until { font: inherit; color: inherit; background: transparent; border: 1px solid var(--cbp-dim); border-radius: 4px; min-height: 36px; padding: 0 8px; max-width: 100%; color-scheme: light; } [data-theme-mode='dark'] .cbp-until { color-scheme: dark; }
[data-theme-mode='dark'] .cbp-danger:not([disabled]) { background: #c4302b !important; color: #fff; }
.cbp-form .cbp-two { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); }
.cbp-rail { display: grid; gap: 10px; }
.cbp-rail > li { display: grid; grid-template-columns: 52px minmax(0, 1fr); gap: 10px; }
.cbp-rail time { font-variant-numeric: tabular-nums; color: var(--cbp-dim); text-align: end; }
.cbp-box { border-top: 1px solid var(--cbp-line); padding-top: 12px; } .cbp-box > h3 { font-size: 0.8125rem; font-weight: 600; margin-bottom: 8px; }
.cbp-tools { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-end; margin-bottom: 14px; } .cbp-tools > * { flex: 0 1 190px; min-width: 0; max-width: 240px; } .cbp-tools > button, .cbp-tools > .cbp-tight { flex: 0 0 auto; max-width: none; align-self: center; }
.cbp-page { padding: 24px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; max-width: 1400px; }
.cbp-scroll { overflow-x: auto; }
.cbp-table { width: 100%; min-width: 720px; border-collapse: collapse; font-size: 0.875rem; } .cbp-table th { text-align: start; font-size: 0.8125rem; font-weight: 600; }
.cbp-table a.cbp-link { overflow-wrap: break-word; } .cbp-table th, .cbp-table td { padding: 9px 10px; border-bottom: 1px solid var(--cbp-line); vertical-align: middle; } .cbp-table tbody tr:hover { background: color-mix(in srgb, var(--bui-fg-primary) 4%, transparent); }
.cbp-table th button { all: unset; cursor: pointer; display: inline-flex; gap: 4px; align-items: center; } .cbp-table th button:focus-visible { outline: 2px solid var(--cbp-link); outline-offset: 2px; border-radius: 2px; }
.cbp-table td:last-child, .cbp-table th:last-child { text-align: end; } .cbp-table.cbp-read td:last-child, .cbp-table.cbp-read th:last-child { text-align: start; } .cbp-table time { white-space: nowrap; }
.cbp-picks { display: grid; gap: 2px; max-height: 300px; overflow: auto; }
.cbp-picks > li > label { display: flex; gap: 10px; align-items: flex-start; padding: 8px 6px; border-radius: 4px; cursor: pointer; } .cbp-picks > li > label:hover { background: color-mix(in srgb, var(--bui-fg-primary) 6%, transparent); }
.cbp-picks input { margin: 4px 0 0; accent-color: var(--cbp-link); }
.cbp-home { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
.cbp-rows-of-page { width: 130px; flex: none; }
@media (max-width: 520px) { .cbp-page { padding: 12px; } .cbp-tools > * { flex: 1 1 140px; max-width: none; } .cbp-rows > li > .cbp-tone, .cbp-rows > li > .cbp-acts { flex: 1 0 100%; } }
@media (prefers-reduced-motion: reduce) { .cbp * { transition: none !important; animation: none !important; } }
`;

/** Puts the style sheet into the page, once for all cards. */
export function useStyles(): void {
  useInsertionEffect(() => {
    if (document.getElementById('callboard-plugin-styles')) return;
    const style = document.createElement('style');
    style.id = 'callboard-plugin-styles';
    style.textContent = CSS;
    document.head.append(style);
  }, []);
}
