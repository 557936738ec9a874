// The platforms that chDB has an engine for. Plain Node: asked before anything is installed.

/** `libc` is null outside Linux. */
export function thisPlatform() {
  return { platform: process.platform, arch: process.arch, libc: process.platform === 'linux' ? libc() : null }
}

/** One sentence on why nsm cannot run on a platform and what to do about it, or null where it can. */
export function platformRefusal({ platform, arch, libc }) {
  const known = (platform === 'darwin' || (platform === 'linux' && libc === 'glibc')) && ['x64', 'arm64'].includes(arch)
  if (known) return null
  const here = [NAMES[platform] ?? platform, arch, libc === 'musl' && 'with musl'].filter(Boolean).join(' ')
  const wayOut = platform === 'win32' ? 'use WSL 2' : 'use such a machine, or a Debian container on one'
  return `nsm does not run on ${here}, because its database, chDB, runs only on macOS and on Linux with glibc, on x64 or arm64; ${wayOut}.`
}

const NAMES = { darwin: 'macOS', freebsd: 'FreeBSD', linux: 'Linux', openbsd: 'OpenBSD', win32: 'Windows' }

function libc() {
  // Otherwise the report looks up the names of open connections.
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
}
