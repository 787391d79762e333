import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_STATUS, EXIT } from '../../../contract/errors';
import { projectRoot } from '../../../platform/root';

const page = readFileSync(join(projectRoot(), 'docs', 'errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (\d) \| ([^|]+) \| ([^|]+) \|$/gm)];

test('the page and the contract name the same codes with the same statuses', () => {
  expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(ERROR_STATUS);
  expect(rows).toHaveLength(Object.keys(ERROR_STATUS).length);
});

test('every row says which exit it gives, what it means and what to do', () => {
  const exits = new Set<number>(Object.values(EXIT));

  expect(rows.filter(([, , , exit, meaning, remedy]) => exits.has(Number(exit)) && meaning && remedy)).toHaveLength(
    rows.length,
  );
});
