import { OWN_PINS } from '../../../helpers/fixtures/python-source';
import { summaryLines } from '../../../helpers/jest/summary-lines';
import type { TestRecord } from '../../../helpers/scenario/test-records';
import { resolveChoices } from '../../../helpers/target/declarations';
import type { RunFacts } from '../../../helpers/target/run-facts';
import { readRunSwitches } from '../../../helpers/target/run-switches';
import { record } from '../helpers/test-record';

const declarations = {
  about: 'a platform',
  capabilities: {},
  notProven: { 'T1.7a': 'it has one tenant' },
  known: [{ claim: 'T2.8b', reason: 'it retries early', link: 'https://example.org/1', expires: '2027-03-31' }],
};

const RUN: RunFacts = {
  kind: 'attached',
  name: 'mine',
  declarations,
  startedOn: '2026-11-20',
  url: 'http://127.0.0.1',
  token: 't',
  platform: 'attune 1.0',
  instanceId: null,
  log: null,
  databaseUrl: null,
  run: 'abcd',
  incoming: null,
  directory: '/d',
  records: '/r',
  switches: readRunSwitches({}),
  capabilities: {},
  choices: resolveChoices(declarations),
  killGraceMs: 5_000,
  mockHost: '127.0.0.1',
  python: OWN_PINS,
  vendored: true,
  latency: { runMs: 80.4 },
  loadFactor: 1,
  clockOffsetMs: 0,
  aheadMs: 0,
  areClaimsParallel: false,
  rendezvous: 'together',
  slots: 10,
  contradictions: [],
  undecided: [],
  absences: { tenants: 'POST /tenants answered 404' },
};

const linesOf = (...records: TestRecord[]) => summaryLines(RUN, records);

test('the classes are counted', () => {
  expect(linesOf(record('T1.1a', 'passed'), record('T1.1b', 'passed'), record('T2.8b', 'known red'))).toEqual(
    expect.arrayContaining([
      'Recorded:    proved 2 of 3: passed 2, failed 0, environment 0, known red 1, not proven 0, not selected 0',
      'Target:      attune 1.0 (attached), L 80 ms, load factor 1.0',
    ]),
  );
});

test.each([
  [{ E2E_MODE: 'smoke' }, 'the lifecycle of workers (E2E_MODE=smoke)'],
  [{ E2E_TIME: 'real' }, 'long times (E2E_TIME=real)'],
  [
    { E2E_MODE: 'smoke', E2E_TIME: 'real' },
    'the lifecycle of workers (E2E_MODE=smoke) or of long times (E2E_TIME=real)',
  ],
])('tests that %j does not select are one line', (env, cause) => {
  const run = { ...RUN, switches: readRunSwitches(env) };

  expect(summaryLines(run, [record('T1.1a', 'not selected')])[1]).toBe(`Not selected: 1 tests of ${cause}: T1.1a`);
});

test.each([
  ['in the packs', true],
  ['(no package index responded)', false],
])('the Python packages are those built by the suite, %s', (where, vendored) => {
  expect(summaryLines({ ...RUN, vendored }, [])).toContain(
    `Packages:    e2e-http 1.0.0, e2e-yaml 1.0.0, built by the suite${vendored ? ',' : ''} ${where}`,
  );
});

test('a test that is not proven has the declared reason or the observation', () => {
  const missing = { missing: ['tenants'] };
  expect(linesOf(record('T1.7a', 'not proven', missing), record('T1.7b', 'not proven', missing)).slice(3)).toEqual([
    'NOT PROVEN T1.7a (tenants): it has one tenant',
    'NOT PROVEN T1.7b (tenants): POST /tenants answered 404',
  ]);
});

test('tests of one cause are one line, and many are listed below it', () => {
  const ids = Array.from({ length: 30 }, (_, n) => `T2.${n + 1}a`);
  const facts = { ...RUN, absences: { 'ledger.shared': 'no entry', sql: 'no access', cron: 'undecided after 24 s' } };
  const records = [
    ...ids.map((id, n) =>
      record(id, 'not proven', { missing: n === 3 ? ['sql', 'ledger.shared'] : ['ledger.shared'] }),
    ),
    record('T3.1a', 'not proven', { missing: ['cron'] }),
    record('T3.1b', 'passed', { missing: ['cron'] }),
  ];
  const lines = summaryLines({ ...facts, undecided: ['cron'] }, records).slice(3);

  expect(lines[0]).toBe('NOT PROVEN 30 tests (ledger.shared): no entry');
  expect(lines[1]).toMatch(/^ {11}→ name the file .*PLATFORM_FILE/);
  expect(
    lines
      .slice(2, -4)
      .join(' ')
      .match(/T2\.\d+a/g),
  ).toEqual(ids);
  expect(lines.slice(-4)).toEqual([
    'NOT DECIDED T3.1a (cron): undecided after 24 s',
    '           → run it again with less load on the target and on this host',
    'NOT DECIDED in part T3.1b (cron): undecided after 24 s',
    '           → run it again with less load on the target and on this host',
  ]);
});

test('a known red test has its entry and the differences', () => {
  const error = 'expect(received).toBe(expected)\n\nExpected: 3\nReceived: 4\n\n     0.203  POST /workflows';
  expect(linesOf(record('T2.8b', 'known red', { error })).slice(3)).toEqual([
    'KNOWN RED  T2.8b until 2027-03-31: it retries early (https://example.org/1)',
    '           Expected: 3',
    '           Received: 4',
  ]);
});

test('a wait that failed is shown by its first line', () => {
  const error = 'WAIT_TIMED_OUT: waited for execution 41; last saw running\nexecution 41  running\n- Expected: 1';
  expect(linesOf(record('T2.8b', 'known red', { error })).at(-1)).toBe(
    '           WAIT_TIMED_OUT: waited for execution 41; last saw running',
  );
});
