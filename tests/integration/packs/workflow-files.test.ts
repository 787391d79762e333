import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Workflow } from '../../../contract/workflows';
import { PackFilesChanged } from '../../../platform/packs/storage/pack-storage';
import { writeWorkflow } from '../../../platform/packs/storage/write-workflow';
import { findPack } from '../../../platform/store/packs/packs';
import { PACK_PROGRAM } from './pack-program';
import { withAdmin } from '../api/with-admin';

const { testApi, send } = withAdmin();
beforeAll(async () => {
  await send('POST', '/packs', { ref: 'demo', label: 'Demo', version: '1.2.3', tags: ['a'] });
});

const body = (name: string, change: object = {}) => ({
  name,
  pack_ref: 'demo',
  label: 'Flow',
  version: '1.0.0',
  tags: ['x'],
  definition: { tasks: [{ name: 'one', action: 'core.noop' }] },
  param_schema: { n: { type: 'integer' } },
  ...change,
});
const workflowIn = (answer: Awaited<ReturnType<typeof send>>) => answer.json<{ data: Workflow }>().data;
const storage = async (): Promise<string> => {
  const { rows } = await testApi().owner.query<{ storage: string }>(`select storage from pack where ref = 'demo'`);
  return rows[0]!.storage;
};

test('a workflow is written as two files into a pack without files', async () => {
  const made = await send('POST', '/packs/demo/workflow-files', body('flow'));

  expect([made.statusCode, workflowIn(made)]).toMatchObject([
    201,
    { ref: 'demo.flow', label: 'Flow', version: '1.0.0', tags: ['x'], param_schema: { n: { type: 'integer' } } },
  ]);
  const at = await storage();
  expect(readFileSync(join(at, 'actions/flow.yaml'), 'utf8')).toContain('workflow_file: workflows/flow.workflow.yaml');
  expect(readFileSync(join(at, 'actions/workflows/flow.workflow.yaml'), 'utf8')).toContain('action: core.noop');
  expect((await send('GET', '/packs/demo')).json()).toMatchObject({
    data: { label: 'Demo', version: '1.2.3', tags: ['a'] },
  });
  expect((await send('GET', '/actions/demo.flow')).json()).toMatchObject({
    data: { workflow_def: workflowIn(made).id },
  });
});

test("an updated workflow file keeps the workflow's id", async () => {
  const made = await send('POST', '/workflows', {
    ref: 'demo.other',
    pack_ref: 'demo',
    label: 'Other',
    version: '1.0.0',
    definition: { tasks: [{ name: 'one', action: 'core.noop' }] },
  });
  const tasks = [{ name: 'two', action: 'core.echo' }];

  const changed = await send(
    'PUT',
    '/workflows/demo.other/file',
    body('other', { version: '2.0.0', definition: { tasks } }),
  );

  expect([changed.statusCode, workflowIn(changed)]).toMatchObject([200, { id: workflowIn(made).id, version: '2.0.0' }]);
  expect(workflowIn(changed).definition.tasks).toEqual(tasks);
  expect(readFileSync(join(await storage(), 'actions/workflows/other.workflow.yaml'), 'utf8')).toContain('core.echo');
  expect((await send('GET', '/workflows/demo.flow')).statusCode).toBe(200);
});

test('a secret that is not shown stays in the file of a workflow', async () => {
  const secret = { type: 'string', secret: true };
  const change = {
    param_schema: { token: { ...secret, default: 'hunter2-default' } },
    definition: {
      tasks: [{ name: 'one', action: 'core.http_request', input: { url: 'http://h', auth_password: 'hunter2-own' } }],
    },
  };
  const made = await send('POST', '/packs/demo/workflow-files', body('sealed', change));
  const { definition, param_schema } = workflowIn(made);

  const changed = await send('PUT', '/workflows/demo.sealed/file', body('sealed', { definition, param_schema }));

  expect(changed.statusCode).toBe(200);
  expect(`${made.body}${changed.body}`).not.toContain('hunter2');
  const files = ['sealed.yaml', 'workflows/sealed.workflow.yaml'];
  const texts = await Promise.all(
    files.map(async (file) => readFileSync(join(await storage(), 'actions', file), 'utf8')),
  );
  expect(texts.join('\n')).toContain('hunter2-default');
  expect(texts.join('\n')).toContain('hunter2-own');
});

test.each<[string, string, object, number]>([
  ['an existing workflow', '/packs/demo/workflow-files', body('flow'), 409],
  ['an unknown pack', '/packs/nowhere/workflow-files', body('new', { pack_ref: 'nowhere' }), 404],
  ['another pack than in the path', '/packs/demo/workflow-files', body('new', { pack_ref: 'core' }), 400],
  ['the standard pack', '/packs/core/workflow-files', body('new', { pack_ref: 'core' }), 403],
  ['a name with ..', '/packs/demo/workflow-files', body('../../x'), 422],
  ['a definition without tasks', '/packs/demo/workflow-files', body('new', { definition: { tasks: [] } }), 400],
  ['no version', '/packs/demo/workflow-files', body('new', { version: undefined }), 422],
])('%s is rejected and not written', async (_what, path, payload, status) => {
  await send('POST', '/packs/demo/workflow-files', body('flow'));
  const before = await storage();

  expect((await send('POST', path, payload)).statusCode).toBe(status);
  expect(await storage()).toBe(before);
});

test('an unknown workflow has no files to write', async () => {
  expect((await send('PUT', '/workflows/demo.nothing/file', body('nothing'))).statusCode).toBe(404);
});

const NAMES = ['a', 'b', 'c', 'd', 'e'].map((letter) => `at_once_${letter}`);

test('concurrent writes into one pack are all kept, one per name', async () => {
  const write = async (name: string) => (await send('POST', '/packs/demo/workflow-files', body(name))).statusCode;

  const answers = await Promise.all(NAMES.map((name) => Promise.all([write(name), write(name)])));

  expect(answers.map((statuses) => statuses.sort())).toEqual(NAMES.map(() => [201, 409]));
  const files = readdirSync(join(await storage(), 'actions/workflows'));
  expect(files).toEqual(expect.arrayContaining(NAMES.map((name) => `${name}.workflow.yaml`)));
  for (const name of NAMES) expect((await send('GET', `/workflows/demo.${name}`)).statusCode).toBe(200);
});

test('a write based on replaced files changes nothing', async () => {
  await send('POST', '/packs/demo/workflow-files', body('flow'));
  const pack = await testApi().db.inTenant(1, (transaction) => findPack(transaction, 'demo'));
  await send('PUT', '/workflows/demo.flow/file', body('flow', { label: 'Newer' }));
  const before = await storage();
  const late = body('late');

  const { packsDirectory } = testApi();
  const approve = () => Promise.resolve({ identity: null, heldSetRefs: [], keepsUnchanged: true, writes: null });
  const reading = { program: PACK_PROGRAM, signal: new AbortController().signal };
  const write = { pack: pack!, body: late, definition: late.definition, packsDirectory, approve, reading };
  const written = writeWorkflow(testApi().db, write);

  await expect(written).rejects.toThrow(PackFilesChanged);
  expect(await storage()).toBe(before);
  expect((await send('GET', '/workflows/demo.late')).statusCode).toBe(404);
});
