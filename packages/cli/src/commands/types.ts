import { readTree } from '@nsm/server/tree'
import { Command } from 'commander'
import { treeOption } from '../options.js'
import type { Terminal } from '../terminal/terminal.js'
import { eventTypes } from '../tree/event-types.js'

/** `nsm types`: the tree's events as TypeScript. */
export function typesCommand(terminal: Terminal): Command {
  return new Command('types')
    .description('print the tree’s events as TypeScript types for the SDK')
    .addOption(treeOption())
    .action(async ({ tree: path }: { tree: string }) => {
      terminal.print(eventTypes(await readTree(path)).trimEnd())
    })
}
