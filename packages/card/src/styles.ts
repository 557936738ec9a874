import { css } from 'lit'

/**
 * Quiet by default: ink, one blue for the line and gray for the rest. Green, red and amber only mark signals.
 * `light-dark()` follows the page's own `color-scheme`.
 */
export const styles = css`
  :host {
    --_text: var(--nsm-color-text, light-dark(#14171f, #eceef3));
    --_muted: var(--nsm-color-muted, light-dark(#5b6472, #9ba4b3));
    --_surface: var(--nsm-color-surface, light-dark(#fff, #15181e));
    --_border: var(--nsm-color-border, light-dark(#e4e7ec, #2b303a));
    --_line: var(--nsm-color-line, light-dark(#3559d6, #8aa5ff));
    --_band: var(--nsm-color-band, light-dark(#eef1f8, #1f2430));
    --_good: var(--nsm-color-good, light-dark(#0b7a4b, #4cc38a));
    --_bad: var(--nsm-color-bad, light-dark(#c22f2a, #ff8a80));
    --_warn: var(--nsm-color-warn, light-dark(#8a5a00, #e6b656));
    --_space: var(--nsm-space, 20px);
    --_height: var(--nsm-chart-height, 112px);
    --_stroke: var(--nsm-line-width, 1.75px);
    display: block;
    container-type: inline-size;
    color: var(--_muted);
    font: 13px/1.45 var(--nsm-font, system-ui, sans-serif);
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]),
  [hidden] {
    display: none;
  }
  * {
    box-sizing: border-box;
    margin: 0;
    padding: 0;
  }
  .card {
    display: grid;
    gap: calc(var(--_space) * 0.8);
    padding: var(--_space);
    background: var(--_surface);
    border: 1px solid var(--_border);
    border-radius: var(--nsm-radius, 14px);
  }
  .unseen {
    position: absolute;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  b,
  h2,
  h3,
  th {
    font: inherit;
  }
  b,
  h2,
  .value {
    color: var(--_text);
    font-weight: 600;
  }
  .name,
  .share,
  td {
    color: var(--_text);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 14px;
  }

  /* Head */
  h2,
  .title {
    font-size: 14px;
    text-wrap: balance;
  }
  .head {
    display: grid;
    align-content: start;
    gap: 4px;
    margin-top: calc(var(--_space) * -0.7);
  }
  .figure {
    margin-top: 4px;
    font-size: 15px;
  }
  .value {
    font: 600 42px/1.1 var(--nsm-font-value, var(--nsm-font, system-ui, sans-serif));
    letter-spacing: -0.025em;
  }
  .shape {
    flex: none;
    width: 0.75em;
    height: 0.75em;
    margin-inline-end: 0.45em;
  }
  .flag {
    display: flex;
    align-items: baseline;
  }
  .good {
    color: var(--_good);
  }
  .bad {
    color: var(--_bad);
  }
  .warn {
    color: var(--_warn);
  }
  p.good,
  p.bad {
    justify-self: start;
    margin-top: 4px;
    padding: 3px 10px;
    font-weight: 600;
    background: color-mix(in srgb, currentColor 9%, transparent);
    border-radius: 8px;
  }

  /* Placeholders */
  .bone {
    display: inline-block;
    width: 100%;
    background: var(--_band);
    border-radius: 6px;
  }
  .short {
    width: 40%;
  }

  /* Chart */
  .chart {
    direction: ltr;
    padding: 4px 5px 0;
    border-radius: 6px;
    touch-action: pan-y;
  }
  .chart > * {
    display: block;
    width: 100%;
  }
  svg {
    overflow: visible;
  }
  .plot {
    height: var(--_height);
  }
  path,
  line {
    fill: none;
    stroke: var(--_line);
    stroke-width: var(--_stroke);
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .shape path {
    fill: currentColor;
    stroke: none;
  }
  .check path {
    fill: none;
    stroke: currentColor;
  }
  .band {
    fill: var(--_band);
    stroke: none;
  }
  .partial {
    stroke-dasharray: 1 4;
  }
  .goal-line,
  .cursor {
    stroke: var(--_muted);
    stroke-width: 1;
  }
  .goal-line {
    stroke-dasharray: 5 5;
    opacity: 0.7;
  }
  .range {
    stroke-width: 6;
    opacity: 0.2;
  }
  circle {
    fill: var(--_line);
    stroke: var(--_surface);
    stroke-width: 2;
  }
  .ring {
    fill: var(--_surface);
    stroke: var(--_line);
  }
  .at {
    fill: var(--_text);
  }
  .axis {
    height: 16px;
    margin-top: 8px;
    font-size: 11px;
  }
  text {
    fill: currentColor;
  }
  .tooltip {
    fill: var(--_text);
    font-weight: 600;
  }

  /* Sections */
  .sides {
    display: grid;
    gap: inherit;
  }
  section,
  footer {
    padding-top: calc(var(--_space) * 0.7);
    border-top: 1px solid var(--_border);
  }
  .progress {
    display: block;
    width: 100%;
    height: 10px;
    margin: 6px 0 4px;
  }
  rect {
    fill: var(--_line);
  }
  .track {
    fill: var(--_border);
  }
  .plan {
    stroke: var(--_text);
    stroke-width: 2;
  }
  h3,
  .row > span,
  footer {
    font-size: 12px;
  }
  ul {
    display: grid;
    grid-template-columns: minmax(0, 1fr) repeat(5, auto);
    margin-top: 4px;
    list-style: none;
  }
  li {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: center;
    padding: 5px 0;
  }
  /* No gaps, so that an empty column takes no space. */
  li > :not(:first-child, :empty) {
    margin-inline-start: 12px;
  }
  .word {
    --_stroke: 1.25px;
    width: 52px;
    height: 16px;
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }
  .bar {
    width: 40px;
    height: 12px;
  }
  .bar line {
    stroke: var(--_border);
  }
  .bar rect {
    fill: var(--_muted);
  }
  [part='guardrail'] {
    grid-template-columns: 1fr auto;
  }
  .limit {
    grid-column: 1 / -1;
    padding-inline-start: 1.2em;
    font-size: 12px;
  }

  /* Foot */
  footer {
    align-items: baseline;
  }
  details {
    flex: 1 1 auto;
  }
  details p {
    padding-top: 6px;
  }
  button,
  summary {
    color: inherit;
    font: inherit;
    background: none;
    border: 0;
    border-radius: 4px;
    cursor: pointer;
  }
  :is(button, summary):hover,
  [aria-pressed='true'] {
    color: var(--_text);
  }
  :focus-visible {
    outline: 2px solid var(--nsm-color-focus, var(--_line));
    outline-offset: 2px;
  }
  .scroll {
    height: calc(var(--_height) + 28px);
    overflow: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 4px 0;
    text-align: end;
    border-bottom: 1px solid var(--_border);
  }
  th:first-child {
    text-align: start;
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--_surface);
  }

  /* States */
  .notice {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    min-height: calc(var(--_height) + 88px);
    text-align: center;
  }
  .notice button {
    padding: 5px 14px;
    color: var(--_text);
    border: 1px solid var(--_border);
  }

  /* Densities */
  .compact {
    --_height: 44px;
    --_space: 16px;
  }
  .compact .value {
    font-size: 30px;
  }
  :is(.compact, .inline) .axis,
  .inline .against {
    display: none;
  }
  :host([density='inline']) {
    display: inline-block;
    container-type: normal;
    font-size: inherit;
  }
  .inline {
    --_height: 0.8em;
    display: flex;
    gap: 0.6em;
    padding: 0;
    background: none;
    border: 0;
  }
  .inline * {
    margin-top: 0;
    font-size: inherit;
    line-height: inherit;
    letter-spacing: 0;
  }
  .inline .chart {
    width: 64px;
  }
  .inline circle {
    r: 2.5px;
  }

  @container (width < 480px) {
    .bar {
      display: none;
    }
  }
  @container (width < 340px) {
    [part='input-label'] {
      grid-column: 1 / -1;
    }
    .word {
      width: 100%;
    }
    .value {
      font-size: 36px;
    }
  }
  @container (width >= 768px) {
    .full {
      --_height: 136px;
      grid-template-columns: 2fr 3fr;
      column-gap: calc(var(--_space) * 1.6);
    }
    .full > *,
    slot > * {
      grid-column: 1 / -1;
    }
    .full .head {
      grid-column: 1;
    }
    .full :is(.chart, .scroll) {
      grid-column: 2;
    }
    .sides {
      grid-template-columns: 3fr 2fr;
    }
    .sides > :only-child {
      grid-column: 1 / -1;
    }
  }
  @media (forced-colors: active) {
    :host {
      --_line: CanvasText;
      --_muted: CanvasText;
      --_band: Canvas;
      --_border: GrayText;
    }
  }
  @media print {
    button,
    details:not([open]) {
      display: none;
    }
  }
`
