// A pack brings nothing that its uploader may not write or grant.
import { join } from 'node:path';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();
let editor: string;
beforeAll(async () => {
  editor = await testApi().createUser('uploader', 'core.editor');
  for (const ref of ['owned', 'vault']) {
    await testApi().call('POST', '/packs', { ref, label: ref, version: '1.0.0' });
  }
  await testApi().owner.query(
    `insert into permission_set (ref, grants) values ('team.install', '[{"resource": "packs", "actions": ["install"]}]')`,
  );
  const trigger = { ref: 'vault.opened', pack_ref: 'vault', label: 'opened' };
  await testApi().call('POST', '/triggers', trigger);
});

let directories = 0;
async function register(pack: string, files: Record<string, string>, token = editor) {
  const manifest = { 'pack.yaml': `ref: ${pack}\nversion: 1.0.0\nname: ${pack}\n` };
  const path = writeFiles(join(testApi().scratch, `source-${++directories}`), { ...manifest, ...files });
  const payload = { path, force: true };
  const answer = await testApi().call('POST', '/packs/register', payload, token);
  return { status: answer.statusCode, error: answer.json<{ error?: string }>().error };
}

const set = (grants: string) => ({ 'permission_sets/ops.yaml': `ref: team.ops\nlabel: Ops\ngrants: ${grants}\n` });
const action = (more: string) => ({
  'actions/run.yaml': `ref: team.run\nlabel: Run\nrunner_type: shell\nentry_point: run.sh\n${more}`,
  'actions/run.sh': 'true\n',
});
const WORKFLOW = `version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n    permission_set_refs: [core.admin]\n`;
const forbidden = (error: string) => ({ status: 403, error });
const notYours = forbidden("Permission set 'core.admin' is not yours to give");

test('force needs the right on the replaced pack', async () => {
  expect(await register('owned', {})).toEqual(forbidden("Insufficient permissions: packs:read of pack 'owned'"));
  expect((await register('owned', {}, testApi().admin)).status).toBe(201);
});

test.each([
  ['an action', action('default_execution_permission_set_refs: [core.admin]\n')],
  ['a workflow', { 'workflows/steal.yaml': `ref: team.steal\nlabel: Steal\n${WORKFLOW}` }],
  [
    'a rule',
    {
      'triggers/hook.yaml': 'ref: team.hook\nlabel: Hook\n',
      'rules/on.yaml':
        'ref: team.on\nlabel: On\ntrigger_ref: hook\naction_ref: core.noop\npermission_set_refs: [core.admin]\n',
    },
  ],
])('a pack with %s that names a set its uploader lacks is 403', async (_what, files) => {
  expect(await register('team', files)).toEqual(notYours);
  expect((await testApi().call('GET', '/packs/team')).statusCode).toBe(404);
});

test('what a pack names is what its uploader may execute, or its own', async () => {
  const uploader = await testApi().createUser('installer', 'core.viewer', 'team.install');
  const task = (action: string) => `version: 1.0.0\ntasks:\n  - name: one\n    action: ${action}\n`;
  const flow = (action: string) => ({
    'workflows/flow.yaml': `ref: crew.flow\nlabel: Flow\n${task(action)}`,
  });
  const rule = (action: string) => ({
    'triggers/hook.yaml': 'ref: crew.hook\nlabel: Hook\n',
    'rules/on.yaml': `ref: crew.on\nlabel: On\ntrigger_ref: hook\naction_ref: ${action}\n`,
  });
  const denial = (by: string) =>
    forbidden(`Insufficient permissions: actions:execute of 'core.noop', which ${by} names`);
  const run = Object.entries(action('')).map(([path, text]) => [path, text.replace('team', 'crew')]);
  const own = { ...flow('crew.run'), ...rule('crew.run'), ...(Object.fromEntries(run) as Record<string, string>) };

  expect(await register('crew', flow('core.noop'), uploader)).toEqual(denial("task 'one'"));
  expect(await register('crew', rule('core.noop'), uploader)).toEqual(denial("rule 'crew.on'"));
  expect(await register('crew', own, uploader)).toEqual({ status: 201 });
});

test('a set of a pack grants only what its uploader may grant', async () => {
  const all = '[{ resource: keys, actions: [read, delete] }]';

  expect((await register('team', set('[{ resource: keys, actions: [read] }]'))).status).toBe(201);
  expect(await register('team', set(all))).toEqual(
    forbidden("Permission set 'team.ops' grants keys:delete, which is not yours to give"),
  );
  expect((await register('team', set(all), testApi().admin)).status).toBe(201);
});

test('a holder of a set does not extend it by a new version of its pack', async () => {
  await register('team', set('[{ resource: keys, actions: [read] }]'));
  const holder = await testApi().createUser('holder', 'core.editor', 'team.ops');

  expect(await register('team', set('[{ resource: identities, actions: [update] }]'), holder)).toEqual(
    forbidden("Permission set 'team.ops' grants identities:update, which is not yours to give"),
  );
});

test('a component of a pack may not be named after a foreign one', async () => {
  const trigger = { 'triggers/hook.yaml': 'ref: vault.hook\nlabel: Hook\n' };

  expect(await register('team', trigger)).toEqual(forbidden("Insufficient permissions: packs:read of pack 'vault'"));
});

test('a sensor of a pack takes over no trigger of a foreign one', async () => {
  const sensor = {
    'sensors/watch.yaml':
      'ref: team.watch\nlabel: Watch\nrunner_type: python\nentry_point: watch.py\ntrigger_types: [vault.opened]\n',
    'sensors/watch.py': 'pass\n',
  };

  expect(await register('team', sensor)).toEqual(forbidden("Insufficient permissions: packs:read of pack 'vault'"));
});
