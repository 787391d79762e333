import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../../contract/errors';
import { projectRoot } from '../../../platform/base/directories';
import { SANDBOX_EXITS } from '../../../tools/sandbox/sandbox-error';

const pageOf = (name: string): string => readFileSync(join(projectRoot(), 'docs', name), 'utf8');
const [sandbox, errors] = [pageOf('sandbox.md'), pageOf('errors.md')];
/** The rows of the codes of its commands, with the exit code of each. */
const rows = [
  ...errors
    .split('## The commands sandbox and hub')[1]!
    .split('\n## ')[0]!
    .matchAll(/^\| `(\w+)` \| (\d) \|/gm),
];

test('each code of the sandbox is on its page, or on that of the errors', () => {
  const named = (code: string): boolean => sandbox.includes(`\`${code}\``) || rows.some(([, row]) => row === code);

  expect(Object.keys(SANDBOX_EXITS).filter((code) => !named(code))).toEqual([]);
});

test('the exit code of each row is that of the command', () => {
  const exits: Readonly<Record<string, number>> = { ...SANDBOX_EXITS, HUB_TOKEN_MISSING: EXIT_CODES.usage };

  expect(rows.map(([, code, exit]) => [code, Number(exit)])).toEqual(rows.map(([, code]) => [code, exits[code!]]));
  expect(rows).toHaveLength(7);
});
