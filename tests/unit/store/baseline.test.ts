import { baselineChecksum } from '../../../platform/store/database/migration-ledger';
import { readSchema } from '../../../platform/store/database/sql-files';

/** In the ledger of every database: a change of the schema is a migration. */
const LANDED = 'fdbf2faa26705763fef5ef7eb94665b7b158abc7bb931b131ed33d70b8ea4bc2';

test('the files of the schema are those that databases were made from', async () => {
  expect(baselineChecksum(await readSchema())).toBe(LANDED);
});
