// Spec: a rerun takes over what ended in other branches, and runs again what did not, whole.
import { claim } from '../../../helpers/scenario/claim';
import {
  failingOnce,
  rerunOpenBranches,
  rerunToEnd,
  runToFailure,
  runToOpenBranches,
  takenOverBy,
} from '../../../helpers/scenario/resources/reruns';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { childOf, paramsOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, parallelTask, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'ledger.shared'];

claim('T2.25e', [...NEEDS, 'workflows.join'], 'a join after a rerun counts what was taken over', async (ctx) => {
  await ctx.pack('e2e');
  const from = '{{ task.left.attempt }} {{ task.right.attempt }}';
  const tasks = [
    task(ctx, 'start', 'append-ledger', {}, onSuccess('left', 'right')),
    task(ctx, 'left', 'exit-by-attempt', { exits: '0' }, onSuccess('joined')),
    failingOnce(ctx, 'right', {}, onSuccess('joined')),
    { ...task(ctx, 'joined', 'echo-params', { from }), join: 2 },
  ];
  const id = await runToFailure(ctx, tasks);

  const rerun = await rerunToEnd(ctx, id, 'right');

  expect((await takenOverBy(ctx, rerun.id)).sort()).toEqual(['left completed', 'start completed']);
  expect((await childOf(ctx, rerun.id, 'joined')).config).toMatchObject({ from: '1 2' });
  expect(runCounts(ctx, 'start', 'left', 'right', 'joined')).toEqual({ start: 1, left: 1, right: 2, joined: 1 });
});

claim('T2.25f', NEEDS, 'a failure runs again unless its handler ran, or begins the rerun', async (ctx) => {
  await ctx.pack('e2e');
  const pack_ref = await ctx.ownPack();
  const later = `${pack_ref}.${ctx.name('later')}`;
  const tasks = [
    failingOnce(ctx, 'broken'),
    failingOnce(ctx, 'other', {}, onSuccess('after')),
    failingOnce(ctx, 'handled', {}, onFailure('handler')),
    task(ctx, 'handler', 'append-ledger'),
    task(ctx, 'after', 'append-ledger'),
  ];
  const id = await runToFailure(ctx, tasks);
  const stuck = [failingOnce(ctx, 'stuck', {}, onFailure('later')), { name: 'later', action: later }];
  const withoutAction = await runToFailure(ctx, stuck, { name: 'stuck' });
  await ctx.client.actions.create({ ref: later, pack_ref, label: 'later', runtime_ref: 'core.shell', entrypoint: ':' });

  const rerun = await rerunToEnd(ctx, id, 'broken');
  const fromHandler = await rerunToEnd(ctx, withoutAction, 'later');

  expect((await takenOverBy(ctx, rerun.id)).sort()).toEqual(['handled failed', 'handler completed']);
  expect(await takenOverBy(ctx, fromHandler.id)).toEqual(['stuck failed']);
  const runs = { broken: 2, other: 2, after: 1, handled: 1, handler: 1, stuck: 1 };
  expect(runCounts(ctx, ...Object.keys(runs))).toEqual(runs);
});

claim('T2.25g', [...NEEDS, 'workflows.with_items'], 'a list that is half done runs again whole', async (ctx) => {
  await ctx.pack('e2e');
  const each = task(ctx, 'each', 'exit-by-attempt', { exits: '0 1 0' }, onSuccess('after'));
  const attempts = '{{ [task.each.items[0].attempt, task.each.items[1].attempt] }}';
  const tasks = [
    task(ctx, 'first', 'append-ledger', {}, onSuccess('each')),
    { ...each, with_items: '{{ [0, 1] }}', concurrency: 1 },
    task(ctx, 'after', 'echo-params', { attempts }),
  ];
  const id = await runToFailure(ctx, tasks);

  const rerun = await rerunToEnd(ctx, id, 'each');

  expect(await takenOverBy(ctx, rerun.id)).toEqual(['first completed']);
  expect(await paramsOf(ctx, rerun.id, 'after')).toMatchObject({ attempts: [3, 4] });
  expect(runCounts(ctx, 'first', 'each', 'after')).toEqual({ first: 1, each: 4, after: 1 });
});

