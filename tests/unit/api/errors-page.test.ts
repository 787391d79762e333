import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_STATUS, EXIT_CODES } from '../../../contract/errors';
import { projectRoot } from '../../../platform/base/directories';

const page = readFileSync(join(projectRoot(), 'docs', 'errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (\d) \| ([^|]+) \| ([^|]+) \|$/gm)];

test('the page and the contract name the same codes with the same statuses', () => {
  expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(ERROR_STATUS);
  expect(rows).toHaveLength(Object.keys(ERROR_STATUS).length);
});

test('every row gives an exit code, a meaning and a remedy', () => {
  const exits = new Set<number>(Object.values(EXIT_CODES));

  expect(rows.filter(([, , , exit, meaning, remedy]) => exits.has(Number(exit)) && meaning && remedy)).toHaveLength(
    rows.length,
  );
});
