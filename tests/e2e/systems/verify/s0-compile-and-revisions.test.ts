// Spec: a workflow runs by its newest compiled revision, and a compile names every mistake.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { childOf, countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { replaceInFile, uploadDemoPack, type PackCopy } from '../../support/pack-copy';
import type { AnyTask } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { storedPack } from '../../support/pack-storage';

const test = systemTestNeeding('workflows.revisions');
const inStorage = systemTestNeeding('workflows.revisions', 'host.files');

const DIGEST = /^[0-9a-f]{64}$/;

/** A definition whose output is this constant. */
const constant = (value: string) => ({
  tasks: [{ name: 'only', action: 'core.noop' }],
  vars: { value },
  output_map: { value: '{{ vars.value }}' },
});

/** Creates a workflow with this first definition. Returns its ref. */
async function createWorkflow({ client, ...ctx }: Context, definition: object): Promise<string> {
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('flow')}`;
  await client.workflows.create({ ref, pack_ref, label: 'flow', version: '1', definition: { ...definition } });
  return ref;
}

/** The output of a strict run without inputs, and its revision. */
async function runStrictly({ client, deadline }: Context, ref: string) {
  const { id, revision } = await client.workflows.execute(ref, { data: {} });
  await until(executionToBe('completed', client, id), deadline);
  return { revision, result: (await client.executions.get(id)).result };
}

test('S0-04 a workflow without a compiled revision cannot run strictly', async (ctx) => {
  const unknown = { tasks: [{ name: 'only', action: `${ctx.name('gone')}.action` }] };
  const ref = await createWorkflow(ctx, unknown);
  await ctx.client.workflows.createRevision(ref, { definition: constant('draft') });

  await expect(ctx.client.workflows.execute(ref, { data: {} })).rejects.toMatchObject({
    status: 409,
    code: 'REVISION_NOT_COMPILED',
    body: { details: { ready: [], path: '/revision', hint: expect.stringContaining('compile') as string } },
  });

  expect(await countExecutions(ctx, ref)).toBe(0);
  const states = (await ctx.client.workflows.revisions(ref)).map(({ state }) => state);
  expect(states).toEqual(['invalid', 'draft']);
});

test('S0-05 the newest compiled revision runs, not the newest saved one', async (ctx) => {
  const { client } = ctx;
  const ref = await createWorkflow(ctx, constant('first'));
  await client.workflows.createRevision(ref, { definition: constant('second') });
  await client.workflows.createRevision(ref, { definition: constant('third') });

  const compiled = await client.workflows.compileRevision(ref, 2);

  expect(compiled).toMatchObject({ revision: 2, state: 'ready', changed: true });
  expect(compiled.plan_digest).toMatch(DIGEST);
  expect(await runStrictly(ctx, ref)).toEqual({ revision: 2, result: { value: 'second', succeeded: true } });
  const revisions = await client.workflows.revisions(ref);
  expect(revisions.map(({ revision, state }) => [revision, state])).toEqual([
    [1, 'ready'],
    [2, 'ready'],
    [3, 'draft'],
  ]);
  expect((await client.workflows.get(ref)).definition).toMatchObject({ vars: { value: 'second' } });
});

test('S0-05 a second compile of the same definition changes nothing', async (ctx) => {
  const ref = await createWorkflow(ctx, constant('first'));

  const first = await ctx.client.workflows.compileRevision(ref, 1);
  const second = await ctx.client.workflows.compileRevision(ref, 1);

  expect([first.changed, second.changed]).toEqual([false, false]);
  expect(second).toEqual(first);
});

inStorage('S0-20 a compile names the file that an action lacks, and the remedy', async (ctx) => {
  const { ref, workflow } = await uploadDemoPack(ctx);
  const [revision] = await ctx.client.workflows.revisions(workflow);
  await ctx.client.workflows.createRevision(workflow, {
    definition: (await ctx.client.workflows.get(workflow)).definition,
  });
  rmSync(join(storedPack(ctx.facts, ref), 'actions/summarize.py'));

  await expect(ctx.client.workflows.compileRevision(workflow, 2)).rejects.toMatchObject({
    status: 422,
    code: 'ACTION_ARTIFACT_MISSING',
    body: {
      error: `Action '${ref}.summarize' has no file actions/summarize.py`,
      details: { path: '/tasks/0/action', hint: expect.stringContaining('register the pack again') as string },
    },
  });

  expect(revision).toMatchObject({ revision: 1, state: 'ready' });
  expect(await ctx.client.workflows.revision(workflow, 2)).toMatchObject({ state: 'draft', plan_digest: null });
});

inStorage('S0-21 a compile names the file of an action that was changed', async (ctx) => {
  const { ref, workflow } = await uploadDemoPack(ctx);
  const { definition } = await ctx.client.workflows.get(workflow);
  await ctx.client.workflows.createRevision(workflow, { definition });
  const file = join(storedPack(ctx.facts, ref), 'actions/summarize.py');
  const expected = sha256(readFileSync(file));
  truncateSync(file, 10);
  const actual = sha256(readFileSync(file));

  await expect(ctx.client.workflows.compileRevision(workflow, 2)).rejects.toMatchObject({
    status: 422,
    code: 'ACTION_ARTIFACT_CORRUPT',
    body: {
      error: `The file actions/summarize.py of action '${ref}.summarize' was changed: expected SHA-256 ${expected}, found ${actual}`,
      details: { path: '/tasks/0/action' },
    },
  });

  expect(await ctx.client.workflows.revision(workflow, 2)).toMatchObject({ state: 'draft' });
});

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Replaces a constant of the demo, and uploads it again. */
async function changeDemo({ client }: Context, { directory }: PackCopy, from: string, to: string): Promise<void> {
  replaceInFile(join(directory, 'actions/summarize.py'), from, to);
  await client.packs.upload(directory, { force: true });
}

/** What the demo says about this text, and what the run states about its plan. */
async function runDemo({ client, deadline }: Context, workflow: string) {
  const { id } = await client.workflows.execute(workflow, { data: { text: 'One two. Three.' } });
  await until(executionToBe('completed', client, id), deadline);
  const { result, plan_digest, stale, current_plan_digest } = await client.executions.get(id);
  return {
    id,
    words: (result as { summarize: { words: number } }).summarize.words,
    plan_digest,
    stale,
    current_plan_digest,
  };
}

test('S0-22 a compiled workflow runs its actions as they were at the compile', async (ctx) => {
  const pack = await uploadDemoPack(ctx);
  const first = await runDemo(ctx, pack.workflow);
  await changeDemo(ctx, pack, '"words": len', '"words": 100 + len');

  const second = await runDemo(ctx, pack.workflow);
  const compiled = await ctx.client.workflows.compileRevision(pack.workflow, 1);
  const third = await runDemo(ctx, pack.workflow);

  expect([first, second, third]).toMatchObject([
    { words: 3, stale: false, current_plan_digest: undefined },
    { words: 3, stale: true, plan_digest: first.plan_digest, current_plan_digest: compiled.plan_digest },
    { words: 103, stale: false, plan_digest: compiled.plan_digest },
  ]);
  expect(compiled.plan_digest).not.toBe(first.plan_digest);
  expect(await ctx.client.executions.get(first.id)).toMatchObject({ plan_digest: first.plan_digest, stale: false });
});

test('S0-22 a file that an action imports makes its plan outdated too', async (ctx) => {
  const pack = await uploadDemoPack(ctx);
  const { plan_digest } = await ctx.client.workflows.revision(pack.workflow, 1);
  writeFileSync(join(pack.directory, 'actions/helper.py'), 'VALUE = 1\n');
  await ctx.client.packs.upload(pack.directory, { force: true });

  const compiled = await ctx.client.workflows.compileRevision(pack.workflow, 1);

  expect(compiled).toMatchObject({ changed: true, revision: 1 });
  expect(compiled.plan_digest).not.toBe(plan_digest);
});

/** A workflow of one task, which runs another one. Its output is the task's. */
const nest = (action: string, input: object = {}) => ({
  tasks: [{ name: 'inner', action, input }],
  output_map: { inner: '{{ task.inner.result }}' },
});

test('S0-22 a nested workflow runs the definition that the plan above pins', async (ctx) => {
  const inner = await createWorkflow(ctx, constant('old'));
  const outer = await createWorkflow(ctx, nest(inner));
  await ctx.client.workflows.update(inner, { definition: constant('new') });

  const pinned = await runStrictly(ctx, outer);
  await ctx.client.workflows.compileRevision(outer, 1);
  const compiled = await runStrictly(ctx, outer);

  expect([pinned, compiled]).toMatchObject([
    { result: { inner: { value: 'old' } } },
    { result: { inner: { value: 'new' } } },
  ]);
});

test('S0-22 a nested workflow runs its actions as the plan above pins them', async (ctx) => {
  const pack = await uploadDemoPack(ctx);
  const outer = await createWorkflow(ctx, nest(pack.workflow, { text: 'One two. Three.' }));
  await changeDemo(ctx, pack, '"words": len', '"words": 100 + len');
  await ctx.client.workflows.compileRevision(pack.workflow, 1);

  const pinned = await runStrictly(ctx, outer);
  await ctx.client.workflows.compileRevision(outer, 1);
  const compiled = await runStrictly(ctx, outer);

  expect([pinned, compiled]).toMatchObject([
    { result: { inner: { summarize: { words: 3 } } } },
    { result: { inner: { summarize: { words: 103 } } } },
  ]);
});

test('S0-22 an execution by the route of Attune runs the actions as they are', async (ctx) => {
  const pack = await uploadDemoPack(ctx);
  await changeDemo(ctx, pack, '"words": len', '"words": 100 + len');

  const { id } = await ctx.client.executions.execute({ action_ref: pack.workflow, parameters: { text: 'One.' } });

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const { result, plan_digest } = await ctx.client.executions.get(id);
  expect({ result, plan_digest }).toMatchObject({ result: { summarize: { words: 101 } }, plan_digest: undefined });
});

const THIRD: AnyTask[] = [
  { name: 'a', action: 'core.noop' },
  { name: 'b', action: 'core.noop' },
];

const TYPES = ['action', 'parallel', 'workflow'];

test('S0-23 a compile refuses a type of task that the engine does not have', async (ctx) => {
  const ref = await createWorkflow(ctx, constant('first'));
  const definition = { tasks: [...THIRD, { name: 'c', type: 'switch', action: 'core.noop' }] };
  const { revision } = await ctx.client.workflows.createRevision(ref, { definition });

  await expect(ctx.client.workflows.compileRevision(ref, revision)).rejects.toMatchObject({
    status: 422,
    code: 'STEP_KIND_UNHANDLED',
    body: {
      error: expect.stringContaining('action, parallel, workflow') as string,
      details: { path: '/tasks/2/type', findings: [{ code: 'STEP_KIND_UNHANDLED', supported: TYPES }] },
    },
  });

  expect(await ctx.client.workflows.revision(ref, revision)).toMatchObject({ state: 'draft' });
});

test('S0-23 the route of Attune refuses it too, and stores nothing', async (ctx) => {
  const definition = { tasks: [...THIRD, { name: 'c', type: 'switch', action: 'core.noop' }] };
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('flow')}`;

  await expect(
    ctx.client.workflows.create({ ref, pack_ref, label: 'flow', version: '1', definition }),
  ).rejects.toMatchObject({
    status: 400,
    body: { details: { reason: 'STEP_KIND_UNHANDLED', path: 'definition/tasks/2/type', supported: TYPES } },
  });

  await expect(ctx.client.workflows.get(ref)).rejects.toMatchObject({ status: 404 });
});

