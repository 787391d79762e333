import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';

const PLATFORM = join(repositoryRoot(), 'platform');
const INSERT = /insertInto\('execution'\)|insert into execution\b(?!_)/i;

test('one file inserts executions', () => {
  const files = readdirSync(PLATFORM, { recursive: true, encoding: 'utf8' });
  const writers = files.filter(
    (file) => /\.(?:ts|sql)$/.test(file) && INSERT.test(readFileSync(join(PLATFORM, file), 'utf8')),
  );

  expect(writers).toEqual(['store/executions/new-execution.ts']);
});
