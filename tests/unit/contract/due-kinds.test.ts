import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DUE_KINDS } from '../../../contract/clock';
import { repositoryRoot } from '../../../helpers/repository-root';

const PLANNED = 'platform/store/functions/clock/planned_instants.sql';

test('a move of a clock returns the kinds of what is planned', () => {
  const statement = readFileSync(join(repositoryRoot(), PLANNED), 'utf8');

  const kinds = [...statement.matchAll(/^select '(\w+)'/gm)].map(([, kind]) => kind);

  expect([...new Set(kinds)].sort()).toEqual([...DUE_KINDS].sort());
});
