/** The browsers that the tests run in. */
export type BrowserName = 'chromium' | 'firefox' | 'webkit'

export function ensureBrowser(name: BrowserName): Promise<string>
