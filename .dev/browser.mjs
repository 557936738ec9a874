// Finds a browser for the tests, or installs it and says so. Plain Node: it runs before anything is installed.
//
//   node .dev/browser.mjs chromium firefox webkit
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, isAbsolute, join } from 'node:path'
import { argv, env, getuid, platform } from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * Where to look, in this order: the environment variable, then each program. `packages` are Debian's; `also` are
 * programs that the tests need besides the browser.
 */
const browsers = {
  chromium: {
    variable: 'NSM_CHROMIUM',
    programs: [
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    also: [],
    packages: ['chromium'],
    playwright: true,
  },
  firefox: {
    variable: 'NSM_FIREFOX',
    programs: ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
    also: [],
    packages: ['firefox-esr'],
  },
  // The driver starts its own MiniBrowser, which needs a display: Xvfb.
  webkit: {
    variable: 'NSM_WEBKIT',
    programs: ['WebKitWebDriver'],
    also: ['Xvfb'],
    packages: ['webkit2gtk-driver', 'xvfb'],
  },
}

/**
 * Returns the path of a browser's program (for WebKit, of its WebDriver). Installs a missing browser and says so.
 *
 * @param {'chromium' | 'firefox' | 'webkit'} name
 * @returns {Promise<string>}
 * @throws if the browser is missing and cannot be installed; the message says what to do
 */
export async function ensureBrowser(name) {
  const browser = browsers[name]
  if (!browser) throw new Error(`There is no browser "${name}". Choose from ${Object.keys(browsers).join(', ')}.`)
  const told = env[browser.variable]
  if (told) {
    if (!runnable(told))
      throw new Error(`${browser.variable} is set to ${told}, which is not a program that can be run.`)
    return told
  }
  return find(browser) ?? (await install(name, browser))
}

function find({ programs, also, playwright }) {
  if (!also.every(onPath)) return null
  for (const program of programs) {
    const path = onPath(program)
    if (path) return path
  }
  return playwright ? playwrightsOwn() : null
}

async function install(name, browser) {
  if (getuid?.() === 0 && onPath('apt-get')) {
    say(`Installing ${name} with apt-get: ${browser.packages.join(' and ')} …`)
    const quiet = ['-qq', '-y', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0']
    await run('apt-get', [...quiet, 'update'])
    await run('apt-get', [...quiet, 'install', '--no-install-recommends', ...browser.packages])
  } else if (browser.playwright) {
    say(`Downloading Playwright's build of ${name} …`)
    const cli = playwrightFile('cli.js')
    if (!cli)
      throw new Error(`${name} is not installed. Run npm run build first, or set ${browser.variable} to its program.`)
    await run(process.execPath, [cli, 'install', name])
  }
  const path = find(browser)
  if (path) return path
  throw new Error(
    `${name} is not installed, and only root on Debian can install it from here. Install ${browser.packages.join(' and ')}, or set ${browser.variable} to its program.`,
  )
}

function playwrightFile(file) {
  try {
    const resolve = createRequire(new URL('../test/package.json', import.meta.url)).resolve
    return join(resolve('playwright-core/package.json'), '..', file)
  } catch {
    return null
  }
}

function playwrightsOwn() {
  const index = playwrightFile('index.js')
  if (!index) return null
  const path = createRequire(index)(index).chromium.executablePath()
  return existsSync(path) ? path : null
}

function onPath(program) {
  if (isAbsolute(program)) return runnable(program) ? program : null
  const names = platform === 'win32' ? [`${program}.exe`] : [program]
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(runnable) ?? null
}

function runnable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The installer prints to our standard error, so that standard output holds only paths. */
function run(program, args) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 2, 2],
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    child.once('error', fail)
    child.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`${program} ${args.join(' ')} ended with ${code}.`)),
    )
  })
}

function say(sentence) {
  console.error(sentence)
}

if (argv[1] && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) {
  for (const name of argv.slice(2)) console.info(await ensureBrowser(name))
}
