// Written for any Node that can load a module, so that an old one gets a sentence and not a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 15)) {
  console.error(`nsm needs Node 20.15 or newer, and this is Node ${process.versions.node}. Get it from nodejs.org.`)
  process.exit(1)
}
