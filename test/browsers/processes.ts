import { readdir, readFile } from 'node:fs/promises'
import type { Tab } from './browser.js'

/** The ids of the living descendants of a process, from /proc. */
export async function descendants(of: number): Promise<number[]> {
  return (await tree(of)).map(({ pid }) => pid)
}

/** Kills processes. One that has already ended by itself is fine: a browser's processes follow each other out. */
export function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/**
 * The id of the process that runs a tab, which no driver tells: of the browser's processes the one that worked most
 * while a loop ran in the tab.
 */
export async function rendererOf(evaluate: Tab['evaluate'], browser: number): Promise<number> {
  const before = new Map((await tree(browser)).map(({ pid, ticks }) => [pid, ticks]))
  await evaluate(() => {
    for (const until = performance.now() + 100; performance.now() < until; );
  })
  const worked = (await tree(browser)).map(({ pid, ticks }) => ({ pid, ticks: ticks - (before.get(pid) ?? 0) }))
  return worked.reduce((most, other) => (other.ticks > most.ticks ? other : most)).pid
}

interface Process {
  pid: number
  parent: number
  /** Processor time, in clock ticks of 10 ms. */
  ticks: number
}

async function tree(of: number): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const all = (await Promise.all(pids.map(read))).filter((process) => process !== null)
  const below = (pid: number): Process[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)])
  return below(of)
}

async function read(pid: string): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything. After it: state, parent, …; user and system time are the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return null
    return { pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    return null
  }
}
