import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserName } from '../../.dev/browser.mjs'

/** A real browser, driven the same way whichever it is. */
export interface Browser {
  readonly name: BrowserName
  /** Opens a page in a new tab; resolves once its `load` event has run. */
  open(url: string): Promise<Tab>
  /** Takes the network away, or gives it back, with `navigator.onLine` following. Undefined where no driver can. */
  readonly offline?: (offline: boolean) => Promise<void>
  /** Kills every process of the browser at once, as a power cut does. */
  kill(): Promise<void>
  /** Quits. What the profile holds stays for the next launch. */
  close(): Promise<void>
}

/** A tab of a {@link Browser}. */
export interface Tab {
  /** Goes to another page in the same tab. */
  goto(url: string): Promise<void>
  /** Runs a function in the page; arguments and the result travel as JSON. */
  evaluate<A extends unknown[], T>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>
  /**
   * The id of the process that runs the tab: SIGKILL to it is a crash of the tab. Undefined in WebKit, whose driver
   * ends the session, and with it all that was stored, when a page crashes.
   */
  readonly renderer?: () => Promise<number>
  /** Sends a command of the DevTools protocol, such as one that sets a quota. Chromium only. */
  readonly devtools?: (method: string, parameters: object) => Promise<unknown>
  /** Closes the tab as a user does: the page hears that it is left. */
  close(): Promise<void>
}

/** The source of a call, for drivers that take a script. */
export const callOf = (run: (...args: never[]) => unknown, args: unknown[]): string =>
  `(${run})(...${JSON.stringify(args)})`

/**
 * An empty profile folder; pass it to two launches and the second finds what the first stored. Whoever asks for it removes
 * it with {@link removeProfile}.
 */
export const newProfile = (): Promise<string> => mkdtemp(join(tmpdir(), 'nsm-profile-'))

/** Removes the profile of a browser that has ended; its last process may still be letting go of it. */
export const removeProfile = (profile: string): Promise<void> =>
  rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
