// The author of a workflow file stays who wrote it, also where another caller registers it again.
import { withAttempts, type User } from './with-attempts';

const world = withAttempts();
const { data } = world;

let admin: User;
let editor: User;
const PLAIN = 'open.plain';
const PRIVILEGED = 'open.privileged';

beforeAll(async () => {
  admin = world.admin();
  editor = await world.createUser('editor@x.test', 'core.editor');
  const action = (ref: string, sets: string[]) => ({
    ref,
    pack_ref: 'open',
    label: ref,
    entrypoint: 'true',
    runtime_ref: 'core.shell',
    default_execution_permission_set_refs: sets,
  });
  await data('POST', '/actions', action(PLAIN, []));
  await data('POST', '/actions', action(PRIVILEGED, ['core.admin']));
});

const taskOf = (action: string) => ({ version: '1.0.0', tasks: [{ name: 'one', action }] });
const body = (ref: string, action: string, more: object = {}) => ({
  name: ref.split('.')[1],
  pack_ref: 'open',
  label: ref,
  version: '1.0.0',
  definition: taskOf(action),
  ...more,
});

let flows = 0;
async function writeFile(by: User): Promise<string> {
  const ref = `open.flow-${++flows}`;
  await data('POST', '/packs/open/workflow-files', body(ref, PRIVILEGED), by);
  return ref;
}
const sync = (by = admin) => data('POST', '/packs/open/workflows/sync', {}, by);

/** The permission sets of the tasks that the workflow starts for the administrator. */
async function setsOf(ref: string) {
  await world.advance(await world.execute(ref));
  return (await world.startAttempts()).map(({ credential, problem }) => problem ?? credential?.permissionSetRefs ?? []);
}

test('AZ-08 a sync after a delete makes its caller no author', async () => {
  const ref = await writeFile(editor);
  await data('DELETE', `/workflows/${ref}`);

  await sync();

  expect(await setsOf(ref)).toEqual([]);
});

test('AZ-08 a sync that restores the text of a file restores its author', async () => {
  const ref = await writeFile(editor);
  await data('PUT', `/workflows/${ref}`, { definition: taskOf(PLAIN) });

  await sync();

  expect(await setsOf(ref)).toEqual([]);
});

test('AZ-08 a sync keeps what the author of a file held', async () => {
  const ref = await writeFile(admin);
  await data('DELETE', `/workflows/${ref}`);

  await sync(editor);

  expect(await setsOf(ref)).toEqual([['core.admin']]);
});

test('AZ-08 who writes the schema of a workflow file is its author', async () => {
  const ref = await writeFile(admin);
  expect(await setsOf(ref)).toEqual([['core.admin']]);

  const change = { param_schema: { command: { type: 'string', default: 'steal' } } };
  await data('PUT', `/workflows/${ref}/file`, body(ref, PRIVILEGED, change), editor);

  expect(await setsOf(ref)).toEqual([]);
});

test('AZ-08 a file without a recorded author gets none by a sync', async () => {
  const [deleted, kept] = [await writeFile(admin), await writeFile(admin)];
  await world.testApi().owner.query('delete from workflow_file_author');
  await data('DELETE', `/workflows/${deleted}`);

  await sync();

  expect([await setsOf(deleted), await setsOf(kept)]).toEqual([[], [['core.admin']]]);
});
