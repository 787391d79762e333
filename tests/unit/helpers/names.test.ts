import { fileName, nameFor, prefixOf } from '../../../helpers/names';

const PATH = '/clone/tests/e2e/tier2/t2-01-nested-workflow.test.ts';

test('a name says run, file, test and part, and is a pack ref as it stands', () => {
  const name = nameFor('7q2x', PATH, 'T2.1a', 'child');
  expect(name).toMatch(/^e2e-7q2x-t2-01-a-child-[a-z0-9]{6}$/);
  expect(name).toMatch(/^[a-z][a-z0-9_-]+$/);
  expect(name.startsWith(prefixOf('7q2x', PATH))).toBe(true);
});

test('no two names are the same', () => {
  const names = Array.from({ length: 100 }, () => nameFor('7q2x', PATH, 'T2.1a', 'child'));
  expect(new Set(names).size).toBe(100);
});

test('a file of the systems has its own name', () => {
  expect(fileName('/clone/tests/e2e/systems/attack-webhooks.test.ts')).toBe('attack_webhooks');
});

test('what is no scenario file has no name', () => {
  expect(() => fileName('/clone/tests/unit/helpers/names.test.ts')).toThrow('not the name of a scenario file');
});
