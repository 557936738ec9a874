import { commandError, usageError } from '../failure.js'

const DEVELOPMENT_READ_TOKEN = 'rt_dev'

/** A service and its read token. Without a token, the development token is tried. */
interface ServiceAddress {
  url: string
  token: string | undefined
}

/**
 * Gets JSON from a service.
 * @param path such as `v1/query`
 * @throws Failure with the service's own message, or with what to do when nothing responds
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

/** @throws Failure for an invalid address */
export function endpoint(service: string, path: string): URL {
  const base = URL.canParse(service) ? new URL(service) : undefined
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw usageError(`--url ${service} is not an address. Use one like http://127.0.0.1:4600.`)
  }
  return new URL(path, base.href.endsWith('/') ? base : `${base.href}/`)
}

/** `fetch`, with a clear error when nothing responds. */
export async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause
    throw commandError(
      `No service is responding at ${url.origin} (${cause?.code ?? cause?.message ?? (error as Error).message}). Is nsm serve running?`,
    )
  }
}

/** The Failure for a response with an error status. @param keyFlag how to set the key in this command */
export async function failureOf(response: Response, keyFlag: string): Promise<Error> {
  const { message } = (await response.json().catch(() => ({}))) as { message?: string }
  if (response.status === 401 || response.status === 403) {
    return commandError(
      `${new URL(response.url).origin} rejected the key: ${message ?? `${response.statusText}.`} Set a valid key with ${keyFlag}.`,
    )
  }
  const sentence =
    message ?? `${new URL(response.url).origin} responded with ${response.status} ${response.statusText}.`
  return response.status < 500 ? usageError(sentence) : commandError(sentence)
}
