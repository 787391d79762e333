// Spec: every kind of step runs on every runtime, and every type of task that compiles runs.
import { runtimesClaiming, selectedArms } from '../../../../helpers/arms';
import { startMockHttpServer } from '../../../../helpers/fixtures/mock-http-server';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import type { AnyTask } from '../../../../helpers/scenario/resources/workflow-task';
import { uploadArmPack } from '../../support/workers/arm-pack';
import { builtInKinds } from '../../../../helpers/scenario/built-in-kinds';
import { PROGRAM_KINDS, TASK_BY_TYPE } from '../../support/program-kinds';
import { expectedOutcomes, programCases, runCases } from '../../support/run-step-kinds';
import { systemTestNeeding } from '../../support/system-test';
import { armNeed } from '../../../../helpers/target/arm-findings';
import { missingCapabilities } from '../../../../helpers/target/capabilities';

/** The compiler of Go takes 10 s on an idle host. */
const ROW_SECONDS = 90;
const SMALLEST_MATRIX = 41;

const PROGRAMS = runtimesClaiming('pack_files');
const SCRIPTS = runtimesClaiming('inline_scripts');

for (const runtime of PROGRAMS) {
  const onArm = systemTestNeeding('runtimes.manifest', armNeed(runtime));
  onArm(`S0-07 every kind of step runs a program of ${runtime}`, ROW_SECONDS, async (ctx) => {
    const cases = programCases(await uploadArmPack(ctx), runtime, await ctx.ownPack());

    const outcomes = await runCases(ctx, cases);

    expect(outcomes).toEqual(expectedOutcomes(cases));
    expect(Object.keys(outcomes)).toEqual(Object.keys(PROGRAM_KINDS));
  });
}

for (const runtime of SCRIPTS) {
  const onArm = systemTestNeeding('runtimes.manifest', armNeed(runtime));
  onArm(`S0-07 a step runs an inline script of ${runtime}`, async (ctx) => {
    const action = await createScriptAction(ctx, await ctx.ownPack(), `printf 'inline'`);
    const cases = {
      inline: {
        tasks: [{ name: 'single', action }],
        output: 'task.single.stdout',
        value: 'inline',
        children: ['single completed'],
      },
    };

    expect(await runCases(ctx, cases)).toEqual(expectedOutcomes(cases));
  });
}

const withBuiltIns = systemTestNeeding('runtimes.manifest', 'runners.http', 'mocks.allowed', 'durations.fractional');

/** Cases of the built-in actions, with a server for the request. */
async function builtInCases({ facts, nonce, defer }: Context) {
  const document = { nonce };
  const server = await startMockHttpServer(document, facts.mockHost);
  defer(() => server.close());
  return builtInKinds(server.url, document);
}

withBuiltIns('S0-07 a step runs each action that is built into the worker', async (ctx) => {
  const cases = await builtInCases(ctx);
  const listed = (await ctx.client.packs.actions('core')).map(({ ref }) => ref);

  const outcomes = await runCases(ctx, cases);

  expect(outcomes).toEqual(expectedOutcomes(cases));
  expect(Object.keys(outcomes)).toEqual(listed.sort());
});

withBuiltIns('S0-07 the matrix skips no runtime that a worker has', async (ctx) => {
  const cases = [
    ...PROGRAMS.flatMap((runtime) => Object.keys(PROGRAM_KINDS).map((kind) => `${kind} on ${runtime}`)),
    ...SCRIPTS.map((runtime) => `an inline script on ${runtime}`),
    ...Object.keys(await builtInCases(ctx)),
  ];
  const manifest = await ctx.client.capabilities.getOrNull();
  const ofWorkers = Object.keys(manifest!.capabilities);

  const selected = selectedArms(process.env).flatMap(({ runtime }) => runtime ?? []);
  const isExpected = (runtime: string) =>
    selected.includes(runtime) && ofWorkers.includes(`workers.runtimes.${runtime}`);
  const tested = PROGRAMS.filter((runtime) => missingCapabilities([armNeed(runtime)], ctx.facts).length === 0);

  expect(tested).toEqual(PROGRAMS.filter(isExpected));
  expect(cases.length).toBeGreaterThanOrEqual(SMALLEST_MATRIX);
});

const withRevisions = systemTestNeeding('workflows.revisions');

/** Creates a revision of one workflow with these tasks. */
async function addRevision({ client }: Context, ref: string, tasks: AnyTask[]): Promise<number> {
  return (await client.workflows.createRevision(ref, { definition: { tasks } })).revision;
}

withRevisions('S0-24 each type of task that a compile lists runs to its end', async (ctx) => {
  const { client, deadline } = ctx;
  const { ref } = await ctx.workflow([{ name: 'only', action: 'core.noop' }]);
  const unknown = await addRevision(ctx, ref, [{ name: 'only', action: 'core.noop', type: 'loop' as 'action' }]);
  const rejection: unknown = await client.workflows.compileRevision(ref, unknown).catch((error: unknown) => error);
  const [{ supported } = { supported: [] }] = (rejection as CompileRejection).body.details.findings;

  const ended = [];
  for (const type of supported) {
    const task = TASK_BY_TYPE[type];
    const compiled = await client.workflows.compileRevision(ref, await addRevision(ctx, ref, task ? [task] : []));
    const { id } = await client.workflows.execute(ref, { data: {} });
    await until(executionToBe('completed', client, id), deadline);
    ended.push({ type, state: compiled.state, children: (await client.executions.children(id)).length });
  }

  expect(ended).toEqual(Object.keys(TASK_BY_TYPE).map((type) => ({ type, state: 'ready', children: 1 })));
});

/** The body of a compile that found a type of task which does not exist. */
interface CompileRejection {
  readonly body: { readonly details: { readonly findings: { readonly supported: string[] }[] } };
}
