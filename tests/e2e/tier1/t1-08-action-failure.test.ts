// Spec: a failing action is recorded as what it was, with its evidence, once, and neither its neighbours nor its worker suffer.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { echoed } from '../../../helpers/echoed';
import { executionsToBe, executionsToExist } from '../../../helpers/event-conditions';
import { instant } from '../../../helpers/instant';
import { CLOCK_RESOLUTION_MS, lengthMs, run } from '../../../helpers/intervals';
import { markOf, pinned } from '../../../helpers/limits';
import { only } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { task, type Parameters, type Task } from '../../../helpers/workflow';

const NEEDS = ['core', 'ledger.shared'];

/** What came of an execution, as it is told in three places. */
const evidenceOf = async (ctx: Context, id: number) => {
  const { status, result } = await ctx.client.executions.get(id);
  const tree = await ctx.client.executions.tree(id);
  return { status, result, exit: tree.exit_code, out: tree.stdout_tail, err: tree.stderr_tail, attempt: tree.attempt };
};

/** A rule whose action exits with what the event's payload says. */
const exiting = async (ctx: Context) => {
  await ctx.pack('e2e');
  const said = (name: string) => `{{ event.payload.${name} }}`;
  const params = { code: said('code'), out: said('out'), err: said('err') };
  return ctx.webhookRule({ action: 'exit-with', actionParams: { ...ctx.signed('row'), ...params } });
};

claim('T1.8a', NEEDS, 'exit code 1 is a failed execution with its evidence', async (ctx) => {
  const hook = await exiting(ctx);
  const [out, err] = [`${ctx.nonce}-o`, `${ctx.nonce}-e`];

  await hook.post({ code: 1, out, err });
  const fence = executionsToBe('failed', 1, ctx.client, { rule_ref: hook.rule.ref });
  await stays(() => ctx.ledger.count(ctx.signed('row').key), 1, fence, ctx.quietMs, ctx.deadline);

  const runs = await ctx.client.executions.list({ rule_ref: hook.rule.ref });
  expect(runs.map(({ status }) => status)).toEqual(['failed']);
  const [{ id, started_at: start = '', finished_at: finish }] = runs as [(typeof runs)[number]];
  expect(instant(finish ?? '')).toBeGreaterThanOrEqual(instant(start));
  const evidence = await evidenceOf(ctx, id);
  expect(evidence).toMatchObject({ status: 'failed', exit: 1, out, err, attempt: 1 });
  expect(evidence.result).toMatchObject({ succeeded: false, exit_code: 1, stdout: out, error: err });
  const enforcements = await ctx.client.enforcements.list({ rule_ref: hook.rule.ref });
  expect(enforcements.map(({ status }) => status)).toEqual(['processed']);
});

claim('T1.8b', NEEDS, 'failures do not leak into neighbours', async (ctx) => {
  const hook = await exiting(ctx);
  const codes = [3, 0, 4, 5];
  const payloads = codes.map((code, n) => ({ code, out: `${ctx.nonce}-o${n}`, err: `${ctx.nonce}-e${n}` }));

  const posts = await Promise.all(payloads.map((payload) => hook.post(payload)));
  const rows = posts.map(({ event_id: event }) => event);
  const runs = async (status: string) => ctx.client.executions.list({ rule_ref: hook.rule.ref, status });
  const of = { rule_ref: hook.rule.ref };
  const good = executionsToExist(1, ctx.client, { ...of, status: 'completed' });
  const bad = executionsToExist(3, ctx.client, { ...of, status: 'failed' });
  await until(good, ctx.deadline);
  const counts = async () => [(await runs('failed')).length, (await runs('completed')).length];
  await stays(counts, [3, 1], bad, ctx.quietMs, ctx.deadline);

  const all = await ctx.client.executions.list({ rule_ref: hook.rule.ref });
  const enforcements = await ctx.client.enforcements.list({ rule_ref: hook.rule.ref });
  const rowOf = (enforcement: number | null) =>
    rows.indexOf(enforcements.find(({ id }) => id === enforcement)?.event ?? -1);
  const ends = await Promise.all(
    all.map(async ({ id, enforcement }) => ({ row: rowOf(enforcement), ...(await evidenceOf(ctx, id)) })),
  );
  const inOrder = ends.sort((a, b) => a.row - b.row).map(({ row, exit, out, err }) => ({ row, exit, out, err }));
  expect(inOrder).toEqual(payloads.map(({ code, out, err }, row) => ({ row, exit: code, out, err })));
  expect(ctx.ledger.count(ctx.signed('row').key)).toBe(4);
});

const start = (ctx: Context, action: string, parameters: Parameters) =>
  ctx.client.executions.execute({
    action_ref: ctx.action(action),
    parameters: { ...ctx.signed(action), ...parameters },
    ...pinned(ctx.facts.capabilities),
  });

