/** The browsers that the tests know. */
export type BrowserName = 'chromium' | 'firefox' | 'webkit'

export function ensureBrowser(name: BrowserName): Promise<string>
