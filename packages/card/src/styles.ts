import { css } from 'lit'

/**
 * Quiet by default: ink, one blue for the line, grey for the rest; green, red and amber only for a signal.
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
    --_focus: var(--nsm-color-focus, var(--_line));
    --_space: var(--nsm-space, 20px);
    --_stroke: var(--nsm-line-width, 1.75px);
    display: block;
    container-type: inline-size;
    color: var(--_text);
    font: 400 13px/1.45 var(--nsm-font, system-ui, sans-serif);
    font-variant-numeric: tabular-nums;
    text-align: start;
  }
  :host([hidden]),
  [hidden] {
    display: none;
  }
  :host([density='inline']) {
    display: inline-block;
    container-type: normal;
    font-size: inherit;
    vertical-align: baseline;
  }
  * {
    box-sizing: border-box;
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
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
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .muted,
  .period,
  .against,
  .limit,
  [part~='unit'],
  [part~='footer'] {
    color: var(--_muted);
  }
  .strong {
    font-weight: 600;
  }

  /* Head */
  header {
    display: flex;
    justify-content: space-between;
    gap: 12px;
  }
  h2 {
    font: inherit;
    font-size: 14px;
    font-weight: 600;
    line-height: 1.35;
    text-wrap: balance;
  }
  .head {
    display: grid;
    gap: 4px;
    margin-top: calc(var(--_space) * -0.7);
  }
  .figure {
    margin-top: 6px;
    line-height: 1.1;
  }
  [part~='value'] {
    font: 600 42px/1.1 var(--nsm-font-value, var(--nsm-font, system-ui, sans-serif));
    letter-spacing: -0.025em;
  }
  [part~='unit'] {
    font-size: 15px;
  }
  .shape {
    flex: none;
    width: 0.75em;
    height: 0.75em;
    margin-inline-end: 0.4em;
    fill: currentColor;
    overflow: visible;
  }
  .check {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .tone {
    color: var(--_muted);
  }
  .good {
    color: var(--_good);
  }
  .bad,
  .breached .says,
  .breached .shape {
    color: var(--_bad);
  }
  .warn,
  .worsening .says,
  .worsening .shape {
    color: var(--_warn);
  }
  p.tone {
    display: flex;
    align-items: baseline;
  }
  p.good,
  p.bad {
    justify-self: start;
    margin: 4px 0 0 -2px;
    padding: 3px 10px;
    font-weight: 600;
    background: color-mix(in srgb, currentColor 10%, transparent);
    border-radius: 8px;
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
    overflow: visible;
  }
  svg svg {
    overflow: visible;
  }
  .plot {
    height: var(--nsm-chart-height, 112px);
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
    fill: inherit;
    stroke: inherit;
    stroke-width: inherit;
  }
  .shape:not(.check) path {
    stroke: none;
  }
  .band {
    fill: var(--_band);
    stroke: none;
  }
  .partial {
    stroke-dasharray: 1 5;
  }
  .goal-line {
    stroke: var(--_muted);
    stroke-width: 1;
    stroke-dasharray: 6 4;
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
    stroke-width: var(--_stroke);
    r: 3.5px;
  }
  .cursor {
    stroke: var(--_muted);
    stroke-width: 1;
  }
  .at {
    fill: var(--_text);
    r: 5px;
  }
  .axis {
    height: 16px;
    margin-top: 8px;
    font-size: 11px;
  }
  text {
    fill: var(--_muted);
  }
  .strong {
    fill: var(--_text);
  }
  .projection {
    margin-top: calc(var(--_space) * -0.5);
  }

  /* Goal */
  section {
    padding-top: calc(var(--_space) * 0.7);
    border-top: 1px solid var(--_border);
  }
  [part~='goal'] > p:first-child {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 12px;
  }
  .progress {
    display: block;
    width: 100%;
    height: 10px;
    margin: 6px 0 4px;
  }
  .track {
    fill: var(--_border);
  }
  rect {
    fill: var(--_line);
  }
  .progress line {
    stroke: var(--_text);
    stroke-width: 2;
  }

  /* Rows */
  .title {
    display: flex;
    justify-content: space-between;
    margin-bottom: 4px;
    color: var(--_muted);
    font-size: 12px;
  }
  h3 {
    font: inherit;
    font-weight: 500;
  }
  ul {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto auto;
    column-gap: 14px;
  }
  .shares ul {
    grid-template-columns: minmax(0, 1fr) auto auto auto auto auto;
  }
  li {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: center;
    min-height: 30px;
  }
  .word {
    width: 56px;
    height: 16px;
    overflow: visible;
    --_stroke: 1.25px;
  }
  .word .partial {
    stroke-dasharray: 1 3;
  }
  .number,
  .share,
  .limit {
    text-align: end;
    white-space: nowrap;
  }
  [part~='input-value'],
  li > .number:nth-child(2) {
    font-weight: 600;
  }
  .delta {
    color: var(--_muted);
  }
  .bar {
    width: 44px;
    height: 12px;
    margin-inline-end: -8px;
  }
  .zero {
    stroke: var(--_border);
    stroke-width: 1;
  }
  .bar rect {
    fill: var(--_muted);
  }
  li > .limit {
    grid-column: 3 / -1;
  }
  .limit i {
    font-style: normal;
  }

  /* Foot */
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 14px;
    padding-top: calc(var(--_space) * 0.6);
    border-top: 1px solid var(--_border);
    font-size: 12px;
  }
  details {
    flex: 0 1 auto;
  }
  details[open] {
    flex-basis: 100%;
  }
  details p {
    margin-top: 6px;
    color: var(--_text);
  }
  details .muted {
    color: var(--_muted);
  }
  [part~='updated'] {
    margin-inline-start: auto;
  }
  button,
  summary {
    padding: 2px 0;
    color: inherit;
    font: inherit;
    background: none;
    border: 0;
    border-radius: 4px;
    cursor: pointer;
  }
  button:hover,
  summary:hover {
    color: var(--_text);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }

  /* Table */
  .scroll {
    max-height: calc(var(--nsm-chart-height, 112px) + 28px);
    overflow: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 4px 0;
    font-weight: 400;
    text-align: end;
    border-bottom: 1px solid var(--_border);
  }
  th:first-child {
    text-align: start;
  }
  thead th {
    position: sticky;
    top: 0;
    color: var(--_muted);
    background: var(--_surface);
  }

  /* States */
  .notice {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    min-height: 200px;
    text-align: center;
  }
  .notice p.tone {
    padding: 0;
    background: none;
  }
  .notice button {
    padding: 5px 14px;
    color: var(--_text);
    border: 1px solid var(--_border);
    border-radius: 8px;
  }
  .bone {
    display: inline-block;
    width: 100%;
    background: var(--_band);
    border-radius: 6px;
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  .short {
    width: 7ch;
  }
  .long {
    width: 22ch;
    max-width: 100%;
  }
  .row {
    display: block;
  }
  @keyframes breathe {
    to {
      opacity: 0.45;
    }
  }

  /* Densities */
  .compact {
    --nsm-chart-height: 44px;
    gap: 12px;
    padding: calc(var(--_space) * 0.8);
  }
  .compact [part~='value'] {
    font-size: 30px;
  }
  .compact .axis {
    display: none;
  }
  .inline {
    display: inline-flex;
    align-items: baseline;
    gap: 0.6em;
    padding: 0;
    background: none;
    border: 0;
  }
  .inline * {
    margin-top: 0;
  }
  .inline [part~='value'] {
    font-size: inherit;
    letter-spacing: 0;
  }
  .inline [part~='unit'] {
    font-size: inherit;
  }
  .inline .chart {
    width: 72px;
    padding: 0 4px;
    --nsm-chart-height: 1em;
  }
  .inline .axis,
  .inline .against {
    display: none;
  }

  @container (width < 360px) {
    .word,
    .bar {
      display: none;
    }
    .shares ul {
      grid-template-columns: minmax(0, 1fr) auto auto auto;
    }
    [part~='value'] {
      font-size: 36px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .bone {
      animation: none;
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
    .card {
      break-inside: avoid;
    }
    button,
    details:not([open]) {
      display: none;
    }
  }
`
