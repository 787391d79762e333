import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../../cli/failures';
import { inventory } from '../../../cli/generators/inventory';
import { repositoryRoot } from '../../../helpers/repository-root';
import { testDirectory } from '../../test-directory';

const ACTIONS = 'packs/core/actions';

let root: string;
beforeEach(() => {
  root = testDirectory();
  cpSync(join(repositoryRoot(), ACTIONS), join(root, ACTIONS), { recursive: true });
});

const addAction = (name: string): void => writeFileSync(join(root, ACTIONS, `${name}.yaml`), `ref: core.${name}\n`);

function rejection(check: boolean): { message: string; exitCode: number } {
  try {
    inventory(root, check);
  } catch (error) {
    if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
    throw error;
  }
  throw new Error('the inventory was accepted');
}

const missingCase = (name: string): string =>
  `SMOKE_CASE_MISSING: no smoke case runs core.${name} of packs/core/actions/${name}.yaml: ` +
  'add a case that does, with its value, to helpers/scenario/built-in-kinds.ts';

test('every action of pack core has a smoke case', () => {
  expect(() => inventory(repositoryRoot(), true)).not.toThrow();
});

test.each([true, false])('each action without a smoke case is named, check: %s', (check) => {
  addAction('wait');
  addAction('copy');

  expect(rejection(check)).toEqual({ message: `${missingCase('copy')}\n${missingCase('wait')}`, exitCode: 1 });
  expect(existsSync(join(root, 'E2E_TESTS_COMPLETE.md'))).toBe(false);
});

test('an action that states no ref is an error', () => {
  writeFileSync(join(root, ACTIONS, 'copy.yaml'), 'label: Copy\n');

  expect(() => inventory(root, true)).toThrow('packs/core/actions/copy.yaml states no ref');
});
