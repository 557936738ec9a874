import { type Tree, valueMoment } from '@nsm/schema'
import type { Service } from '@nsm/server'
import { readTree } from '@nsm/server/tree'
import { Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_STORE, storeOption, treeOption } from '../options.js'
import type { Terminal } from '../terminal/terminal.js'

interface Flags {
  tree: string
  store: string
  journal?: string
  host: string
  port: number
  writeKey?: string[]
  readToken?: string[]
  secretKey?: string[]
  logLevel?: string
  salvage?: boolean
}

/** `nsm serve`: runs the service until it is stopped. */
export function serveCommand(terminal: Terminal): Command {
  return new Command('serve')
    .description('collect events and serve reports until you press Ctrl+C')
    .addOption(treeOption())
    .addOption(storeOption().default(DEFAULT_STORE))
    .addOption(
      new Option('--journal <folder>', 'where accepted events are written first (default: in the store’s folder)').env(
        'NSM_JOURNAL',
      ),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on; needs keys unless it is local to this machine')
        .env('NSM_HOST')
        .default('127.0.0.1'),
    )
    .addOption(
      new Option('--port <port>', 'port to listen on; 0 picks a free one')
        .env('NSM_PORT')
        .default(4600)
        .argParser(parsePort),
    )
    .addOption(keys('--write-key <keys>', 'public keys that can only send events', 'NSM_WRITE_KEYS'))
    .addOption(keys('--read-token <tokens>', 'tokens that can read reports', 'NSM_READ_TOKENS'))
    .addOption(keys('--secret-key <keys>', 'keys that can import history', 'NSM_SECRET_KEYS'))
    .addOption(
      new Option(
        '--log-level <level>',
        'how much to log to standard error (default: warn on a terminal, otherwise info)',
      )
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .env('NSM_LOG_LEVEL'),
    )
    .addOption(
      new Option('--salvage', 'skip damaged parts of the journal and set the unreadable bytes aside').env(
        'NSM_SALVAGE',
      ),
    )
    .addHelpText('after', KEYS_HELP)
    .action(async (flags: Flags) => {
      const tree = await readTree(flags.tree)
      const { serve } = await import('@nsm/server')
      const { writeKey, readToken, secretKey, logLevel, ...rest } = flags
      const service = await serve({
        ...rest,
        writeKeys: writeKey,
        readTokens: readToken,
        secretKeys: secretKey,
        logLevel: logLevel ?? (terminal.watched ? 'warn' : 'info'),
        logTo: { write: terminal.note },
      })
      terminal.print(describe(service, tree, flags, terminal))
      const failure = await Promise.race([stopped(), service.ended])
      await service.close()
      if (failure) throw failure
    })
}

const KEYS_HELP = `
Separate keys with commas. To keep a key secret, give its hash instead, as sha256:HEX.
On a local address, the keys wk_dev, rt_dev and sk_dev work until you set a key of any kind.`

const keys = (flags: string, description: string, variable: string) =>
  new Option(flags, description)
    .env(variable)
    .argParser((text: string, previous: string[] = []) => [...previous, ...text.split(',').map((key) => key.trim())])

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('Use a port from 1 to 65535, or 0 for any free port.')
  }
  return port
}

/** Resolves when the process is asked to stop. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** What to open in a browser, and what to paste into a product. */
function describe(
  { url, store, developmentKeys, stub }: Service,
  tree: Tree,
  flags: Flags,
  { colors }: Terminal,
): string {
  const { bold, dim } = colors
  const key = developmentKeys.write ?? flags.writeKey?.find((given) => !given.startsWith('sha256:')) ?? 'YOUR_WRITE_KEY'
  const development = Object.values(developmentKeys)
  const lines = [
    `${bold('nsm')} collects events and reports on ${flags.tree}.`,
    '',
    `  Dashboard    ${bold(`${url}/`)}`,
    `  Send to      ${url}/v1/batch ${dim('(any Segment library)')}`,
    `  Store        ${store}`,
    ...(development.length > 0
      ? [`  Keys         ${development.join(', ')} ${dim('(publicly known; use them on this machine only)')}`]
      : []),
    '',
    'In your product:',
    '',
    ...(stub ? [`  <script>${stub}</script>`] : []),
    `  <script async src="${url}/nsm.js" data-write-key="${key}"></script>`,
    `  <script>nsm.track(${JSON.stringify(valueMoment(tree) ?? 'value_moment')})</script>`,
    '',
    'On any page:',
    '',
    `  <script type="module" src="${url}/nsm-card.js"></script>`,
    `  <nsm-card src="${url}/v1/report" refresh="live"></nsm-card>`,
    ...(developmentKeys.read
      ? [`  <script>document.querySelector('nsm-card').token = '${developmentKeys.read}'</script>`]
      : []),
    '',
    dim('Press Ctrl+C to stop.'),
  ]
  return lines.join('\n')
}