test('S3-16 a compile names an unknown action, its place and the closest name', async (ctx) => {
  const ref = await createWorkflow(ctx, constant('first'));
  const definition = { tasks: [{ name: 'only', action: 'core.eco' }] };
  const { revision } = await ctx.client.workflows.createRevision(ref, { definition });

  await expect(ctx.client.workflows.compileRevision(ref, revision)).rejects.toMatchObject({
    status: 422,
    code: 'ACTION_NOT_FOUND',
    body: {
      error: "Task 'only' names action 'core.eco', which does not exist. Did you mean 'core.echo'?",
      details: { path: '/tasks/0/action' },
    },
  });
});

test('S3-16 an action that was removed after the compile fails its run by name', async (ctx) => {
  const { client, deadline } = ctx;
  const pack_ref = await ctx.ownPack();
  const action = await createScriptAction(ctx, pack_ref, 'true');
  const first = { name: 'first', action, next: [{ when: '{{ succeeded() }}', do: ['second'] }] };
  const ref = await createWorkflow(ctx, { tasks: [first, { name: 'second', action: 'core.noop' }] });
  await client.actions.remove(action);

  const { id } = await client.workflows.execute(ref, { data: {} });

  await until(executionToBe('failed', client, id), deadline);
  const { result } = await childOf(ctx, id, 'first');
  expect(result).toMatchObject({ code: 'ACTION_NOT_FOUND', error: expect.stringContaining(action) as string });
  const types = (await until(logToEnd(client, id), deadline)).map(({ type }) => type);
  expect(types).toEqual(['EXECUTION_STARTED', 'STEP_STARTED', 'STEP_FAILED', 'EXECUTION_FAILED']);
});
