// Spec: a pack with every kind of component is known whole; registered again it keeps ids, what was made beside it, and nothing that vanished.
import { executionToEnd } from '../../../helpers/conditions';
import type { Context } from '../../../helpers/context';
import { offerPack } from '../../../helpers/offer-pack';
import { until } from '../../../helpers/polling';
import { tarOf } from '../../../helpers/raw-tar';
import { trial } from '../../../helpers/trial';

const FLOW = 'version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n';

const filesOf = (ref: string, version: string) => ({
  './pack.yaml': `ref: ${ref}\nname: Everything\nversion: ${version}\nconfig: {seed: 1}\nkeywords: [wild]\n`,
  './requirements.txt': '',
  './package.json': '{}',
  './permission_sets/look.yaml': `ref: ${ref}.look\ngrants: [{resource: packs, actions: [read]}]\n`,
  './runtimes/posix.yml': `ref: ${ref}.posix\nname: posix\nexecution_config: {interpreter: {binary: sh}}\n`,
  './triggers/hook.yaml': `ref: ${ref}.hook\noutput: {n: {type: integer}}\n`,
  './actions/say.yaml': `entry_point: say.sh\nunknown: key\n`,
  './actions/say.sh': 'echo said\n',
  './actions/deploy.yaml': `ref: ${ref}.deploy\nworkflow_file: workflows/deploy.workflow.yaml\n`,
  './actions/workflows/deploy.workflow.yaml': FLOW,
  './workflows/flow.yaml': FLOW,
  './rules/on-hook.yaml': `ref: ${ref}.on-hook\ntrigger_ref: hook\naction_ref: say\n`,
  './queues/line.yaml': `ref: ${ref}.line\nlabel: Line\n`,
});

const without = <T>(all: Record<string, T>, ...names: string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

/** Refs of all that a pack holds, with their ids. */
async function holdings({ client }: Context, ref: string): Promise<Record<string, number>> {
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

trial('a pack with every kind of component is known whole, and what it cannot have is named', async (ctx) => {
  const ref = ctx.name('pack');
  const { status, body } = await offerPack(ctx.facts, tarOf(filesOf(ref, '1.0.0')));
  ctx.defer(() => ctx.client.packs.remove(ref));

  expect(status).toBe(201);
  const { pack, warnings = [] } = body.data as { pack: object; warnings?: string[] };
  expect(pack).toMatchObject({ ref, label: 'Everything', config: { seed: 1 }, tags: ['wild'] });
  expect(warnings).toEqual([expect.stringContaining('queues/line.yaml')]);
  expect(Object.keys(await holdings(ctx, ref)).sort()).toEqual([
    'action deploy', 'action flow', 'action say', 'rule on-hook', 'runtime posix', 'trigger hook', 'workflow deploy', 'workflow flow',
  ]); // prettier-ignore
  const runs = await Promise.all(
    ['say', 'deploy', 'flow'].map((name) => ctx.client.executions.execute({ action_ref: `${ref}.${name}` })),
  );
  const ends = await Promise.all(runs.map(({ id }) => until(executionToEnd(ctx.client, id), ctx.deadline)));
  expect(ends.map((end) => end.status)).toEqual(['completed', 'completed', 'completed']);
});

trial('a second registration keeps ids and what was made beside it, and removes what vanished', async (ctx) => {
  const ref = ctx.name('pack');
  await offerPack(ctx.facts, tarOf(filesOf(ref, '1.0.0')));
  ctx.defer(() => ctx.client.packs.remove(ref));
  await ctx.client.actions.create({ ref: `${ref}.adhoc`, pack_ref: ref, label: 'Adhoc', entrypoint: 'true' });
  await ctx.client.packs.update(ref, { config: { mine: 2 } });
  const before = await holdings(ctx, ref);
  const rest = without(filesOf(ref, '2.0.0'), './workflows/flow.yaml', './rules/on-hook.yaml');

  expect((await offerPack(ctx.facts, tarOf(rest), true)).status).toBe(201);

  const kept = without(before, 'action flow', 'workflow flow', 'rule on-hook');
  expect(await holdings(ctx, ref)).toEqual(kept);
  expect(await ctx.client.packs.get(ref)).toMatchObject({ version: '2.0.0', config: { mine: 2 } });
});

trial('workflow files are checked by name and made known again', async (ctx) => {
  const ref = ctx.name('pack');
  const broken = { ...filesOf(ref, '1.0.0'), './workflows/broken.yaml': 'version: 1.0.0\ntasks: 7\n' };
  await offerPack(ctx.facts, tarOf(broken));
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
  await expect(ctx.client.packs.syncWorkflows(ctx.name('nowhere'))).rejects.toMatchObject({ status: 404 });
});
