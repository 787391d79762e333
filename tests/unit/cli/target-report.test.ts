import { countOutcomes, exitOfRun, renderTargetReport, type TargetReport } from '../../../cli/doctor/target-report';

const REPORT: TargetReport = {
  url: 'http://127.0.0.1:8080',
  platform: 'attune 1.0',
  isTimeVirtual: false,
  targetFile: 'targets/mine.json',
  claims: [
    {
      id: 'T1.4a',
      title: 'one post creates one event',
      outcome: 'can be proven',
      reasons: [],
      lacks: [],
      difference: null,
    },
    {
      id: 'T1.7a',
      title: 'tenants are isolated',
      outcome: 'not proven',
      lacks: ['tenants'],
      reasons: ['tenants: POST /tenants answered 404'],
      difference: 'add it to `notProven`',
    },
    {
      id: 'T2.10a',
      title: 'five items run',
      outcome: 'known red',
      lacks: [],
      difference: null,
      reasons: ['until 2027-03-31: items are lost (https://example.org/1)'],
    },
  ],
  contradictions: [],
  undecided: [],
  requireLive: false,
  fittingFile: null,
};

beforeAll(() => (process.env.NO_COLOR = '1'));

test('each claim has its outcome and reasons, and a summary follows', () => {
  expect(renderTargetReport(REPORT).split('\n')).toEqual([
    'can be proven  T1.4a  one post creates one event',
    'not proven     T1.7a  tenants are isolated',
    '                      tenants: POST /tenants answered 404',
    'known red      T2.10a five items run',
    '                      until 2027-03-31: items are lost (https://example.org/1)',
    '',
    'http://127.0.0.1:8080: attune 1.0, declared by targets/mine.json',
    '3 claims: 1 can be proven, 1 known red, 0 not decided, 1 not proven',
    'A run of all claims ends with exit 5: targets/mine.json differs for 1',
    '  T1.7a: add it to `notProven`',
    '',
  ]);
});

test('contradictions are listed with the exit code', () => {
  const contradictions = ['rbac is declared, but its probe failed: 200 instead of 403'];
  expect(
    renderTargetReport({ ...REPORT, claims: [], contradictions })
      .split('\n')
      .slice(-3, -1),
  ).toEqual([
    'A run ends with exit 3: the platform differs from its declaration',
    '  rbac is declared, but its probe failed: 200 instead of 403',
  ]);
});

test('one line says that the time of the platform is virtual', () => {
  const lines = renderTargetReport({ ...REPORT, isTimeVirtual: true }).split('\n');

  expect(lines.filter((line) => line.startsWith('time: '))).toEqual([
    'time: virtual: a caller with the grant clock:move moves the clock of its tenant',
  ]);
});

test('outcomes are counted, also those without a claim', () => {
  expect(countOutcomes(REPORT.claims.slice(0, 1))).toEqual({
    'can be proven': 1,
    'known red': 0,
    'not decided': 0,
    'not proven': 0,
  });
});

const lacking = (id: string, need: string): TargetReport['claims'][number] => ({
  id,
  title: 'a fact',
  outcome: 'not proven',
  reasons: [`${need}: the file has no entry`],
  lacks: [need],
  difference: 'add it to `notProven`',
});

test('a lack of many claims is one cause, with what to do', () => {
  const claims = [
    ...['T1.1a', 'T1.1b', 'T1.1c', 'T1.1d'].map((id) => lacking(id, 'ledger.shared')),
    lacking('T1.2a', 'sql'),
  ];
  const text = renderTargetReport({ ...REPORT, claims, fittingFile: { name: 'attune', differences: 1 } });

  expect(text.split('ledger.shared: the file has no entry')).toHaveLength(2);
  expect(text).toMatch(/\n4 claims cannot be proven: ledger\.shared: the file has no entry\n {2}→ .*PLATFORM_FILE/);
  expect(text).toContain(' differs for 5, for 4 of them by the causes above\n  T1.2a: add it to `notProven`\n');
  expect(text.match(/add it to/g)).toHaveLength(1);
  expect(text).toContain('E2E_TARGET_NAME=attune fits better: it differs for 1\n');
});

test('what is not decided is not called a lack, and has a remedy of its own', () => {
  const undecided = (id: string) => ({ ...lacking(id, 'timers.cron'), outcome: 'not decided' }) as const;
  const claims = ['T1.3a', 'T1.3b', 'T1.3c', 'T1.3d'].map(undecided);
  const text = renderTargetReport({ ...REPORT, claims, undecided: ['timers.cron'] });

  expect(text).toContain('not decided    T1.3a');
  expect(text).toMatch(/\n4 claims are not decided: timers\.cron: .*\n {2}→ run it again with less load/);
  expect(text).toContain('0 can be proven, 0 known red, 4 not decided, 0 not proven');
});

test('the exit code is that of a run', () => {
  const [proven, different] = REPORT.claims;
  const exitOf = (part: Partial<TargetReport>) => exitOfRun({ ...REPORT, ...part });

  expect(exitOf({ claims: [proven!] })).toBe(0);
  expect(exitOf({ claims: [proven!, different!] })).toBe(5);
  expect(exitOf({ claims: [proven!, { ...different!, difference: null }] })).toBe(0);
  expect(exitOf({ claims: [proven!, { ...different!, difference: null }], requireLive: true })).toBe(5);
  expect(exitOf({ claims: [{ ...different!, difference: null }] })).toBe(5);
  expect(exitOf({ contradictions: ['rbac'] })).toBe(3);
});
