import { resolve } from 'node:path';
import { budgetOf, readCensus } from '../../../helpers/census';
import { claimsIn, readScenarios } from '../../../helpers/scenario-files';

const ROOT = resolve(__dirname, '../../..');

test('every claim is a line of the census, and every line is a claim, each once and in the same file', () => {
  const census = readCensus(ROOT).map(({ id, file }) => `${id} ${file}`);
  const claims = readScenarios(ROOT).flatMap(({ file, claims: own }) => own.map(({ id }) => `${id} ${file}`));
  expect(claims.length).toBeGreaterThan(0);
  expect([...claims].sort()).toEqual([...census].sort());
  expect(new Set(census.map((line) => line.split(' ')[0])).size).toBe(census.length);
});

test('the path of a scenario file is the id of its claims', () => {
  for (const { tier, file, claims } of readScenarios(ROOT)) {
    const [, number = ''] = /\/t\d-(\d+)-/.exec(file) ?? [];
    const prefix = `T${tier.replace('tier', '')}.${Number(number)}`;
    expect(claims.map(({ id }) => id.slice(0, -1))).toEqual(claims.map(() => prefix));
  }
});

test('needs are read through the lists they are named by', () => {
  const source = `
const NEEDS = ['a', 'b'];
const MORE = [...NEEDS, 'c'];

claim('T1.1a', MORE, 'one thing', async () => {});
claim('T1.1b', ['d'], "another's thing", async () => {});
claim.concurrent('T1.1c', [], 'one beside another', async () => {});
`;
  expect(claimsIn(source)).toEqual([
    { id: 'T1.1a', title: 'one thing', needs: ['a', 'b', 'c'] },
    { id: 'T1.1b', title: "another's thing", needs: ['d'] },
    { id: 'T1.1c', title: 'one beside another', needs: [] },
  ]);
});

test('a claim whose title is not written out is refused', () => {
  expect(() => claimsIn("\nclaim('T1.1a', [], title, body);\n")).toThrow('1 claims, of which 0');
});

test('a file costs the sum of its budgets; what is no scenario costs nothing', () => {
  const census = [
    { id: 'T1.1a', file: 'tier1/x.test.ts', budget: 1.5 },
    { id: 'T1.1b', file: 'tier1/x.test.ts', budget: 0.5 },
  ];
  expect(budgetOf(census, '/clone/tests/e2e/tier1/x.test.ts')).toBe(2);
  expect(budgetOf(census, '/clone/tests/unit/x.test.ts')).toBe(0);
});
