// Written for any Node that can load a module, so that an old one gets a sentence and not a syntax error.
const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(`nsm needs Node 20 or newer, and this is Node ${process.versions.node}. Get it from nodejs.org.`)
  process.exit(1)
}
