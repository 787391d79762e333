import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withFilesApi } from './files-api';

const MEBIBYTE = 1_024 * 1_024;
const CHUNKED = { headers: { 'transfer-encoding': 'chunked' } };

const files = withFilesApi({ storedBytes: 4 * MEBIBYTE });

test.each([
  ['declared', {}],
  ['not declared', CHUNKED],
])('a body beyond what the tenant may keep is refused, its length %s', async (_kind, options) => {
  const answer = await files().send('PUT', '/large', Buffer.alloc(5 * MEBIBYTE), options);

  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
    429,
    { code: 'TOO_MANY_REQUESTS', details: { reason: 'TENANT_LIMIT', limit: 'stored bytes' } },
  ]);
  expect(existsSync(join(files().directory, 'large'))).toBe(false);
  expect(existsSync(files().received) ? readdirSync(files().received) : []).toEqual([]);
});

test('what is stored counts until it is removed', async () => {
  const recorded = async () =>
    (await files().owner.query('select path, size_bytes::int as size from internal_file where tenant = 1'))
      .rows as unknown;
  await files().send('PUT', '/counted', Buffer.alloc(1_000));
  await files().send('PATCH', '/counted', Buffer.alloc(500), CHUNKED);

  expect(await recorded()).toEqual([{ path: 'counted', size: 1_500 }]);
  const [stored, without] = await measure('delete from internal_file');
  // The path counts as well, as every text of a row.
  expect(stored! - without!).toBe(1_500 + 'counted'.length + 1);

  await files().send('DELETE', '/counted');
  expect(await recorded()).toEqual([]);
});

/** What the tenant 1 keeps, before and after a statement that is rolled back. */
async function measure(statement: string): Promise<number[]> {
  const client = await files().owner.connect();
  const stored = async () =>
    (await client.query<{ bytes: number }>('select stored_bytes()::int as bytes')).rows[0]!.bytes;
  try {
    await client.query("begin; set local app.tenant = '1'");
    const before = await stored();
    await client.query(statement);
    return [before, await stored()];
  } finally {
    await client.query('rollback');
    client.release();
  }
}
