import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './exec.mjs'
import { thisPlatform } from './platform.mjs'

/**
 * Fetches the native packages of this platform that an installed package names but the lock file does not, each at
 * the version its package names. A lock file lacks a platform when its native package could not be had from the
 * registry on the day the lock file was written; pnpm then installs the package without its native part.
 */
export async function addMissingNatives(workspace) {
  for (const { name, version, nodeModules } of missingNatives(workspace, thisPlatform())) {
    console.info(`The lock file lacks ${name}: fetching ${version} …`)
    await fetchInto(nodeModules, name, version, workspace)
  }
}

/** The native packages of a platform that are named by an installed package and are not beside it. */
function missingNatives(workspace, platform) {
  return packageFolders(workspace).flatMap((folder) => {
    const { name, optionalDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const nodeModules = join(folder, ...name.split('/').map(() => '..'))
    const natives = nativePackages(optionalDependencies, platform)
    if (natives.some((native) => existsSync(join(nodeModules, native, 'package.json')))) return []
    return natives.map((native) => ({ name: native, version: optionalDependencies[native], nodeModules }))
  })
}

/** Those of a package's optional dependencies that are its native part on a platform, by the names the field uses. */
export function nativePackages(optionalDependencies, { platform, arch }) {
  const ending = new RegExp(`[-/]${platform}-${arch}(-gnu)?$`)
  return Object.keys(optionalDependencies).filter((name) => ending.test(name))
}

/** The folders of the packages that pnpm has installed: all of them, or every version of one. */
export function packageFolders(workspace, wanted) {
  const store = join(workspace, 'node_modules/.pnpm')
  return readdirSync(store).flatMap((entry) => {
    const nodeModules = join(store, entry, 'node_modules')
    if (entry === 'node_modules' || !existsSync(nodeModules)) return []
    return packagesIn(nodeModules)
      .filter((name) => !wanted || name === wanted)
      .map((name) => join(nodeModules, name))
  })
}

/** The packages that lie in a `node_modules` themselves. What they depend on are links beside them. */
function packagesIn(nodeModules, scope = '') {
  return readdirSync(join(nodeModules, scope), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => (name.startsWith('@') ? packagesIn(nodeModules, name) : [join(scope, name)]))
    .filter((name) => existsSync(join(nodeModules, name, 'package.json')))
}

async function fetchInto(nodeModules, name, version, workspace) {
  const folder = mkdtempSync(join(workspace, 'node_modules', '.native-'))
  try {
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
    await run('npm', ['install', ...flags, '--prefix', folder, `${name}@${version}`], { quiet: true })
    mkdirSync(dirname(join(nodeModules, name)), { recursive: true })
    renameSync(join(folder, 'node_modules', name), join(nodeModules, name))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
