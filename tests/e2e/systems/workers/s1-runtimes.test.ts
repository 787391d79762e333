// Spec: every runtime of the platform's list has an arm, and a program of each managed one runs.
import { allSelectors, isSupportedVersion, managedRuntimes, resolveArm, workerPayload } from '../../../../helpers/arms';
import { armNeed } from '../../../../helpers/target/arm-findings';
import type { Context } from '../../../../helpers/scenario/context';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { uploadArmPack } from '../../support/workers/arm-pack';
import { createWorker } from '../../support/workers/create-worker';
import { createManagedWorker, startManagedWorker, workerToBe } from '../../support/workers/managed-worker';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('runtimes.manifest');

/** The compiler of Go takes 10 s on an idle host. */
const START_SECONDS = 90;

test('S1-01 the matrix has one arm for each registered runtime', async ({ client }) => {
  const listed = (await client.runtimes.list()).filter(({ kind }) => kind);
  const templates = (await client.workerTemplates.list()).map(({ name }) => name);

  const arms = allSelectors().map((selector) => resolveArm(selector));
  const namesOf = (goal: string) => arms.filter(({ kind }) => kind === goal).flatMap(({ runtime }) => runtime ?? []);
  const listedOf = (goal: string) => listed.filter(({ kind }) => kind === goal).map(({ name }) => name);
  expect(listedOf('managed')).toEqual(namesOf('managed').sort());
  expect(listedOf('external')).toEqual(namesOf('external').sort());
  expect(templates).toEqual(arms.flatMap(({ template }) => template ?? []));
  expect(listed.flatMap((runtime) => runtime.templates).sort()).toEqual([...templates].sort());
  expect([listedOf('managed').length, listedOf('external').length, templates.length]).toEqual([9, 2, 2]);
});

/** Of a pack: on a target without the runtime, not proven. */
for (const name of managedRuntimes()) {
  const onRuntime = systemTestNeeding(armNeed(name));
  const title = `S1-01 a ${name} program of a pack runs and prints a supported version`;
  const runProgram = async (ctx: Context) => {
    const pack = await uploadArmPack(ctx);

    const { id } = await ctx.client.executions.execute({ action_ref: `${pack}.${name}` });
    await until(executionToBe('completed', ctx.client, id), ctx.deadline);

    const version = (await outputOf(ctx, id, 'stdout')).trimEnd();
    expect(version).toMatch(/^\d+(\.\d+)*$/);
    expect(isSupportedVersion(name, version)).toBe(true);
  };
  onRuntime(title, START_SECONDS, runProgram);
}

const onManaged = systemTestNeeding('workers.managed');

/** Ids of the workers that tests created with this label. */
const workersOf = async ({ client }: Context, label: string): Promise<number[]> =>
  (await client.workers.list())
    .filter(({ runtime, template }) => [runtime, template].includes(label))
    .map(({ id }) => id);

onManaged('S1-05 a template is resolved to its runtime, and kept', async (ctx) => {
  const { id, ...created } = await createManagedWorker(ctx, { template: 'shell-single' });

  await until(workerToBe('online', ctx.client, id), ctx.deadline);
  const { runtime, template, supported_runtimes: supported } = await ctx.client.workers.get(id);
  expect(created).toMatchObject({ runtime: 'shell', template: 'shell-single' });
  expect([runtime, template, supported.map(({ name }) => name)]).toEqual(['shell', 'shell-single', ['shell']]);
});

onManaged('S1-05 a template sets slots, and variables of programs', async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), 'printf %s "$LC_ALL"');
  const id = await startManagedWorker(ctx, { template: 'shell-single' });

  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
  await until(executionToBe('completed', client, execution_id), deadline);

  const preset = (await client.workerTemplates.list()).find(({ name }) => name === 'shell-single');
  const { load } = await client.workers.get(id);
  expect(preset).toMatchObject({ environment: { LC_ALL: 'C' }, limits: { slots: 1 } });
  expect([await outputOf(ctx, execution_id, 'stdout'), load.max_concurrent_executions]).toEqual(['C', 1]);
});

