/** What a call took: wall clock and the process's CPU, ms. */
async function costOf(call) {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  await call()
  const { user, system } = process.cpuUsage(cpu)
  return { wall: performance.now() - wall, cpu: (user + system) / 1000 }
}

/**
 * Calls each of some functions in turn, so that a busy moment falls on all of them, and answers the median cost of each.
 * @param before called before each call, not counted
 */
export async function medians(rounds, calls, before = async () => {}) {
  const costs = calls.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, call] of calls.entries()) {
      await before(i)
      costs[i].push(await costOf(call))
    }
  }
  const median = (all, key) => all.map((cost) => cost[key]).sort((a, b) => a - b)[all.length >> 1]
  return costs.map((all) => ({ wall: median(all, 'wall'), cpu: median(all, 'cpu') }))
}
