import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

test('every file that the page names exists', () => {
  const named = [...page.matchAll(/`((?:tests|platform|docs)\/[\w./-]+\.\w+)`/g)].map(([, file = '']) => file);

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('every attack row that the page names is on the list', () => {
  const rows = (JSON.parse(readFileSync(join(ROOT, 'tests/attack-rows.json'), 'utf8')) as [string, string][]).map(
    ([id]) => id,
  );
  const named = [...page.matchAll(/\b[A-Z]{2}-\d{2}\b/g)].map(([id]) => id);

  expect(named.filter((id) => !rows.includes(id))).toEqual([]);
});
