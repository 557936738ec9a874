// node .dev/run.mjs NAME [arguments]: runs a command of commands.mjs after what it needs, on a fresh clone as well.
import './require-node.mjs'
import { commands } from './commands.mjs'

const [name = '', ...args] = process.argv.slice(2)

try {
  const command = commands[name]
  if (!command) throw new Error(`There is no command "${name}". There are ${Object.keys(commands).join(', ')}.`)
  for (const need of command.needs) await need()
  await command.run(args)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
