/** Arrows point inward: scenarios → helpers → contract; platform shell → core → contract. */
const TOP = '^(contract|helpers|platform|cli|tests|packs|bin|targets|tools|web)/';

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

/**
 * Rooms of `platform/`, each with the rooms that it may import besides itself, the contract and
 * the base.
 */
const ROOMS = {
  base: [],
  core: [],
  files: [],
  egress: [],
  embedded: [],
  redaction: ['core'],
  store: ['core'],
  disk: ['files'],
  outcomes: ['files', 'store'],
  auth: ['core', 'store'],
  packs: ['core', 'egress', 'files', 'store'],
  executor: ['auth', 'core', 'files', 'outcomes', 'packs', 'store'],
  webhooks: ['auth', 'core', 'executor', 'store'],
  notifier: ['auth', 'store'],
  workers: ['auth', 'core', 'egress', 'executor', 'files', 'outcomes', 'packs', 'redaction', 'store'],
  worker: ['core', 'disk', 'egress', 'files', 'outcomes', 'packs', 'redaction', 'store', 'workers'],
  api: ['auth', 'core', 'disk', 'egress', 'executor', 'files', 'notifier', 'packs', 'store', 'webhooks', 'workers'],
};

const room = ([name, others]) =>
  arrow(
    `platform/${name}/`,
    [
      'contract/',
      'bin/(content-cache|bundle-page)\\.js$',
      ...(name === 'core' ? [] : ['platform/base/']),
      ...[name, ...others].map((other) => `platform/${other}/`),
    ],
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
  events: ['database/', 'executions/', 'lifecycle/', 'packs/', 'secrets/', 'workers/'],
};

const storeRoom = ([name, others]) =>
  arrow(
    `platform/store/${name}/`,
    [
      'contract/',
      'platform/core/',
      'platform/base/',
      ...[`${name}/`, ...others].map((other) => `platform/store/${other}`),
    ],
    'siblings of the store import each other only as this table says',
  );

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'a circle has no inside', severity: 'error', from: {}, to: { circular: true } },
    arrow('contract/', ['contract/'], 'the contract imports nothing of ours'),
    arrow(
      'helpers/',
      ['helpers/', 'contract/', 'bin/(bundle|bundle-page|content-cache|kept-script)\\.js$'],
      'the suite reaches the platform by the wire alone',
    ),
    arrow(
      'tests/e2e/support/model/',
      [
        'tests/e2e/support/model/',
        'tests/e2e/support/expressions/evaluator/',
        'contract/',
        'helpers/scenario/resources/workflow-task\\.ts$',
      ],
      'the model computes what must be observed from the contract, without a target',
    ),
    arrow('tests/e2e/', ['tests/e2e/', 'helpers/'], 'scenarios are written in the words of helpers', [
      'tests/e2e/support/',
    ]),
    arrow('tests/e2e/support/', ['tests/e2e/', 'helpers/', 'contract/'], 'attacks write requests by hand'),
    arrow(
      'tools/gate/',
      ['tools/gate/', 'contract/'],
      'the gate decides from a policy, a history and results that its caller read',
    ),
    arrow('tools/sandbox/', ['tools/sandbox/', 'contract/'], 'a repository is tested whatever its stack is'),
    arrow(
      'tools/hub/',
      [
        'tools/hub/',
        'contract/',
        'bin/bundle-page\\.js$',
        'helpers/run-report/',
        'helpers/client/validate\\.ts$',
        'platform/store/database/',
        'platform/base/directories\\.ts$',
      ],
      'a hub stores reports, and knows no platform',
    ),
    arrow(
      'web/',
      ['web/', 'contract/', 'helpers/run-report/(run-model|tree-model|task-graph|page-run)\\.ts$'],
      'a page shows what a report holds, or what the public API returns',
    ),
    arrow('helpers/report/', ['helpers/report/'], 'a report is text of what its caller observed'),
    arrow(
      'platform/',
      ['platform/', 'contract/', 'packs/', 'bin/(content-cache|bundle-page)\\.js$'],
      'the platform imports nothing of the suite',
    ),
    ...Object.entries(ROOMS).map(room),
    ...Object.entries(STORE_ROOMS).map(storeRoom),
    {
      name: 'worker-without-database',
      comment: 'a worker process holds no key and no connection: it asks through worker-access',
      severity: 'error',
      from: { path: '^platform/worker/|^cli/worker\\.ts$|^platform/workers/(rpc|standalone/worker)/' },
      to: {
        path: '^platform/(store/(database|secrets|identities)|workers/(external|standalone/server|access/(database-access|execution-token)))',
      },
    },
    {
      name: 'no-loose-file-in-platform',
      comment: 'each file of the platform stands in a room',
      severity: 'error',
      from: { path: '^platform/[^/]+$' },
      to: {},
    },
    arrow(
      'cli/',
      [
        'cli/',
        'platform/',
        'contract/',
        'helpers/',
        'tools/gate/',
        'tools/sandbox/',
        'tools/hub/',
        'tools/bench/',
        'tools/detection/',
        'tools/promises/',
        'bin/(content-cache|bundle-page|kept-script|load-program|request-program)\\.js$',
      ],
      'a command starts what others do',
    ),
    arrow('tools/detection/', ['tools/detection/', 'helpers/'], 'the faults are text: no product is imported'),
    arrow('tools/promises/', ['tools/promises/', 'helpers/'], 'a page and the ids of tests are text'),
    arrow(
      'tools/bench/',
      ['tools/bench/', 'helpers/', 'contract/', 'bin/bundle-page\\.js$'],
      'a benchmark measures from outside',
    ),
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
      from: { path: '^tools/gate/|^helpers/report/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'model-is-pure',
      comment: 'no I/O, no clock, no randomness',
      severity: 'error',
      from: { path: '^tests/e2e/support/(model|expressions/evaluator)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'sandbox-decisions-are-pure',
      comment: 'a manifest and a compose file are text: their parsers do no I/O',
      severity: 'error',
      from: { path: '^tools/sandbox/(compose/|manifest/(manifest|parse|yaml))' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
