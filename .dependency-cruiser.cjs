// The package boundaries of ARCHITECTURE.md. `allowed` maps a package to what it may import at run time.
const allowed = {
  schema: { packages: [], npm: ['zod'] },
  sdk: { packages: [], npm: [], types: ['schema'] },
  engine: { packages: ['schema'], npm: null },
  card: { packages: [], npm: ['lit', '@lit', 'idb-keyval'], types: ['schema'] },
  server: { packages: ['schema', 'engine', 'card', 'sdk'], npm: null },
  cli: { packages: ['schema', 'engine', 'card', 'server'], npm: null },
}
const tests = '\\.(test|spec)\\.ts$|/fixtures/'

const forbidden = Object.entries(allowed).flatMap(([name, { packages, npm, types = [] }]) => {
  const from = { path: `^packages/${name}/src`, pathNot: tests }
  const rules = [
    {
      name: `${name}-imports-only-its-packages`,
      comment: `packages/${name} may import ${packages.join(', ') || 'no other package'} at run time.`,
      severity: 'error',
      from,
      to: {
        path: '^packages/',
        pathNot: `^packages/(${[name, ...packages].join('|')})/`,
        dependencyTypesNot: types.length > 0 ? ['type-only'] : [],
      },
    },
    {
      name: `${name}-imports-only-its-types`,
      comment: `packages/${name} may import only types from ${types.join(', ') || 'no further package'}.`,
      severity: 'error',
      from,
      to: {
        path: '^packages/',
        pathNot: `^packages/(${[name, ...packages, ...types].join('|')})/`,
      },
    },
  ]
  if (npm) {
    rules.push({
      name: `${name}-imports-only-its-libraries`,
      comment: `packages/${name} may import ${npm.join(', ')} from npm.`,
      severity: 'error',
      from,
      to: {
        path: 'node_modules/',
        pathNot: `node_modules/(${npm.join('|')})/`,
      },
    })
  }
  return rules
})

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: 'browser-packages-need-no-node',
      comment: 'sdk and card run in browsers.',
      severity: 'error',
      from: { path: '^packages/(sdk|card)/src', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'server-and-cli-take-the-dom-free-part-of-the-card',
      comment: 'Import @nsm/card/summary; the element needs a DOM.',
      severity: 'error',
      from: { path: '^packages/(server|cli)/src' },
      to: {
        path: '^packages/card/',
        pathNot: '^packages/card/(src|dist)/summary/',
      },
    },
    {
      name: 'no-cycles',
      comment: 'Arrows point one way, those of types too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'examples-use-published-entries',
      comment: 'Examples import packages as a user would.',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^packages/[^/]+/src' },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/.*\\.map$' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
}
