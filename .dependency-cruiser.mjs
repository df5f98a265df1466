/**
 * Imports run one way. Each rule is proved by a planted violation in test/house/planted/<rule>, without which
 * test/house/import-rules.test.ts fails.
 */
const TEST = '\\.test\\.tsx?$|^test/';
/** What a folder may import of our own; packages and Node are other rules' business. */
const only = (name, comment, from, ...allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TEST },
  to: { path: OWN, pathNot: allowed },
});
const OWN =
  '^(bin|lib|lambdas|collector|embedded|simulator|simulation|shared|state-machines|dashboard|migrations|localstack|test|bench|scripts)/';
const TOPOLOGY = '^shared/topology(-schema)?\\.ts$';
const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only(
      'domain-imports-nothing',
      'The domain is pure: it imports the domain.',
      '^shared/domain/',
      '^shared/domain/',
    ),
    only(
      'engine-imports-domain',
      'The engine is pure: it imports the domain.',
      '^shared/engine/',
      '^shared/(domain|engine)/',
    ),
    {
      name: 'pure-core-imports-no-package',
      comment: 'Domain and engine use the language alone; hashing is the one thing that Node lends them.',
      severity: 'error',
      from: { path: '^shared/(domain|engine)/', pathNot: TEST },
      to: { dependencyTypes: [...PACKAGES, 'core'], pathNot: '^(node:)?crypto$' },
    },
    only(
      'contracts-import-domain',
      'Contracts describe the domain’s values at the edges.',
      '^shared/contracts/',
      '^shared/(contracts|domain)/',
    ),
    only(
      'ports-import-contracts',
      'Ports are interfaces in terms of contracts, domain types and the names in the topology.',
      '^shared/ports/',
      '^shared/(ports|contracts|domain)/',
      TOPOLOGY,
    ),
    only(
      'runtime-imports-inwards',
      'The runtime serves handlers: it knows ports and contracts, never who implements or calls them.',
      '^shared/runtime/',
      '^shared/(runtime|ports|contracts|domain)/',
      TOPOLOGY,
    ),
    only(
      'adapters-implement-ports',
      'Adapters know the ports that they implement, and what travels through them.',
      '^shared/adapters/',
      '^shared/(adapters|ports|contracts|domain)/',
      '^shared/runtime/log\\.ts$',
      TOPOLOGY,
    ),
    {
      name: 'adapters-of-one-place',
      comment: 'The adapters of one place never lean on those of another.',
      severity: 'error',
      from: { path: '^shared/adapters/(aws|embedded)/', pathNot: TEST },
      to: { path: '^shared/adapters/(aws|embedded)/', pathNot: '^shared/adapters/$1/' },
    },
    only(
      'lambdas-import-shared',
      'Functions import what is shared, and nothing of the places that run them.',
      '^lambdas/',
      '^(shared|lambdas)/',
    ),
    {
      name: 'lambdas-import-no-other-lambda',
      comment: 'Functions meet through streams, queues and events. What two of them need is shared.',
      severity: 'error',
      from: { path: '^lambdas/([^/]+/[^/]+)/', pathNot: TEST },
      to: { path: '^lambdas/', pathNot: '^lambdas/$1/' },
    },
    {
      name: 'handlers-speak-to-ports',
      comment: 'Only a function’s index.ts, its entry on AWS, chooses the adapters of a place.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: ['/index\\.ts$', TEST] },
      to: { path: '^shared/adapters/(aws|embedded|clickhouse)/' },
    },
    only(
      'lib-imports-topology',
      'Infrastructure reads the map and points at files; it knows how functions are told things, never what they do.',
      '^lib/',
      '^lib/',
      TOPOLOGY,
      '^shared/contracts/(events|exchange|metrics|retention|service-metrics|token-rules)\\.ts$',
      '^shared/adapters/aws/(environment|stage-parameters)\\.ts$',
      '^shared/runtime/cross-origin\\.ts$',
    ),
    only(
      'collector-imports-shared',
      'The collector runs alone on AWS: it must not need the embedded platform.',
      '^collector/',
      '^(collector|shared)/',
    ),
    {
      name: 'collector-feeds-apart',
      comment:
        'A tape and a live venue know nothing of each other: what both send by is the outlet, which knows neither.',
      severity: 'error',
      from: { path: '^collector/(tape|live|outlet)/', pathNot: TEST },
      to: { path: '^collector/(tape|live)/', pathNot: '^collector/$1/' },
    },
    only(
      'simulator-imports-domain',
      'A simulated exchange speaks the venue’s protocol over a socket and shares no adapter with its reader.',
      '^simulator/',
      '^simulator/',
      '^shared/(domain|contracts)/',
    ),
    only(
      'simulation-drives-the-platform',
      'A simulation runs what runs elsewhere, over the stores in memory alone: none that a seed does not order.',
      '^simulation/',
      '^simulation/',
      '^embedded/runtime/',
      '^collector/outlet/',
      '^shared/(domain|contracts|ports|runtime)/',
      '^shared/adapters/memory/',
      TOPOLOGY,
    ),
    only(
      'embedded-drives-handlers',
      'The embedded platform drives handlers and collector; the command line drives it.',
      '^embedded/',
      '^(embedded|shared|lambdas|collector|simulator)/',
    ),
    only(
      'dashboard-imports-contracts',
      'The page talks to the API: it knows the contracts.',
      '^dashboard/',
      '^dashboard/',
      '^shared/contracts/',
    ),
    {
      name: 'dashboard-imports-types-only',
      comment: 'Schemas would pull zod into the page.',
      severity: 'error',
      from: { path: '^dashboard/', pathNot: TEST },
      to: { path: '^shared/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'command-line-without-cdk',
      comment: 'Only the CDK app imports the stacks.',
      severity: 'error',
      from: { path: '^bin/', pathNot: ['^bin/app\\.ts$', TEST] },
      to: { path: '^lib/|^node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Tests import what runs, never the other way.',
      severity: 'error',
      from: { path: OWN, pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-development-package-at-run-time',
      comment: 'What runs on AWS or on a user’s machine must be among the dependencies.',
      severity: 'error',
      from: { path: '^(lambdas|collector|embedded|simulator|shared)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one, or there is a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that imports nothing and is imported by none is forgotten.',
      severity: 'error',
      from: { orphan: true, path: OWN, pathNot: [TEST, '\\.d\\.ts$', '^scripts/'] },
      to: {},
    },
    {
      name: 'no-unresolvable-import',
      comment: 'The file or package is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/house/planted/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
