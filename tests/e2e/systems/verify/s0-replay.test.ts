// Spec: a replay compares an execution with another version of its workflow, and runs nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { runCommand } from '../../support/commands/command-line';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { taskName } from '../../../../helpers/scenario/resources/child-executions';
import { createUserClient } from '../../../../helpers/scenario/resources/test-users';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import {
  noopTask,
  onFailure,
  onSuccess,
  parallelTask,
  task,
  type AnyTask,
  type Parameters,
  type WorkflowParts,
} from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

/** Runs a workflow of these tasks to its end. */
async function runToEnd(ctx: Context, tasks: AnyTask[], parameters: Parameters, parts: WorkflowParts = {}) {
  const { ref } = await ctx.workflow(tasks, parts);
  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return { ref, id };
}

/** Each word, and then all of them. */
const wordTasks = (ctx: Context): AnyTask[] => [
  {
    ...task(ctx, 'each', 'echo-params', { word: '{{ item }}' }, onSuccess('all')),
    with_items: '{{ parameters.words }}',
    concurrency: 1,
  },
  task(ctx, 'all', 'echo-params', { words: '{{ parameters.words }}', count: '{{ task.each.items | length }}' }),
];

const SECRET = { token: { type: 'string', secret: true } };
const WORDS = { words: ['one', 'two'] };

/** Compiles another revision: `find` is replaced in the JSON of the definition. */
async function reviseWorkflow({ client }: Context, ref: string, find: string, replacement: string): Promise<number> {
  const { definition } = await client.workflows.revision(ref, 1);
  const text = JSON.stringify(definition);
  const changed = JSON.parse(text.replace(find, replacement)) as Parameters;
  expect(changed).not.toEqual(definition);
  const { revision } = await client.workflows.createRevision(ref, { definition: changed });
  await client.workflows.compileRevision(ref, revision);
  return revision;
}

const replayCommand = (ctx: Context, id: number, ...more: readonly string[]) =>
  runCommand(ctx, ['replay', String(id), '--target', ctx.facts.url, ...more]);

test('S0-42 the same revision replays without a difference', async (ctx) => {
  await ctx.pack('e2e');
  const { id } = await runToEnd(ctx, wordTasks(ctx), WORDS);

  const report = await ctx.client.executions.replay(id, {});
  const { code, stdout } = await replayCommand(ctx, id);

  const step = (name: string, index: number | null) => ({ task: name, index, round: 1, retry: 0 });
  expect(report).toMatchObject({ execution: id, revision: 1, verdict: 'same', divergence: null, not_compared: [] });
  expect(report.compared).toEqual([step('each', 0), step('each', 1), step('all', null)]);
  expect(code).toBe(0);
  expect(stdout[1]).toBe('  the same: each item 0, each item 1, all');
});

const NO_INPUT = { message: 'no secret' };

test('S0-42 retries, handlers, nested workflows and faults replay', async (ctx) => {
  await ctx.pack('e2e');
  const { ref: inner } = await ctx.workflow([task(ctx, 'I', 'echo-params')], { name: 'inner' });
  const tasks: AnyTask[] = [
    { ...task(ctx, 'A', 'exit-with', { code: 4 }, onFailure('R')), retry: { count: 1, delay: 0.1 } },
    task(ctx, 'R', 'echo-params', { code: '{{ result().exit_code }}' }, onSuccess('N', 'P')),
    { name: 'N', action: inner, input: { n: 1 } },
    parallelTask('P', [noopTask('P1', { input: NO_INPUT }), noopTask('P2', { input: NO_INPUT })], onSuccess('F', 'S')),
    task(ctx, 'F', 'echo-params', { none: '{{ parameters.none }}' }),
    task(ctx, 'S', 'echo-params', { plain: '{{ parameters.token }}' }),
  ];
  const { ref } = await ctx.workflow(tasks, { parameters: SECRET });
  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters: { token: ctx.name('secret') } });
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const report = await ctx.client.executions.replay(id, {});

  const names = report.compared.map(({ task: name, retry }) => (retry === 0 ? name : `${name} ${retry}`)).sort();
  expect(report).toMatchObject({ verdict: 'same', divergence: null, not_compared: [] });
  const children = await ctx.client.executions.children(id);
  expect(
    children
      .filter(({ status }) => status === 'completed')
      .map(taskName)
      .sort(),
  ).toEqual(['N', 'P1', 'P2', 'R']);
  expect(names).toEqual(['A', 'A 1', 'F', 'N', 'P1', 'P2', 'R', 'S']);
});

test('S0-42 the first step that differs is named, and nothing is started', async (ctx) => {
  await ctx.pack('e2e');
  const { ref, id } = await runToEnd(ctx, wordTasks(ctx), WORDS);
  const children = await ctx.client.executions.children(id);
  const revision = await reviseWorkflow(ctx, ref, '{{ item }}', "{{ ['one', '2'][index] }}");

  const { code, stdout } = await replayCommand(ctx, id);
  const asJson = await replayCommand(ctx, id, '--json');
  const onFirst = await replayCommand(ctx, id, '--revision', '1');

  expect(stdout).toEqual([
    `execution ${id} of ${ref} on revision ${revision}  diverged`,
    '  each item 1 has another parameter: /word',
    '    expected "two"',
    '    actual   "2"',
    '  the same: each item 0',
  ]);
  expect(JSON.parse(asJson.stdout[0]!)).toMatchObject({
    divergence: { kind: 'parameters', task: 'each', index: 1, pointer: '/word', expected: 'two', actual: '2' },
  });
  expect([code, asJson.code, onFirst.code]).toEqual([1, 1, 0]);
  expect(await ctx.client.executions.children(id)).toEqual(children);
  expect(await countExecutions(ctx, ref)).toBe(1);
});

