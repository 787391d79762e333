import { isSystemTestFile, scenarioName, uniqueName, namePrefix } from '../../../helpers/scenario/names';

const PATH = '/clone/tests/e2e/tier2/t2-01-nested-workflow.test.ts';

test('a name contains run, file, test and part and is a valid ref', () => {
  const name = uniqueName('7q2x', PATH, 'T2.1a', 'child');
  expect(name).toMatch(/^e2e-7q2x-t2-01-a-child-[a-z0-9]{6}$/);
  expect(name).toMatch(/^[a-z][a-z0-9_-]+$/);
  expect(name.startsWith(namePrefix('7q2x', PATH, 'T2.1a'))).toBe(true);
});

test('names of two files with one number have different prefixes', () => {
  const other = '/clone/tests/e2e/tier2/t2-01-nested-cancellation.test.ts';
  const prefixes = [namePrefix('7q2x', PATH, 'a'), namePrefix('7q2x', other, 'd')];
  const names = [uniqueName('7q2x', PATH, 'T2.1a', 'd'), uniqueName('7q2x', other, 'T2.1d', 'a')];
  const owners = names.map((name) => prefixes.map((prefix) => name.startsWith(prefix)));
  expect(owners).toEqual([
    [true, false],
    [false, true],
  ]);
});

test('no two names are the same', () => {
  const names = Array.from({ length: 100 }, () => uniqueName('7q2x', PATH, 'T2.1a', 'child'));
  expect(new Set(names).size).toBe(100);
});

test('a system test file has its own prefix', () => {
  expect(scenarioName('/clone/tests/e2e/attacks/attack-webhooks.test.ts')).toBe('attack_webhooks');
});

test('any other file throws', () => {
  expect(() => scenarioName('/clone/tests/unit/helpers/names.test.ts')).toThrow('not a scenario file');
});

test('tests of systems and attacks are in no tier', () => {
  const files = ['systems/durable/s3-lease', 'systems/notifications', 'attacks/attack-webhooks', 'tier2/t2-01-nested'];
  expect(files.map((file) => isSystemTestFile(`/clone/tests/e2e/${file}.test.ts`))).toEqual([true, true, true, false]);
});
