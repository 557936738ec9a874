import { Option } from 'commander'

/** Options that several commands share. Those with an environment variable can be set there too. */

export const treeOption = () => new Option('--tree <file>', 'the metric tree').env('NSM_TREE').default('northstar.json')

export const storeOption = () =>
  new Option('--store <location>', 'a store: file:DIR, or https://user:password@host:8443/database').env('NSM_STORE')

export const urlOption = () => new Option('--url <address>', 'a running service').env('NSM_URL')

export const tokenOption = () =>
  new Option('--token <token>', 'the service’s read token (rt_dev if it uses development keys)').env('NSM_READ_TOKEN')

export const eventsOption = () =>
  new Option('--events <file>', 'a file of Segment messages, one per line; - for standard input')

export const jsonOption = () => new Option('--json', 'print JSON')

/** The store that commands use by default. */
export const DEFAULT_STORE = 'file:nsm-data'
