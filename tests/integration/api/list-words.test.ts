import { createGrantHolder } from './grant-holder';
import { withAdmin } from './with-admin';

const { testApi, send } = withAdmin();
const EMPTY = { distributions: {}, execution_config: {} };

const post = async (path: string, payload: object) => {
  const response = await send('POST', path, payload);
  expect([response.statusCode, response.body]).toEqual([201, response.body]);
};

/** Refs of a list's rows (or names, of rows without a ref), and the number of all. */
async function listed(path: string, q: string, token?: string) {
  const query = new URLSearchParams({ q, include_total: 'true' }).toString();
  const response = await send('GET', `${path}?${query}`, undefined, token);
  const { items, pagination } = response.json<{
    items: { ref?: string; name?: string }[];
    pagination: { total_items: number };
  }>();
  return [items.map(({ ref, name }) => ref ?? name), pagination.total_items];
}

beforeAll(async () => {
  await post('/packs', { ref: 'words', label: 'Invoices', description: 'of the North', version: '1.0.0' });
  await post('/packs', { ref: 'other', label: 'Other', version: '1.0.0' });
  for (const pack of ['words', 'other']) {
    const part = { pack_ref: pack, label: 'Send 50%_of it', description: 'By POST' };
    await post('/actions', { ...part, ref: `${pack}.one`, entrypoint: 'true', runtime_ref: 'core.shell' });
    await post('/triggers', { ...part, ref: `${pack}.one` });
    await post('/runtimes', { ref: `${pack}.own`, pack_ref: pack, name: 'Send', description: 'Runs it', ...EMPTY });
    await post('/rules', { ...part, ref: `${pack}.one`, action_ref: `${pack}.one`, trigger_ref: `${pack}.one` });
  }
  await testApi().owner.query(
    `insert into sensor (ref, pack, pack_ref, label, description, entrypoint, runtime, runtime_ref)
     select a.ref, a.pack, a.pack_ref, a.label, a.description, 'one.py', r.id, r.ref
     from action a, runtime r where a.pack_ref in ('words', 'other') and r.ref = 'core.python'`,
  );
  await testApi().owner.query(
    `insert into worker (name, worker_type, status) values ('North-1', 'local', 'active'), ('south-1', 'local', 'active')`,
  );
});

test.each(['/actions', '/triggers', '/rules', '/sensors'])(
  'the words of q, in any order and case, filter and count %s',
  async (path) => {
    expect(await listed(path, 'SEND words.')).toEqual([['words.one'], 1]);
    expect(await listed(path, ' post   send other ')).toEqual([['other.one'], 1]);
    expect(await listed(path, 'send 50%_of')).toEqual([['other.one', 'words.one'], 2]);
    expect(await listed(path, '5%f')).toEqual([[], 0]);
    expect(await listed(`/packs/words${path}`, 'send')).toEqual([['words.one'], 1]);
    expect(await listed(`/packs/words${path}`, 'other')).toEqual([[], 0]);
  },
);

test('the words of q filter enabled rows', async () => {
  for (const path of ['/triggers/enabled', '/rules/enabled'])
    expect(await listed(path, 'words.')).toEqual([['words.one'], 1]);
});

test('the words of q filter executable actions', async () => {
  const response = await send('GET', '/actions?q=words.&executable_with_current_access=true&include_total=true');
  expect(response.json()).toMatchObject({ items: [{ ref: 'words.one' }], pagination: { total_items: 1 } });
});

test('the words of q filter the runtimes that the caller may read', async () => {
  const ofWords = { constraints: { pack_refs: ['words'] } };
  const reader = await createGrantHolder(testApi().owner, [{ resource: 'runtimes', actions: ['read'], ...ofWords }]);

  expect(await listed('/runtimes', 'SEND runs')).toEqual([['other.own', 'words.own'], 2]);
  expect(await listed('/packs/words/runtimes', 'send')).toEqual([['words.own'], 1]);
  expect(await listed('/runtimes', 'send', reader)).toEqual([['words.own'], 1]);
  expect(await listed('/runtimes', 'send other', reader)).toEqual([[], 0]);
});

test('the words of q filter packs and workers', async () => {
  expect(await listed('/packs', 'north invoices')).toEqual([['words'], 1]);
  expect(await listed('/packs', 'north other')).toEqual([[], 0]);
  expect(await listed('/workers', 'NORTH')).toEqual([['North-1'], 1]);
});
