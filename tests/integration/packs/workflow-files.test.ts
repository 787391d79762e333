import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Workflow } from '../../../contract/workflows';
import { PackMoved } from '../../../platform/packs/pack-storage';
import { writeWorkflow } from '../../../platform/packs/write-workflow';
import { findPack } from '../../../platform/store/packs';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await send('POST', '/packs', { ref: 'demo', label: 'Demo', version: '1.2.3', tags: ['a'] });
}, 30_000);
afterAll(() => stage.close());

const send = (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) =>
  stage.send({ method, url: `/api/v1${path}`, ...(payload && { payload }) }, stage.admin);
const body = (name: string, change: object = {}) => ({
  ...{ name, pack_ref: 'demo', label: 'Flow', version: '1.0.0', tags: ['x'] },
  definition: { tasks: [{ name: 'one', action: 'core.noop' }] },
  param_schema: { n: { type: 'integer' } },
  ...change,
});
const workflowIn = (answer: Awaited<ReturnType<typeof send>>) => answer.json<{ data: Workflow }>().data;
const storage = async (): Promise<string> => {
  const { rows } = await stage.owner.query<{ storage: string }>(`select storage from pack where ref = 'demo'`);
  return rows[0]!.storage;
};

test('a workflow is written into a pack that had no files, and stands there as two', async () => {
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

test('its files are written again under the same id, also of one that was made through the API', async () => {
  const made = await send('POST', '/workflows', {
    ...{ ref: 'demo.other', pack_ref: 'demo', label: 'Other', version: '1.0.0' },
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

test.each<[string, string, object, number]>([
  ['one that exists', '/packs/demo/workflow-files', body('flow'), 409],
  ['an unknown pack', '/packs/nowhere/workflow-files', body('new', { pack_ref: 'nowhere' }), 404],
  ['another pack than the path says', '/packs/demo/workflow-files', body('new', { pack_ref: 'core' }), 400],
  ['the pack we ship', '/packs/core/workflow-files', body('new', { pack_ref: 'core' }), 403],
  ['a name that climbs', '/packs/demo/workflow-files', body('../../x'), 422],
  ['a definition without tasks', '/packs/demo/workflow-files', body('new', { definition: { tasks: [] } }), 400],
  ['no version', '/packs/demo/workflow-files', body('new', { version: undefined }), 422],
])('%s is refused, and nothing is written', async (_what, path, wanted, status) => {
  await send('POST', '/packs/demo/workflow-files', body('flow'));
  const before = await storage();

  expect((await send('POST', path, wanted)).statusCode).toBe(status);
  expect(await storage()).toBe(before);
});

test('the files of what does not exist are not written', async () => {
  expect((await send('PUT', '/workflows/demo.nothing/file', body('nothing'))).statusCode).toBe(404);
});

const NAMES = ['a', 'b', 'c', 'd', 'e'].map((letter) => `at_once_${letter}`);

test('what is written into one pack at the same time is all there, and a name is given once', async () => {
  const write = async (name: string) => (await send('POST', '/packs/demo/workflow-files', body(name))).statusCode;

  const answers = await Promise.all(NAMES.map((name) => Promise.all([write(name), write(name)])));

  expect(answers.map((statuses) => statuses.sort())).toEqual(NAMES.map(() => [201, 409]));
  const files = readdirSync(join(await storage(), 'actions/workflows'));
  expect(files).toEqual(expect.arrayContaining(NAMES.map((name) => `${name}.workflow.yaml`)));
  for (const name of NAMES) expect((await send('GET', `/workflows/demo.${name}`)).statusCode).toBe(200);
});

test('a write from files that another process has replaced meanwhile changes nothing', async () => {
  await send('POST', '/packs/demo/workflow-files', body('flow'));
  const pack = await stage.db.inTenant(1, (transaction) => findPack(transaction, 'demo'));
  await send('PUT', '/workflows/demo.flow/file', body('flow', { label: 'Newer' }));
  const before = await storage();
  const late = body('late');

  const { packsDirectory } = stage;
  const written = writeWorkflow(stage.db, { pack: pack!, body: late, definition: late.definition, packsDirectory });

  await expect(written).rejects.toThrow(PackMoved);
  expect(await storage()).toBe(before);
  expect((await send('GET', '/workflows/demo.late')).statusCode).toBe(404);
});
