import { countOutcomes, renderTargetReport, type TargetReport } from '../../../cli/target-report';

const REPORT: TargetReport = {
  url: 'http://127.0.0.1:8080',
  platform: 'attune 1.0',
  targetFile: 'targets/mine.json',
  claims: [
    { id: 'T1.4a', title: 'one post creates one event', outcome: 'proven', reasons: [], difference: null },
    {
      ...{ id: 'T1.7a', title: 'tenants are isolated', outcome: 'not proven' },
      ...{ reasons: ['tenants: POST /tenants answered 404'], difference: 'add it to `notProven`' },
    },
    {
      ...{ id: 'T2.10a', title: 'five items run', outcome: 'known red', difference: null },
      reasons: ['until 2027-03-31: items are lost (https://example.org/1)'],
    },
  ],
  contradictions: [],
};

beforeAll(() => (process.env.NO_COLOR = '1'));

test('each claim has its outcome and reasons, and a summary follows', () => {
  expect(renderTargetReport(REPORT).split('\n')).toEqual([
    'proven      T1.4a  one post creates one event',
    'not proven  T1.7a  tenants are isolated',
    '                   tenants: POST /tenants answered 404',
    'known red   T2.10a five items run',
    '                   until 2027-03-31: items are lost (https://example.org/1)',
    '',
    'http://127.0.0.1:8080: attune 1.0, declared by targets/mine.json',
    '3 claims: 1 proven, 1 known red, 1 not proven',
    'A run of all claims ends with exit 5: targets/mine.json differs',
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

test('outcomes are counted, also those without a claim', () => {
  expect(countOutcomes(REPORT.claims.slice(0, 1))).toEqual({ proven: 1, 'known red': 0, 'not proven': 0 });
});
