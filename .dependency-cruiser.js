/** Arrows point inward: scenarios → helpers → contract; platform shell → core → contract. */
const TOP = '^(contract|helpers|platform|cli|tests|packs|bench|bin|targets|gate|report|sandbox|hub)/';

/**
 * Files below `folder` (less `except`) may import, of our own folders, only what `allowed` names:
 * path prefixes.
 */
const arrow = (folder, allowed, comment, except = []) => ({
  name: `${folder}-arrows`,
  comment,
  severity: 'error',
  from: { path: `^${folder}`, ...(except.length > 0 && { pathNot: except.map((prefix) => `^${prefix}`) }) },
  to: { path: TOP, pathNot: allowed.map((prefix) => `^${prefix}`) },
});

/** What every room of the platform may import: plain data and functions that import no room. */
const BASE = [
  'address-list',
  'cgroup-base',
  'clock',
  'directories',
  'domain-error',
  'error-details',
  'host-headers',
  'host-memory',
  'limiter',
  'limits',
  'once-per-key',
  'pass-on-controllers',
  'path-checks',
  'retry-with-backoff',
  'run-at',
  'settings/\\w+',
  'web-sockets',
  'worker-names',
  'worker-placement',
].map((file) => `platform/${file}\\.ts$`);

/**
 * Rooms of `platform/`, each with the rooms that it may import besides itself, the contract and
 * the base.
 */
const ROOMS = {
  store: ['core'],
  egress: [],
  embedded: [],
  'log-files': [],
  disk: ['log-files'],
  auth: ['core', 'store'],
  packs: ['core', 'egress', 'log-files', 'store'],
  outcomes: ['log-files', 'store'],
  redaction: ['core'],
  executor: ['auth', 'core', 'log-files', 'outcomes', 'packs', 'store'],
  webhooks: ['auth', 'core', 'executor', 'store'],
  notifier: ['auth', 'store'],
  'worker-access': ['auth', 'core', 'executor', 'outcomes', 'redaction', 'store'],
  push: ['core', 'egress', 'executor', 'store', 'worker-access'],
  worker: ['core', 'disk', 'egress', 'log-files', 'outcomes', 'packs', 'redaction', 'store', 'worker-access'],
  standalone: ['auth', 'core', 'log-files', 'packs', 'redaction', 'store', 'worker-access'],
  api: [
    'auth',
    'core',
    'disk',
    'egress',
    'executor',
    'log-files',
    'notifier',
    'packs',
    'store',
    'webhooks',
    'worker-access',
  ],
};

const room = ([name, others]) =>
  arrow(
    `platform/${name}/`,
    ['contract/', 'bin/content-cache\\.js$', ...BASE, ...[name, ...others].map((other) => `platform/${other}/`)],
    'a room imports the rooms below it and never one above it: so no two rooms import each other',
  );

/**
 * Rooms of `platform/store/`, each with what it may import of the store besides itself: the
 * database is below all.
 */
const STORE_ROOMS = {
  database: ['secrets/vault'],
  secrets: ['database/'],
  identities: ['database/'],
  workers: ['database/'],
  artifacts: ['database/', 'packs/'],
  packs: ['database/'],
  lifecycle: ['database/'],
  inquiries: ['database/', 'lifecycle/', 'secrets/'],
  queues: ['database/', 'lifecycle/', 'packs/', 'secrets/'],
  executions: ['database/', 'identities/', 'inquiries/', 'lifecycle/', 'queues/', 'secrets/'],
  events: ['database/', 'executions/', 'lifecycle/', 'packs/', 'secrets/'],
};

const storeRoom = ([name, others]) =>
  arrow(
    `platform/store/${name}/`,
    ['contract/', 'platform/core/', ...BASE, ...[`${name}/`, ...others].map((other) => `platform/store/${other}`)],
    'siblings of the store import each other only as this table says',
  );

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'a circle has no inside', severity: 'error', from: {}, to: { circular: true } },
    arrow('contract/', ['contract/'], 'the contract imports nothing of ours'),
    arrow(
      'helpers/',
      ['helpers/', 'contract/', 'report/', 'bin/content-cache\\.js$'],
      'the suite reaches the platform by the wire alone',
    ),
    arrow(
      'helpers/model/',
      ['helpers/model/', 'contract/', 'helpers/scenario/resources/workflow-task\\.ts$'],
      'the model computes what must be observed from the contract, without a target',
    ),
    arrow('tests/e2e/', ['tests/e2e/', 'helpers/'], 'scenarios are written in the words of helpers', [
      'tests/e2e/support/',
    ]),
    arrow('tests/e2e/support/', ['tests/e2e/', 'helpers/', 'contract/'], 'attacks write requests by hand'),
    arrow(
      'gate/',
      ['gate/', 'contract/'],
      'the gate decides from a policy, a history and results that its caller read',
    ),
    arrow('sandbox/', ['sandbox/', 'contract/'], 'a repository is tested whatever its stack is'),
    arrow(
      'hub/',
      ['hub/', 'contract/', 'platform/store/database/', 'platform/directories\\.ts$'],
      'a hub stores reports, and knows no platform',
    ),
    arrow('report/', ['report/'], 'a report is text of what its caller observed'),
    arrow('platform/core/', ['platform/core/', 'contract/'], 'the core is pure'),
    arrow(
      'platform/',
      ['platform/', 'contract/', 'packs/', 'bin/content-cache\\.js$'],
      'the platform imports nothing of the suite',
    ),
    ...Object.entries(ROOMS).map(room),
    ...Object.entries(STORE_ROOMS).map(storeRoom),
    {
      name: 'worker-without-database',
      comment: 'a worker process holds no key and no connection: it asks through worker-access',
      severity: 'error',
      from: { path: '^platform/worker/|^cli/worker\\.ts$' },
      to: { path: '^platform/(store/(database|secrets|identities)|worker-access/(database-access|execution-token))' },
    },
    arrow(
      'platform/([^/]+|settings/[^/]+)\\.ts$',
      [...BASE, 'platform/egress/', 'contract/'],
      'base files import no room',
      ['platform/(main|start-api|start-workers|supervisor|tenant-workers|worker-process|capabilities)\\.ts$'],
    ),
    arrow(
      'cli/',
      [
        'cli/',
        'platform/',
        'contract/',
        'helpers/',
        'gate/',
        'report/',
        'sandbox/',
        'hub/',
        'bench/',
        'tests/detection/',
        'bin/(content-cache|request-program)\\.js$',
      ],
      'a command starts what others do',
    ),
    arrow('tests/detection/', ['tests/detection/', 'helpers/'], 'the faults are text: no product is imported'),
    arrow('bench/', ['bench/', 'helpers/', 'contract/'], 'a benchmark measures from outside'),
    {
      name: 'core-is-pure',
      comment: 'no I/O, no clock, no randomness',
      severity: 'error',
      from: { path: '^platform/core/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'gate-and-report-are-pure',
      comment: 'no I/O, no clock, no randomness',
      severity: 'error',
      from: { path: '^(gate|report)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'model-is-pure',
      comment: 'no I/O, no clock, no randomness',
      severity: 'error',
      from: { path: '^helpers/model/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'sandbox-decisions-are-pure',
      comment: 'a manifest and a compose file are text: their parsers do no I/O',
      severity: 'error',
      from: { path: '^sandbox/(compose/|manifest/(manifest|parse|yaml))' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
