import { expect } from 'vitest'
import type { ProductService } from '../journey/product.js'

/** An event as the service has it, without what the library says about itself. */
export interface Delivered {
  type: string
  name: string
  userId: string
  anonymousId: string
  otherId: string
  /** ms since the epoch. */
  time: number
  properties: Record<string, unknown>
}

/** The latest events that the service took, oldest first; at most 50. */
export async function delivered({ url }: ProductService): Promise<Delivered[]> {
  const response = await fetch(`${url}/v1/live`, { headers: { authorization: 'Bearer rt_dev' } })
  return ((await response.json()) as { events: Delivered[] }).events
}

/** How many value moments the service's store counts, once it counts what it took: the live tail comes before it. */
export async function expectCounted({ url }: ProductService, moments: number): Promise<void> {
  // Yesterday and tomorrow as well, so that midnight may come while this runs.
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const query = new URLSearchParams({ metric: 'value_moments', grain: 'range', from: day(-2), to: day(1) })
  const count = async () => {
    const response = await fetch(`${url}/v1/query?${query}`, { headers: { authorization: 'Bearer rt_dev' } })
    const { points } = (await response.json()) as { points: { value: number | null }[] }
    return points[0]?.value ?? 0
  }
  await expect.poll(count, { timeout: 20_000 }).toBe(moments)
}