onManaged('S1-06 a template for an external worker is rejected', async (ctx) => {
  const template = 'shell-single';

  await expect(ctx.client.tenantWorkers.create({ kind: 'external', template })).rejects.toMatchObject({
    status: 422,
    code: 'TEMPLATE_NEEDS_MANAGED',
    body: { details: { path: '/template', template, hint: expect.stringContaining('managed') as string } },
  });

  const stored = (await ctx.client.workers.list()).filter(({ kind }) => kind === 'external');
  expect(stored.filter((worker) => worker.template === template)).toEqual([]);
});

onManaged('S1-06 a template and a runtime that disagree are rejected', async (ctx) => {
  const conflict = createManagedWorker(ctx, { template: 'python-batch', runtime: 'perl' });

  await expect(conflict).rejects.toMatchObject({
    status: 422,
    code: 'TEMPLATE_RUNTIME_CONFLICT',
    body: { details: { path: '/template', template: 'python-batch', runtime: 'perl', expected: 'python' } },
  });
  expect(await workersOf(ctx, 'python-batch')).toEqual([]);
  const agreed = await createManagedWorker(ctx, { template: 'python-batch', runtime: 'python3' });
  expect(agreed).toMatchObject({ state: 'provisioning', runtime: 'python', template: 'python-batch' });
});

onManaged('S1-07 neither a template nor a runtime is rejected', async (ctx) => {
  const before = (await ctx.client.workers.list()).map(({ id }) => id);

  for (const body of [{}, { runtime: '', template: '' }]) {
    await expect(createManagedWorker(ctx, body)).rejects.toMatchObject({
      status: 422,
      code: 'RUNTIME_REQUIRED',
      body: { details: { path: '/runtime', hint: 'give one of: runtime, template' } },
    });
  }

  const added = (await ctx.client.workers.list()).filter(({ id }) => !before.includes(id));
  expect(added.filter(({ runtime }) => !runtime)).toEqual([]);
});

onManaged('S1-08 an unsupported runtime is rejected by its name', async (ctx) => {
  const [unknown, nearly] = [`cobolt-${ctx.nonce}`, 'pyton'];
  const listed = (await ctx.client.runtimes.list()).filter(({ kind }) => kind === 'managed');
  const supported = listed.map(({ name }) => name).sort();

  for (const [requested, nearest] of [
    [unknown, null],
    ['relay', null],
    [nearly, 'python'],
  ] as const) {
    await expect(createManagedWorker(ctx, { runtime: requested })).rejects.toMatchObject({
      status: 422,
      code: 'RUNTIME_UNSUPPORTED',
      message: expect.stringContaining(`'${requested}'`) as string,
      body: { details: { path: '/runtime', requested, supported, nearest } },
    });
  }

  expect([...(await workersOf(ctx, unknown)), ...(await workersOf(ctx, nearly))]).toEqual([]);
});

onManaged('S1-09 an unknown template is rejected by its name', async (ctx) => {
  const template = `batch-${ctx.nonce}`;
  const supported = (await ctx.client.workerTemplates.list()).map(({ name }) => name).sort();

  await expect(createManagedWorker(ctx, { template })).rejects.toMatchObject({
    status: 422,
    code: 'TEMPLATE_UNKNOWN',
    body: { details: { path: '/template', requested: template, supported } },
  });

  expect(await workersOf(ctx, template)).toEqual([]);
});

onManaged('S1-10 the name of a template as a runtime is rejected as such', async (ctx) => {
  const [{ name } = { name: '' }] = await ctx.client.workerTemplates.list();

  await expect(createManagedWorker(ctx, { runtime: name })).rejects.toMatchObject({
    status: 422,
    code: 'RUNTIME_IS_TEMPLATE',
    body: { details: { path: '/runtime', requested: name, hint: expect.stringContaining('use template') as string } },
  });

  expect((await ctx.client.workers.list()).filter(({ runtime }) => runtime === name)).toEqual([]);
});

onManaged('S1-15 an arm that the platform does not support fails', async (ctx) => {
  const payload = workerPayload({ kind: 'managed', runtime: `cobolt-${ctx.nonce}` });

  const failed = createWorker(ctx.client, payload);

  await expect(failed).rejects.toMatchObject({
    code: 'WORKER_CREATE_FAILED',
    status: 422,
    payload,
    message: expect.stringContaining('RUNTIME_UNSUPPORTED') as string,
  });
});
