import { commandError, usageError } from '../failure.js'

const DEVELOPMENT_READ_TOKEN = 'rt_dev'

/** A service and the token to read it with; on this machine's own address the development token is tried. */
interface ServiceAddress {
  url: string
  token: string | undefined
}

/**
 * Asks a service for JSON.
 * @param path such as `v1/query`
 * @throws Failure with the service's own sentence, or with what to do when nothing answers
 */
export async function ask(
  service: ServiceAddress,
  path: string,
  parameters: Record<string, string | undefined> = {},
): Promise<unknown> {
  const url = endpoint(service.url, path)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  const token = service.token ?? DEVELOPMENT_READ_TOKEN
  const response = await reach(url, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } })
  if (!response.ok) throw await failureOf(response, '--token (or NSM_READ_TOKEN)')
  return response.json()
}

/** @throws Failure when the address is none */
export function endpoint(service: string, path: string): URL {
  const base = URL.canParse(service) ? new URL(service) : undefined
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw usageError(`--url ${service} is not an address. Use one like http://127.0.0.1:4600.`)
  }
  return new URL(path, base.href.endsWith('/') ? base : `${base.href}/`)
}

/** `fetch`, with a sentence where nobody answers. */
export async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause
    throw commandError(
      `No service answers at ${url.origin} (${cause?.code ?? cause?.message ?? (error as Error).message}). Is nsm serve running?`,
    )
  }
}

/** The Failure that an answer with an error status means. @param keyFlag how its key is given here */
export async function failureOf(response: Response, keyFlag: string): Promise<Error> {
  const { message } = (await response.json().catch(() => ({}))) as { message?: string }
  if (response.status === 401 || response.status === 403) {
    return commandError(
      `${new URL(response.url).origin} does not take this key: ${message ?? response.statusText} Give one with ${keyFlag}.`,
    )
  }
  const sentence = message ?? `${new URL(response.url).origin} answers ${response.status} ${response.statusText}.`
  return response.status < 500 ? usageError(sentence) : commandError(sentence)
}
