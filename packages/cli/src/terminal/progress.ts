import type { Terminal } from './terminal.js'

const SHOW_AFTER_MS = 1000
const REDRAW_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

export interface Progress {
  /** Says how far the work is. Nothing is drawn in its first second, nor where nobody watches. */
  update(sentence: () => string): void
  /** Takes the line away. */
  done(): void
}

/** One line on a terminal that is drawn over itself. */
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
