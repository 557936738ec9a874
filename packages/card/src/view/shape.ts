import { svg } from 'lit'

const PATHS = {
  up: 'M5 1.5 9.3 8.5H.7Z',
  down: 'M5 8.5.7 1.5h8.6Z',
  level: 'M1 4h8v2H1Z',
  dot: 'M5 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z',
  check: 'm1.6 5.4 2.2 2.3 4.6-5.2',
  alert: 'M5 .4 9.6 5 5 9.6.4 5Z',
}

/** A small icon next to text, so that nothing depends on color alone. */
export const shape = (name: keyof typeof PATHS) =>
  svg`<svg class="shape ${name}" viewBox="0 0 10 10" aria-hidden="true"><path d=${PATHS[name]} /></svg>`
