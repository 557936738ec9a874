/** The one call that is used; the package ships no types. */
declare module 'fs-native-extensions' {
  /** Whether an exclusive lock on the file was granted. */
  export function tryLock(fd: number, offset?: number, length?: number): boolean
}
