import { loadLines } from '../../../../helpers/jest/load-lines';

const passed = (requests?: number) => ({ class: 'passed' as const, ...(requests !== undefined && { requests }) });
const UNREACHABLE = 'postgres://127.0.0.1:9/none';

test('the requests of passed tests are summed up', async () => {
  const records = [passed(10), passed(), { class: 'failed' as const, requests: 500 }];

  const [line] = await loadLines({ kind: 'started', databaseUrl: UNREACHABLE }, records);

  expect(line).toMatch(/^Load: {8}requests 10, 5 a test; transactions .*ECONNREFUSED/);
});

test.each([
  ['a platform that others may use', { kind: 'attached' as const, databaseUrl: UNREACHABLE }, [passed(1)]],
  ['no access to the database', { kind: 'started' as const, databaseUrl: null }, [passed(1)]],
  ['no passed test', { kind: 'started' as const, databaseUrl: UNREACHABLE }, []],
])('there is no line for %s', async (_, facts, records) => {
  expect(await loadLines(facts, records)).toEqual([]);
});
