export interface StartOptions {
  /** The data folder. */
  data: string
  port: number
  /** More of `nsm serve`. */
  args?: string[]
  /** Gives it process ids of its own, as a container has. */
  ownPids?: boolean
  /** Without, every lock of a file is granted to everybody. */
  locks?: boolean
}

export interface StartedService {
  url: string
  port: number
  /** Its exit code or signal. */
  exited: Promise<number | NodeJS.Signals>
  readonly running: boolean
  readonly readerPid: number
  said(): string
  started(): Promise<boolean>
  kill(signal: NodeJS.Signals): void
}

export function startService(options: StartOptions): StartedService
export function canOwnPids(): Promise<boolean>
export function moment(): Promise<void>
