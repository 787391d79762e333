// A workflow file that is written changes no other component of its pack: what was changed through
// the API since the pack was registered stays, and with it the rights that were taken away.
import { join } from 'node:path';
import { withApi, type TestApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const SET = 'resource: permissions, actions: [manage]';
const FILES = {
  'pack.yaml': 'ref: team\nversion: 1.0.0\nname: team\n',
  'permission_sets/ops.yaml': `ref: team.ops\nlabel: Ops\ngrants: [{ ${SET} }]\n`,
  'actions/run.yaml': 'ref: team.run\nlabel: Run\nrunner_type: shell\nentry_point: run.sh\n',
  'actions/run.sh': 'true\n',
  'triggers/hook.yaml': 'ref: team.hook\nlabel: Hook\n',
  'rules/on.yaml': 'ref: team.on\nlabel: On\ntrigger_ref: hook\naction_ref: core.noop\n',
  'actions/deploy.yaml': 'ref: team.deploy\nworkflow_file: workflows/deploy.yaml\n',
  'actions/workflows/deploy.yaml': 'version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n',
  'workflows/flow.yaml': 'ref: team.flow\nlabel: Flow\nversion: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n',
};
const definition = (action: string) => ({ version: '1.0.0', tasks: [{ name: 'one', action }] });

const testApi = withApi();
let editor: string;

const send = async (...request: Parameters<TestApi['call']>) => {
  const answer = await testApi().call(...request);
  if (answer.statusCode >= 300) throw new Error(`${request[0]} ${request[1]}: ${answer.body}`);
  return answer.json<{ data: Record<string, unknown> }>().data;
};

beforeAll(async () => {
  editor = await testApi().createUser('writer', 'core.editor');
  const path = writeFiles(join(testApi().scratch, 'source'), FILES);
  await send('POST', '/packs/register', { path, force: false }, testApi().admin);
  await testApi().owner.query(`update pack set installed_by = null where ref = 'team'`);
});

/** The rows of the pack that the written workflow must leave as they are. */
async function rows(): Promise<object[]> {
  const { rows: found } = await testApi().owner.query<object>(
    `select ref, grants::text as stored from permission_set where pack_ref = 'team'
     union all select ref, concat_ws(' ', entrypoint, runtime_ref, saved_by) from action where ref = 'team.run'
     union all select ref, concat_ws(' ', action_ref, enabled, owner_identity, saved_by) from rule where pack_ref = 'team'
     union all select ref, concat_ws(' ', definition::text, saved_by) from workflow_definition where ref = 'team.flow'
     order by 1, 2`,
  );
  return found;
}

test.each([
  ['an editor', () => editor],
  ['an administrator', () => testApi().admin],
])('what %s writes leaves the other components', async (_who, token) => {
  const { rows: sets } = await testApi().owner.query<{ id: number }>(
    `select id from permission_set where ref = 'team.ops'`,
  );
  await send('PUT', `/permissions/sets/${sets[0]!.id}`, { grants: [] });
  await send('PUT', '/actions/team.run', { entrypoint: 'echo checked' });
  await send('PUT', '/rules/team.on', { enabled: false, action_ref: 'core.echo' });
  await send('PUT', '/workflows/team.flow', { definition: definition('core.echo') });
  const before = await rows();

  const body = { name: `w-${token().length}`, pack_ref: 'team', label: 'Written', version: '1.0.0' };
  await send('POST', '/packs/team/workflow-files', { ...body, definition: definition('core.noop') }, token());

  expect(await rows()).toEqual(before);
  expect(await send('GET', `/workflows/team.${body.name}`)).toMatchObject({ label: 'Written' });
});

test('a deleted workflow that a sync restores has the author of its files', async () => {
  const author = async () =>
    (
      await testApi().owner.query<object>(
        `select saved_by, saved_with_sets from workflow_definition where ref = 'team.deploy'`,
      )
    ).rows;
  const before = await author();
  await send('DELETE', '/workflows/team.deploy');

  await send('POST', '/packs/team/workflows/sync', {}, editor);

  expect(before).toMatchObject([{ saved_with_sets: expect.arrayContaining(['core.admin']) as string[] }]);
  expect(await author()).toEqual(before);
});
