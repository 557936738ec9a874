import type { Terminal } from './terminal.js'

const SHOW_AFTER_MS = 1000
const REDRAW_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

export interface Progress {
  /** Shows progress. Draws nothing in the first second, or when standard error is not a terminal. */
  update(sentence: () => string): void
  /** Clears the line. */
  done(): void
}

/** A progress line that redraws itself in place. */
export function startProgress(terminal: Pick<Terminal, 'watched' | 'note' | 'now'>): Progress {
  const started = terminal.now()
  let drawn: number | undefined
  return {
    update(sentence) {
      const now = terminal.now()
      if (!terminal.watched || now - started < SHOW_AFTER_MS) return
      if (drawn !== undefined && now - drawn < REDRAW_MS) return
      drawn = now
      terminal.note(`${CLEAR_LINE}${sentence()}`)
    },
    done() {
      if (drawn !== undefined) terminal.note(CLEAR_LINE)
    },
  }
}
