import { resolve } from 'node:path';
import { fileBudgetSeconds, readCensus, requireCensusLine } from '../../../helpers/scenario/census';
import { parseClaims, readScenarios, systemTestTitles } from '../../../helpers/docs/scenario-files';

const ROOT = resolve(__dirname, '../../..');

test('SC-03 the census lists every claim once, with its file', () => {
  const census = readCensus(ROOT).map(({ id, file }) => `${id} ${file}`);
  const claims = readScenarios(ROOT).flatMap(({ file, claims: own }) => own.map(({ id }) => `${id} ${file}`));
  expect(claims.length).toBeGreaterThan(0);
  expect([...claims].sort()).toEqual([...census].sort());
  expect(new Set(census.map((line) => line.split(' ')[0])).size).toBe(census.length);
});

test('the ids of the claims follow from the path of their file', () => {
  for (const { tier, file, claims } of readScenarios(ROOT)) {
    const [, number = ''] = /\/t\d-(\d+)-/.exec(file) ?? [];
    const prefix = `T${tier.replace('tier', '')}.${Number(number)}`;
    expect(claims.map(({ id }) => id.slice(0, -1))).toEqual(claims.map(() => prefix));
  }
});

test('needs are resolved through named lists', () => {
  const source = `
const NEEDS = ['a', 'b'];
const MORE = [...NEEDS, 'c'];

claim('T1.1a', MORE, 'one fact', async () => {});
claim('T1.1b', ['d'], "another's fact", async () => {});
claim.concurrent('T1.1c', [], 'one beside another', async () => {});
claim.time('T1.1d', [], 'one that passes the time', async () => {});
`;
  expect(parseClaims(source)).toEqual([
    { id: 'T1.1a', title: 'one fact', needs: ['a', 'b', 'c'] },
    { id: 'T1.1b', title: "another's fact", needs: ['d'] },
    { id: 'T1.1c', title: 'one beside another', needs: [] },
    { id: 'T1.1d', title: 'one that passes the time', needs: [] },
  ]);
});

test('system tests are found under every name that registers them', () => {
  const source = `
const onStartedPlatform = systemTestNeeding('host.files');

systemTest('PK-01 one fact', async () => {});
onStartedPlatform(
  'PK-02 another fact',
  async () => {},
);
onStartedPlatform.time('PK-03 one about time', async () => {});
`;
  expect(systemTestTitles(source)).toEqual(['PK-01 one fact', 'PK-02 another fact', 'PK-03 one about time']);
});

test('a claim without a literal title throws', () => {
  expect(() => parseClaims("\nclaim('T1.1a', [], title, body);\n")).toThrow('0 of 1 claims');
});

test('the budget of a file is the sum of its claims, else 0', () => {
  const census = [
    { id: 'T1.1a', file: 'tier1/x.test.ts', budget: 1.5 },
    { id: 'T1.1b', file: 'tier1/x.test.ts', budget: 0.5 },
  ];
  expect(fileBudgetSeconds(census, '/clone/tests/e2e/tier1/x.test.ts')).toBe(2);
  expect(fileBudgetSeconds(census, '/clone/tests/unit/x.test.ts')).toBe(0);
});

const LINE = { id: 'T1.1a', file: 'tier1/x.test.ts', budget: 1.5 };

test('a claim has the line of its id and its file', () => {
  expect(requireCensusLine([LINE], 'T1.1a', '/clone/tests/e2e/tier1/x.test.ts')).toBe(LINE);
});

test.each([
  [
    'a claim without a line names the line to add',
    'T1.1b',
    'x',
    'T1.1b is not in tests/e2e/census.json: ' +
      'add the line { "id": "T1.1b", "file": "tier1/x.test.ts", "budget": 2 }, budget: its usual seconds',
  ],
  [
    'a claim with the id of another file names that file',
    'T1.1a',
    'y',
    'T1.1a of tier1/y.test.ts is of tier1/x.test.ts in tests/e2e/census.json: choose another id, or correct that line',
  ],
])('%s', (_, id, name, message) => {
  expect(() => requireCensusLine([LINE], id, `/clone/tests/e2e/tier1/${name}.test.ts`)).toThrow(message);
});
