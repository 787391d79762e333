// Spec: registering a pack stores all its components; doing it again keeps ids, removes the rest.
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { uploadRawPack } from '../support/upload-raw-pack';
import { until } from '../../../helpers/scenario/polling';
import { plainTar } from '../support/raw-tar';
import { systemTest } from '../support/system-test';

const FLOW = 'version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n';

const filesOf = (ref: string, version: string) => ({
  './pack.yaml': `ref: ${ref}\nname: Everything\nversion: ${version}\nconfig: {seed: 1}\nkeywords: [test]\n`,
  './requirements.txt': '',
  './package.json': '{}',
  './permission_sets/readers.yaml': `ref: ${ref}.readers\ngrants: [{resource: packs, actions: [read]}]\n`,
  './runtimes/posix.yml': `ref: ${ref}.posix\nname: posix\nexecution_config: {interpreter: {binary: sh}}\n`,
  './triggers/hook.yaml': `ref: ${ref}.hook\noutput: {n: {type: integer}}\n`,
  './actions/echo.yaml': `entry_point: echo.sh\nunknown: key\n`,
  './actions/echo.sh': 'echo text\n',
  './actions/deploy.yaml': `ref: ${ref}.deploy\nworkflow_file: workflows/deploy.workflow.yaml\n`,
  './actions/workflows/deploy.workflow.yaml': FLOW,
  './workflows/flow.yaml': FLOW,
  './rules/on-hook.yaml': `ref: ${ref}.on-hook\ntrigger_ref: hook\naction_ref: echo\n`,
  './queues/jobs.yaml': `ref: ${ref}.jobs\nlabel: Jobs\n`,
});

const omit = <T>(all: Record<string, T>, ...names: string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

/** The id of each component of a pack, by type and name. */
async function componentIds({ client }: Context, ref: string): Promise<Record<string, number>> {
  const { packs } = client;
  const lists = await Promise.all([
    packs.actions(ref),
    packs.workflows(ref),
    packs.triggers(ref),
    packs.rules(ref),
    packs.runtimes(ref),
  ]);
  const kinds = ['action', 'workflow', 'trigger', 'rule', 'runtime'];
  return Object.fromEntries(
    lists.flatMap((rows, kind) => rows.map((row) => [`${kinds[kind]!} ${row.ref.slice(ref.length + 1)}`, row.id])),
  );
}

systemTest('a pack registers every type of component and reports unknown ones', async (ctx) => {
  const ref = ctx.name('pack');
  const { status, body } = await uploadRawPack(ctx.facts, plainTar(filesOf(ref, '1.0.0')));
  ctx.defer(() => ctx.client.packs.remove(ref));

  expect(status).toBe(201);
  const { pack, warnings = [] } = body.data as { pack: object; warnings?: string[] };
  expect(pack).toMatchObject({ ref, label: 'Everything', config: { seed: 1 }, tags: ['test'] });
  expect(warnings).toEqual([
    "actions/echo.yaml:2: 'unknown' has no meaning here",
    expect.stringContaining('queues/jobs.yaml'),
  ]);
  expect(Object.keys(await componentIds(ctx, ref)).sort()).toEqual([
    'action deploy', 'action echo', 'action flow', 'rule on-hook', 'runtime posix', 'trigger hook', 'workflow deploy', 'workflow flow',
  ]); // oxfmt-ignore
  const started = await Promise.all(
    ['echo', 'deploy', 'flow'].map((name) => ctx.client.executions.execute({ action_ref: `${ref}.${name}` })),
  );
  const finished = await Promise.all(started.map(({ id }) => until(executionToEnd(ctx.client, id), ctx.deadline)));
  expect(finished.map((end) => end.status)).toEqual(['completed', 'completed', 'completed']);
});

systemTest('a second registration keeps ids and removes missing components', async (ctx) => {
  const ref = ctx.name('pack');
  await uploadRawPack(ctx.facts, plainTar(filesOf(ref, '1.0.0')));
  ctx.defer(() => ctx.client.packs.remove(ref));
  await ctx.client.actions.create({ ref: `${ref}.adhoc`, pack_ref: ref, label: 'Adhoc', entrypoint: 'true' });
  await ctx.client.packs.update(ref, { config: { mine: 2 } });
  const before = await componentIds(ctx, ref);
  const remainingFiles = omit(filesOf(ref, '2.0.0'), './workflows/flow.yaml', './rules/on-hook.yaml');

  expect((await uploadRawPack(ctx.facts, plainTar(remainingFiles), true)).status).toBe(201);

  const expectedComponents = omit(before, 'action flow', 'workflow flow', 'rule on-hook');
  expect(await componentIds(ctx, ref)).toEqual(expectedComponents);
  expect(await ctx.client.packs.get(ref)).toMatchObject({ version: '2.0.0', config: { mine: 2 } });
});

systemTest('workflow files are validated and synchronized by name', async (ctx) => {
  const ref = ctx.name('pack');
  const broken = { ...filesOf(ref, '1.0.0'), './workflows/broken.yaml': 'version: 1.0.0\ntasks: 7\n' };
  await uploadRawPack(ctx.facts, plainTar(broken));
  ctx.defer(() => ctx.client.packs.remove(ref));
  await ctx.client.workflows.remove(`${ref}.flow`);

  const validation = await ctx.client.packs.validateWorkflows(ref);
  const sync = await ctx.client.packs.syncWorkflows(ref);

  expect(validation).toMatchObject({ validated_count: 3, error_count: 1, errors: { broken: [expect.any(String)] } });
  expect(sync).toMatchObject({
    loaded_count: 2,
    registered_count: 2,
    errors: [expect.stringContaining('broken.yaml')],
  });
  expect(sync.workflows.map(({ ref_name, created }) => [ref_name, created])).toEqual([
    [`${ref}.deploy`, false],
    [`${ref}.flow`, true],
  ]);
  await expect(ctx.client.packs.syncWorkflows(ctx.name('unknown'))).rejects.toMatchObject({ status: 404 });
});

systemTest('the parameters in the file of an action are those of its workflow', async (ctx) => {
  const ref = ctx.name('pack');
  const input = '{ word: "{{ parameters.word }}", token: "{{ parameters.token }}" }';
  await uploadRawPack(
    ctx.facts,
    plainTar({
      './pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`,
      './actions/show.yaml': 'entry_point: cat\nparameters: { token: { secret: true } }\n',
      './actions/flow.yaml':
        'workflow_file: workflows/flow.yaml\nparameters: { word: { default: usual }, token: { secret: true } }\n',
      './actions/workflows/flow.yaml': `version: 1.0.0
tasks: [{ name: one, action: ${ref}.show, input: ${input} }]
output_map: { token: "{{ parameters.token }}" }
`,
    }),
  );
  ctx.defer(() => ctx.client.packs.remove(ref));
  const token = ctx.name('token');

  const started = await ctx.client.executions.execute({ action_ref: `${ref}.flow`, parameters: { token } });
  const ended = await until(executionToEnd(ctx.client, started.id), ctx.deadline);

  const [child] = await ctx.client.executions.children(started.id);
  const { config } = await ctx.client.executions.get(child!.id);
  const redacted = { $attune_secret: true, redacted: true };
  expect([ended.status, ended.result, config]).toEqual([
    'completed',
    { succeeded: true, token: redacted },
    { word: 'usual', token: redacted },
  ]);
});
