/** Where a store is, as it may be shown: without the user and password of a ClickHouse. */
export function withoutPassword(store: string): string {
  if (store.startsWith('file:')) return store
  // A password with a slash in it makes no URL, and is still one.
  if (!URL.canParse(store)) return store.replace(/\/\/.*@/, '//')
  const url = new URL(store)
  url.username = ''
  url.password = ''
  return url.href
}
