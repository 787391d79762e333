// What a search compares: nothing of an encrypted value, and no key of another tenant.
import type { InjectOptions } from 'fastify';
import { sql } from 'kysely';
import { DEFAULT_TENANT } from '../../../../platform/store/database/connection';
import { withApi } from '../with-api';

const OTHER_TENANT = 2;

const testApi = withApi();

async function send(method: InjectOptions['method'], path: string, payload: object): Promise<void> {
  const answer = await testApi().call(method, `/keys${path}`, payload);
  if (answer.statusCode >= 300) throw new Error(answer.body);
}
const createKey = (ref: string, value: string, encrypted: boolean) =>
  send('POST', '', { ref, name: ref, owner_type: 'system', value, encrypted });

/** Everything that a search compares of a key: its words, and the signs of its embedding. */
async function searchedOf(ref: string): Promise<string> {
  const { rows } = await testApi().owner.query<{ searched: string }>(
    'select s::text as searched from key_search s join key k on k.id = s.key where k.ref = $1',
    [ref],
  );
  return rows[0]!.searched;
}

test('no mode compares anything of an encrypted value', async () => {
  await createKey('sealed', 'zeppelin of the harbour', true);
  const created = await searchedOf('sealed');

  await send('PUT', '/sealed', { value: 'another text' });
  const updated = await searchedOf('sealed');
  await send('PUT', '/sealed', { encrypted: false });
  const plain = await searchedOf('sealed');
  await send('PUT', '/sealed', { encrypted: true });

  expect(created).not.toContain('zeppelin');
  expect([updated, await searchedOf('sealed')]).toEqual([created, created]);
  expect(plain).toContain('another text');
});

test.each(['exact', 'trigram', 'fulltext'])(
  'the function of the mode %s finds keys of its tenant alone',
  async (mode) => {
    const text = `lantern-${mode}`;
    await createKey(`of-${mode}`, text, false);
    const find = (tenant: number) =>
      testApi().db.inTenant(tenant, async (transaction) => {
        const { rows } = await sql`select key from ${sql.raw(`search_keys_${mode}`)}(${text})`.execute(transaction);
        return rows.length;
      });

    expect([(await find(DEFAULT_TENANT)) > 0, await find(OTHER_TENANT)]).toEqual([true, 0]);
  },
);