claim('T1.8c', NEEDS, 'each exit code is reported as is', async (ctx) => {
  await ctx.pack('e2e');
  const codes = [0, 1, 2, 77, 127, 255];

  const started = await Promise.all(codes.map((code) => start(ctx, 'exit-with', { code })));
  const goals = codes.map((code) => (code === 0 ? 'completed' : 'failed'));
  const ends = await Promise.all(
    started.map(({ id }, n) => until(executionToBe(goals[n]!, ctx.client, id), ctx.deadline)),
  );

  expect(ends.map(({ status }) => status)).toEqual(['completed', 'failed', 'failed', 'failed', 'failed', 'failed']);
  expect(ends.map(({ result }) => result)).toMatchObject(codes.map((code) => ({ exit_code: code })));
  expect((await Promise.all(ends.map(({ id }) => evidenceOf(ctx, id)))).map(({ exit }) => exit)).toEqual(codes);
});

const LIMITS = [...NEEDS, 'workflows.task_timeout', 'executions.timeout', 'executions.intervals'];
const LIMIT_MS = 1_000;
/** How long the fixture goes on that nobody stops, ms. */
const LONG_MS = 30_000;

/** How each of the declared reports reads. */
const TIMED_OUT = {
  timed_out: { status: 'timeout', mark: true },
  mark: { status: 'failed', mark: true },
  text: { status: 'failed', mark: true },
};

const isExitCode = (code: number | null): boolean => code !== null && code >= 0 && code <= 255;

claim.concurrent(
  'T1.8d',
  LIMITS,
  'a time-out and an ordinary failure have different, machine-readable marks',
  async (ctx) => {
    await ctx.pack('e2e');
    const flow = async (name: string, one: Task) => {
      const { ref } = await ctx.workflow([one], { name });
      return (await ctx.client.executions.execute({ action_ref: ref })).id;
    };
    const limited = { ...task(ctx, 'slow', 'sleep-for', { ms: LONG_MS }), timeout: LIMIT_MS / 1_000 };
    const ids = [await flow('limited', limited), await flow('free', task(ctx, 'bad', 'exit-with', { code: 1 }))];

    for (const id of ids) await until(executionToBe('failed', ctx.client, id), ctx.deadline);

    const [slow, bad] = await Promise.all(
      ['slow', 'bad'].map(async (name, n) => {
        const children = await ctx.client.executions.children(ids[n]!);
        return ctx.client.executions.get(only(name, children).id);
      }),
    );
    const marks = [slow!, bad!].map((end) => ({
      status: end.status,
      mark: markOf(end, ctx.facts.capabilities).timedOut,
    }));
    expect(marks).toEqual([TIMED_OUT[ctx.facts.choices.timeoutReport], { status: 'failed', mark: false }]);
    const codes = await Promise.all([slow!, bad!].map(async ({ id }) => (await evidenceOf(ctx, id)).exit));
    expect(codes.map((code) => (isExitCode(code) ? code : 'none'))).toEqual(['none', 1]);
    const worked = lengthMs(run(slow!));
    expect(worked).toBeGreaterThanOrEqual(LIMIT_MS - CLOCK_RESOLUTION_MS);
    const longest = LIMIT_MS + ctx.facts.killGraceMs;
    expect(judgeBound(worked, longest, ctx.slackMs('run'), LONG_MS - LIMIT_MS)).toBe('within');
  },
);

claim('T1.8e', [...NEEDS, 'workers.pin'], 'after five failures the same worker completes work', async (ctx) => {
  const pack = await ctx.pack('e2e');
  const end = async (goal: 'completed' | 'failed', action: string, parameters: Parameters = {}) => {
    const { id } = await start(ctx, action, parameters);
    return until(executionToBe(goal, ctx.client, id), ctx.deadline);
  };

  const before = await end('completed', 'tell-parent');
  const failed = [];
  for (const code of [1, 2, 3, 4, 5]) failed.push(await end('failed', 'exit-with', { code }));
  const good = await end('completed', 'echo-params', { nonce: ctx.nonce });
  const after = await end('completed', 'tell-parent');

  expect(failed.map(({ result }) => result)).toMatchObject([1, 2, 3, 4, 5].map((code) => ({ exit_code: code })));
  expect(echoed(good)).toEqual({ ...ctx.signed('echo-params'), nonce: ctx.nonce });
  const process = (told: typeof good) => (told.result as { data: unknown }).data;
  expect(process(after)).toEqual(process(before)); // the worker's own id and start
  expect([...failed, good, after].map(({ worker }) => worker)).toEqual(Array(7).fill(before.worker));
  const left = await ctx.client.executions.list({ pack_name: pack.ref });
  expect(left.map(({ status }) => status)).toEqual(['completed', 'completed', ...Array(5).fill('failed'), 'completed']);
});