test('S0-42 a file replays without being stored', async (ctx) => {
  await ctx.pack('e2e');
  const { ref, id } = await runToEnd(ctx, wordTasks(ctx), WORDS);
  const { definition } = await ctx.client.workflows.revision(ref, 1);
  const file = join(ctx.facts.directory, `${ctx.name('flow')}.yaml`);
  const [each] = definition.tasks as Parameters[];
  writeFileSync(file, JSON.stringify({ ...definition, tasks: [{ ...each, next: [] }] }));

  const { code, stdout } = await replayCommand(ctx, id, '--file', file);

  expect([code, stdout[1]]).toEqual([1, '  all is not started, and the execution had it']);
  expect(await ctx.client.workflows.revisions(ref)).toHaveLength(1);
});

test('S0-42 a replay has the variables and the configuration of its execution', async (ctx) => {
  await ctx.pack('e2e');
  const { client } = ctx;
  const pack = await ctx.ownPack();
  await client.packs.update(pack, { config: { zone: 'north' } });
  const input = { zone: '{{ config.zone }}', size: '{{ vars.size }}' };
  const { ref } = await ctx.workflow([task(ctx, 'A', 'echo-params', input)], { vars: { size: 'small' } });
  const { id } = await client.workflows.execute(ref, { data: {}, variables: { size: 'large' } });
  await until(executionToBe('completed', client, id), ctx.deadline);
  await client.packs.update(pack, { config: { zone: 'south' } });

  const report = await client.executions.replay(id, {});

  const [child] = await client.executions.children(id);
  expect((await client.executions.get(child!.id)).config).toMatchObject({ zone: 'north', size: 'large' });
  expect(report).toMatchObject({ verdict: 'same', divergence: null, compared: [{ task: 'A' }] });
});

test('S0-42 a secret is neither read nor compared', async (ctx) => {
  await ctx.pack('e2e');
  const token = ctx.name('secret');
  const tasks = [task(ctx, 'A', 'hash-secrets', { secret_a: '{{ parameters.token }}', secret_b: 1 })];
  const { ref, id } = await runToEnd(ctx, tasks, { token }, { parameters: SECRET });
  const { definition } = await ctx.client.workflows.revision(ref, 1);
  const decidedBy = (text: string): Parameters => ({
    ...definition,
    tasks: (definition.tasks as Parameters[]).map((one) => ({ ...one, when: `parameters.token == "${text}"` })),
  });

  const { code, stdout } = await replayCommand(ctx, id, '--json');
  const [right, wrong] = await Promise.all(
    [token, 'wrong'].map((text) => ctx.client.executions.replay(id, { definition: decidedBy(text) })),
  );

  expect(code).toBe(5);
  expect(JSON.parse(stdout[0]!)).toMatchObject({
    verdict: 'not_compared',
    divergence: null,
    compared: [],
    not_compared: [{ task: 'A' }],
  });
  expect(right).toMatchObject({ verdict: 'not_compared', compared: [], not_compared: [], stopped_after: null });
  expect(right).toEqual(wrong);
});

test('S0-42 only a finished execution replays, on a compiled revision', async (ctx) => {
  await ctx.pack('e2e');
  const { client } = ctx;
  const { ref, id } = await runToEnd(ctx, [task(ctx, 'A', 'echo-params')], {});
  await client.workflows.createRevision(ref, { definition: { tasks: [] } });
  const { id: running } = await client.executions.execute({
    action_ref: (await ctx.workflow([{ name: 'A', action: 'core.ask', input: { prompt: 'wait' } }], { name: 'ask' }))
      .ref,
  });
  await until(executionToBe('running', client, running), ctx.deadline);

  const early = await replayCommand(ctx, running);
  await client.executions.cancel(running);
  await until(executionToBe('cancelled', client, running), ctx.deadline);
  const stopped = client.executions.replay(running, {});
  const draft = await replayCommand(ctx, id, '--revision', '2');
  const unknown = await replayCommand(ctx, 987_654_321);
  const noRevision = await replayCommand(ctx, id, '--revision', '987654321');

  expect([early.code, draft.code, unknown.code, noRevision.code]).toEqual([2, 2, 2, 2]);
  expect(noRevision.stderr).toMatch(/^tuningfork: NOT_FOUND: /);
  expect(early.stderr).toContain('REPLAY_NEEDS_FINISHED');
  await expect(stopped).rejects.toMatchObject({ status: 409, code: 'REPLAY_NEEDS_FINISHED' });
  expect(draft.stderr).toContain('REVISION_NOT_COMPILED');
});

test('S0-42 a definition needs the permission to read the pack', async (ctx) => {
  await ctx.pack('e2e');
  const { ref: pack } = await ctx.pack('e2e-api');
  const { id } = await runToEnd(ctx, wordTasks(ctx), WORDS);
  const auditor = await createUserClient(ctx, `${pack}.auditors`);
  const definition = { tasks: [], output_map: { config: '{{ config }}' } };

  const ofRevision = auditor.executions.replay(id, {});
  const ofDefinition = auditor.executions.replay(id, { definition });

  await expect(ofRevision).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  await expect(ofDefinition).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
});
