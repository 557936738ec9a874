export function serveExamples(service: string, port: number): Promise<{ url: string; close(): Promise<void> }>
