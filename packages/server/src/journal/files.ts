import * as fs from 'node:fs/promises'

/** The calls to the file system that decide whether something is lost; a test can order them and let them fail. */
export type JournalFiles = Pick<typeof fs, 'open' | 'readdir' | 'readFile' | 'link' | 'rm'>

export const realFiles: JournalFiles = fs

/** Whether an error says that a disk has no room. */
export function isFull(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}
