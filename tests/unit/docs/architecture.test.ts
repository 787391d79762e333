import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { architecture } from '../../../cli/generators/architecture';
import { triggerTable } from '../../../cli/generators/trigger-table';
import { repositoryRoot } from '../../../helpers/repository-root';
import { testDirectory } from '../../test-directory';

const ROOT = repositoryRoot();
const PAGE = 'docs/architecture.md';

let root: string;
beforeEach(() => (root = testDirectory()));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('the page has the rooms and the triggers of the project', () => {
  expect(() => architecture(ROOT, true)).not.toThrow();
});

test('a row of a trigger has its table, file, moment and first sentence', () => {
  write(
    'platform/store/functions/events/count.sql',
    `-- Counts what was
-- removed. A second sentence.
create or replace function count() returns trigger as $$ begin end $$;

create or replace trigger count after update of size, name or delete on b
  for each row when (old.size is distinct from new.size) execute function count();
create or replace trigger first_count before insert on a
  for each row when (${'new.size = 1 or '.repeat(5)}true) execute function count();
create or replace trigger other_count before truncate on a for each statement execute function count();
`,
  );
  const file = '../platform/store/functions/events/count.sql';
  expect(triggerTable(root).slice(2)).toEqual([
    `| \`a\` | [\`first_count\`](${file}) | before insert, on a condition | Counts what was removed. |`,
    `| \`a\` | [\`other_count\`](${file}) | before truncate | Counts what was removed. |`,
    `| \`b\` | [\`count\`](${file}) | after update of size, name or delete, if \`old.size is distinct from new.size\` | Counts what was removed. |`,
  ]);
});

test('a room without a purpose is an error that names it', () => {
  cpSync(join(ROOT, 'platform/store/functions'), join(root, 'platform/store/functions'), { recursive: true });
  write(PAGE, readFileSync(join(ROOT, PAGE), 'utf8'));
  const rule = { name: 'new/-arrows', from: { path: '^new/' }, to: { pathNot: ['^new/'] } };
  write('.dependency-cruiser.js', `module.exports = ${JSON.stringify({ forbidden: [rule] })};`);

  expect(() => architecture(root, true)).toThrow('ARCHITECTURE_DRIFT: no purpose of new/ in room-purposes.ts');
});
