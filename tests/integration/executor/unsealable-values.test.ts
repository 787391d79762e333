// Sealed values that were moved between rows end what would read them.
import { insertKey } from '../../../platform/store/secrets/keys';
import { completed, TENANT, withExecutor } from './with-executor';

const testPlatform = withExecutor();
const { startWorkflow } = testPlatform;

const SECRET = { type: 'string', secret: true };

beforeAll(async () => {
  const schema = JSON.stringify({ token: SECRET });
  await testPlatform.queryAsOwner(
    `insert into action (ref, pack, pack_ref, label, entrypoint, runtime_ref, param_schema)
     select 'test.takes', id, ref, 'Takes', ':', 'core.shell', $1 from pack where ref = 'test'`,
    [schema],
  );
});

/** Starts a workflow and inserts its first tasks. */
/** A secret key of the system. Returns its id. */
async function createKey(name: string): Promise<number> {
  const noOwner = { owner_identity: null, owner_pack: null, owner_action: null, owner_sensor: null };
  const request = { ref: `test.${name}`, name, value: `the value of ${name}`, encrypted: true, lifetime: null };
  const key = await testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      insertKey(transaction, { tenant: TENANT, owner: noOwner, owner_type: 'system', ...request }),
    );
  return key.id;
}

const failure = (what: string) => ({
  status: 'failed',
  result: {
    succeeded: false,
    code: 'SECRET_UNAVAILABLE',
    error: `SECRET_UNAVAILABLE: ${what} was not sealed in this place under this key`,
  },
});

test('DS-02 a workflow that names a key with the value of another one fails', async () => {
  const [moved, other] = [await createKey('moved'), await createKey('other')];
  await testPlatform.queryAsOwner('update key set value = (select value from key where id = $1) where id = $2', [
    other,
    moved,
  ]);
  const input = { token: "{{ keystore.moved | default('none') }}" };

  const id = await startWorkflow('of-moved-key', { tasks: [{ name: 'a', action: 'test.takes', input }] });

  expect(await testPlatform.children(id)).toEqual([]);
  expect(await testPlatform.get(id)).toMatchObject(failure(`value of key ${moved}`));
});

test.each([
  ['its parameters', 'execution', 'id'],
  ['its state', 'workflow_execution', 'execution'],
])('DS-02 a workflow with %s of another run stops what runs, and fails', async (name, table, column) => {
  const definition = {
    parameters: { pass: SECRET },
    tasks: [
      { name: 'a', action: 'test.act', input: { x: 1 }, next: [{ do: ['b'] }] },
      { name: 'b', action: 'test.takes', input: { token: '{{ parameters.pass }}' } },
      { name: 'open', action: 'test.act', input: { x: 1 } },
    ],
  };
  const ids: number[] = [];
  for (const run of ['one', 'other'])
    ids.push(await startWorkflow(`${table}-${run}`, definition, { pass: `the secret of ${run}, ${name}` }));
  const [id, other] = ids as [number, number];
  await testPlatform.dispatch();
  const attempts = await testPlatform.claim();
  for (const attempt of attempts) await testPlatform.start(attempt);
  await testPlatform.queryAsOwner(
    `update ${table} set secret_values = (select secret_values from ${table} where ${column} = $1) where ${column} = $2`,
    [other, id],
  );
  const [first, open] = await testPlatform.children(id);

  await testPlatform.finish(
    attempts.find(({ execution }) => execution === first!.id)!,
    completed(),
  );
  await testPlatform.advance(id);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: { code: 'SECRET_UNAVAILABLE' } });
  expect(await testPlatform.children(id)).toMatchObject([{ status: 'completed' }, { status: 'canceling' }]);
  expect((await testPlatform.get(open!.id)).status).toBe('canceling');
});
