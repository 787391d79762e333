// The set `standard` opens the keys of the action, its pack and its workflow, by their rows.
import { signExecutionToken } from '../../../../platform/workers/access/execution-token';
import { SECRET } from '../with-api';
import { withAttempts } from './with-attempts';

const world = withAttempts();
const { data } = world;

const key = (name: string, owner: object) =>
  data('POST', '/keys', { ref: `test.${name}`, name, value: name, encrypted: true, ...owner });
const createPack = (ref: string) => data('POST', '/packs', { ref, label: ref, version: '1.0.0' });
const createAction = (ref: string, pack_ref: string) =>
  data('POST', '/actions', { ref, pack_ref, label: ref, entrypoint: 'true', runtime_ref: 'core.shell' });

/** Creates the workflow `flows.run`, whose task runs the action with the set. */
async function createFlow(action: string): Promise<void> {
  const tasks = [{ name: 'one', action, permission_set_refs: ['standard'] }];
  const definition = { version: '1.0.0', tasks };
  await data('POST', '/workflows', { ref: 'flows.run', pack_ref: 'flows', label: 'Run', version: '1.0.0', definition });
}

test('`standard` opens the keys of action, pack and workflow, by their rows', async () => {
  for (const pack of ['mine', 'flows']) await createPack(pack);
  await createAction('later.act', 'mine'); // named as if it belonged to a pack that is created only afterwards
  await createPack('later');
  await createAction('mine.other', 'mine');
  await createFlow('later.act');
  for (const pack of ['mine', 'flows', 'later']) await key(pack, { owner_type: 'pack', owner_pack_ref: pack });
  for (const action of ['later.act', 'flows.run', 'mine.other'])
    await key(`of.${action}`, { owner_type: 'action', owner_action_ref: action });

  await world.advance(await world.execute('flows.run'));
  const [attempt] = await world.startAttempts();
  const token = (await signExecutionToken(SECRET, attempt!))!;

  const list = await world.send('GET', '/keys?per_page=1000', undefined, { token });
  const refs = list.json<{ items: { ref: string }[] }>().items.map(({ ref }) => ref);
  expect(refs.sort()).toEqual(['test.flows', 'test.mine', 'test.of.flows.run', 'test.of.later.act']);
  const read = await world.send('GET', '/keys/test.mine', undefined, { token });
  expect(read.json()).toMatchObject({ data: { value: 'mine' } });
});