claim('T2.25t', NEEDS, 'a parallel task is taken over with its parts, or runs again whole', async (ctx) => {
  await ctx.pack('e2e');
  const part = (name: string) => task(ctx, name, 'append-ledger');
  const id = await runToFailure(ctx, [
    task(ctx, 'first', 'append-ledger', {}, onSuccess('done', 'half')),
    parallelTask('done', [part('d1'), part('d2')]),
    parallelTask('half', [part('h1'), failingOnce(ctx, 'h2')], onSuccess('after')),
    part('after'),
  ]);

  const rerun = await rerunToEnd(ctx, id, 'half');

  const taken = ['d1', 'd2', 'done', 'first'].map((name) => `${name} completed`);
  expect((await takenOverBy(ctx, rerun.id)).sort()).toEqual(taken);
  const runs = { first: 1, d1: 1, d2: 1, h1: 2, h2: 2, after: 1 };
  expect(runCounts(ctx, ...Object.keys(runs))).toEqual(runs);
});

claim('T2.25h', [...NEEDS, 'executions.cancel'], 'a rerun runs again what a cancel stopped', async (ctx) => {
  await ctx.pack('e2e');
  const id = await runToOpenBranches(ctx, { cancellation_policy: 'cancel_running' });
  await ctx.client.executions.cancel(id);
  await waitForStatus(ctx, id, 'cancelled');

  const { rerun, runs } = await rerunOpenBranches(ctx, id);

  expect(await takenOverBy(ctx, rerun.id)).toEqual(['first completed']);
  expect(runs).toEqual({ first: 1, open: 2, other: 2, repair: 0, last: 1 });
});

claim('T2.25i', [...NEEDS, 'workflows.loops'], 'a rerun from a task of a loop is of its last round', async (ctx) => {
  await ctx.pack('e2e');
  const again = {
    when: '{{ succeeded() and workflow.n < 4 }}',
    publish: [{ n: '{{ workflow.n + 1 }}' }],
    do: ['head'],
  };
  const body = { exits: '0 0 1 0 0', n: '{{ workflow.n }}', head: '{{ task.head.attempt }}' };
  const tasks = [
    task(ctx, 'head', 'exit-by-attempt', { exits: '0' }, onSuccess('both')),
    parallelTask('both', [task(ctx, 'part', 'append-ledger')], onSuccess('body')),
    task(ctx, 'body', 'exit-by-attempt', body, again),
  ];
  const id = await runToFailure(ctx, tasks, { vars: { n: 1 } });

  const rerun = await rerunToEnd(ctx, id, 'body');

  const childrenOf = async (of: number) => (await ctx.client.executions.children(of)).sort((a, b) => a.id - b.id);
  const [first] = await readExecutions(ctx, await childrenOf(rerun.id));
  expect([first!.config, first!.workflow_task]).toMatchObject([{ n: 3, head: 3 }, { triggered_by: 'both' }]);
  expect(runCounts(ctx, 'head', 'part', 'body')).toEqual({ head: 4, part: 4, body: 5 });
  const fromGroup = await rerunToEnd(ctx, id, 'both');
  const fromHead = await rerunToEnd(ctx, id, 'head');
  const found = [rerun, fromGroup, fromHead].map(async (of) => {
    const places = (await childrenOf(of.id)).map(({ workflow_task: place }) => `${place?.task_name} ${place?.round}`);
    return [await takenOverBy(ctx, of.id), places];
  });
  const round = ['head', 'part', 'both', 'body'];
  const taken = (n: number) => [...round, ...round, ...round.slice(0, n)].map((name) => `${name} completed`);
  const later = ['head 4', 'part 4', 'body 4'];
  expect(await Promise.all(found)).toEqual([
    [taken(3), ['body 3', ...later]],
    [taken(1), ['part 3', 'body 3', ...later]],
    [taken(0), ['head 3', 'part 3', 'body 3', ...later]],
  ]);
});
