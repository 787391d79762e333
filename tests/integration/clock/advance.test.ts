import { rejectionStatus } from '../../../helpers/client/rejection-status';
import type { JsonObject } from '../../../contract/json';
import type { Client } from '../../../helpers/client/client';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { createWorkflow, onTimeout } from '../../../helpers/scenario/resources/workflow-task';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { PACK, withVirtualTime } from './with-tenant';

const START = '2030-03-30T00:00:00Z';

const platform = withVirtualTime();

/** The instant so many seconds after the start, as the API writes it. */
const at = (seconds: number): string =>
  new Date(Date.parse(START) + seconds * 1_000).toISOString().replace(/\.000Z$/, 'Z');

const action = async (client: Client, name: string, entrypoint: string): Promise<string> =>
  (
    await client.actions.create({
      ref: `${PACK}.${name}`,
      pack_ref: PACK,
      label: name,
      entrypoint,
      runtime_ref: 'core.shell',
    })
  ).ref;

const timer = (client: Client, name: string, trigger_params: JsonObject) =>
  client.rules.create({
    ref: `${PACK}.${name}`,
    pack_ref: PACK,
    label: name,
    trigger_ref: 'core.intervaltimer',
    trigger_params,
    action_ref: 'core.noop',
  });

test('a move goes through every due instant, in order, and each is exact', async () => {
  const { client } = await platform.tenant(START);
  const hours = await timer(client, 'hours', { unit: 'hours', interval: 2 });
  const minutes = await timer(client, 'minutes', { unit: 'minutes', interval: 90 });

  const move = await client.clock.advance({ by: 'PT5H' });

  const due = [
    [minutes.id, 5_400],
    [hours.id, 7_200],
    [minutes.id, 10_800],
    [hours.id, 14_400],
    [minutes.id, 16_200],
  ] as const;
  expect(move).toEqual({
    now: at(18_000),
    steps: 5,
    fired: due.map(([id, seconds]) => ({ kind: 'timer', id, at: at(seconds) })),
  });
});

test('what a timer causes has ended when the move has, at the same instant', async () => {
  const { client, signIn } = await platform.tenant(START);
  await timer(client, 'hours', { unit: 'hours', interval: 1 });
  await client.clock.advance({ by: 10_800 });

  const executions = await (await signIn()).executions.list({});

  const hours = [3, 2, 1].map((hour) => at(hour * 3_600));
  expect(
    executions.map(({ status, created, started_at, finished_at }) => [status, created, started_at, finished_at]),
  ).toEqual(hours.map((hour) => ['completed', hour, hour, hour]));
});

test('an interval of a millisecond is due a millisecond later, and not before', async () => {
  const { client } = await platform.tenant(START);
  await timer(client, 'second', { unit: 'seconds', interval: 1 });

  expect((await client.clock.advance({ by: 0.999 })).fired).toEqual([]);
  expect(await client.clock.get()).toMatchObject({ mode: 'pinned', now: at(0.999), next_due_at: at(1), due: 0 });
  expect((await client.clock.advance({ by: 0.001 })).fired).toHaveLength(1);
});

test('the clock of a tenant leaves those of others as they are', async () => {
  const [one, two] = [await platform.tenant(START), await platform.tenant(START)];
  for (const { client } of [one, two]) await timer(client, 'hours', { unit: 'hours', interval: 1 });

  await one.client.clock.advance({ by: 3_600 });

  expect(await two.client.clock.get()).toMatchObject({ now: START, next_due_at: at(3_600), due: 0 });
  expect(await two.client.events.list({})).toEqual([]);
  expect(await platform.manager().clock.get()).toMatchObject({ mode: 'real' });
});

test('the limit of a program passes with the clock, and not with time', async () => {
  const { client } = await platform.tenant(START);
  const { id } = await client.executions.execute({
    action_ref: await action(client, 'sleep', 'sleep 600'),
    timeout_seconds: 2,
  });
  await until(executionToBe('running', client, id), livenessDeadline());

  await client.clock.advance({ by: 1.999, settle: false });
  expect((await client.executions.get(id)).status).toBe('running');
  const move = await client.clock.advance({ by: 0.001, settle: false });

  expect(move.fired).toEqual([{ kind: 'limit', id, at: at(2) }]);
  expect(await client.executions.get(id)).toMatchObject({
    status: 'failed',
    started_at: START,
    finished_at: at(2),
    result: { timed_out: true },
  });
});

test('a move that leaves programs running ends what a limit stops there', async () => {
  const { client } = await platform.tenant(START);
  const sleep = { name: 'sleep', action: await action(client, 'sleep', 'sleep 600') };
  const limited = await createWorkflow(client, PACK, [sleep], { name: 'limited', timeout: 5 });
  const retry = { count: 1, delay: 120 };
  const retried = await createWorkflow(client, PACK, [{ ...sleep, timeout: 5, retry }], { name: 'retried' });
  const ids = await Promise.all(
    [limited, retried].map(async ({ ref }) => (await client.executions.execute({ action_ref: ref })).id),
  );
  const children = () => Promise.all(ids.map((id) => client.executions.children(id)));
  const areRunning = async () => (await children()).every(([child]) => child?.status === 'running');
  await until(predicateToHold('the programs to run', areRunning), livenessDeadline());

  await client.clock.advance({ by: 60, settle: false });

  expect(await client.executions.get(ids[0]!)).toMatchObject({ status: 'failed', finished_at: at(5) });
  const planned = (await children())[1]!.map(({ workflow_task }) => workflow_task?.next_retry_at);
  expect(planned.sort()).toEqual([at(125), null]);
});

test('an inquiry expires at its instant, and its workflow goes on there', async () => {
  const { client, signIn } = await platform.tenant(START);
  const ask = { name: 'ask', action: 'core.ask', input: { prompt: 'Deploy?', timeout_seconds: 259_200 } };
  const flow = await createWorkflow(client, PACK, [
    { ...ask, next: [onTimeout('remind')] },
    { name: 'remind', action: 'core.noop' },
  ]);
  const { id } = await client.executions.execute({ action_ref: flow.ref });
  await client.clock.advance({ by: 259_199.999 });
  const later = await signIn();
  const [inquiry] = await later.inquiries.list();
  expect(inquiry).toMatchObject({ status: 'pending', timeout_at: at(259_200) });

  const { fired } = await later.clock.advance({ by: 0.001 });

  expect(fired).toEqual([{ kind: 'inquiry', id: inquiry!.id, at: at(259_200) }]);
  expect(await later.executions.get(id)).toMatchObject({ status: 'completed', finished_at: at(259_200) });
});

test('retries wait their delays, each from the end of the attempt before', async () => {
  const { client } = await platform.tenant(START);
  const task = { name: 'flaky', action: await action(client, 'fail', 'exit 1') };
  const retry = { count: 3, backoff: 'exponential', delay: 3 };
  const flow = await createWorkflow(client, PACK, [{ ...task, retry }]);
  const { id } = await client.executions.execute({ action_ref: flow.ref });

  const { fired } = await client.clock.advance({ by: 60 });

  expect(fired.map((due) => [due.kind, due.at])).toEqual([3, 9, 21].map((seconds) => ['retry', at(seconds)]));
  const attempts = await client.executions.children(id);
  expect(attempts.map(({ started_at }) => started_at).sort()).toEqual([0, 3, 9, 21].map((seconds) => at(seconds)));
  expect(await client.executions.get(id)).toMatchObject({ status: 'failed', finished_at: at(21) });
});

test('a key is gone at its instant', async () => {
  const { client, signIn } = await platform.tenant(START);
  await client.keys.create({ ref: 'brief', name: 'brief', owner_type: 'system', value: 1, ttl_seconds: 86_400 * 365 });

  await client.clock.advance({ to: at(86_400 * 365 - 0.001) });
  const late = await signIn();
  expect(await late.keys.valueOrNull('brief')).toBe(1);
  const { fired } = await late.clock.advance({ by: 0.001 });

  expect(fired).toMatchObject([{ kind: 'key', at: at(86_400 * 365) }]);
  expect(await late.keys.valueOrNull('brief')).toBeNull();
});

test('an expired key is absent without a removal that a move waits for', async () => {
  const { client } = await platform.tenant(START);
  await client.keys.create({ ref: 'brief', name: 'brief', owner_type: 'system', value: 1, ttl_seconds: 60 });

  await client.clock.set({ mode: 'pinned', at: at(60) });

  expect(await client.clock.get()).toMatchObject({ due: 0 });
  expect(await client.keys.valueOrNull('brief')).toBeNull();
});

test('two moves at once are made one after the other', async () => {
  const { client } = await platform.tenant(START);
  await timer(client, 'minutes', { unit: 'minutes', interval: 1 });

  const moves = await Promise.all([client.clock.advance({ by: 120 }), client.clock.advance({ by: 180 })]);

  expect(
    moves
      .map(({ now }) => now)
      .sort()
      .at(-1),
  ).toBe(at(300));
  expect(moves.flatMap(({ fired }) => fired.map((due) => due.at)).sort()).toEqual(
    [1, 2, 3, 4, 5].map((minute) => at(minute * 60)),
  );
});

test('a clock that runs ahead shows what it was set to, and goes on', async () => {
  const { client, signIn } = await platform.tenant();
  const set = await client.clock.set({ mode: 'offset', at: START });

  expect(set.mode).toBe('offset');
  expect(Date.parse(set.now)).toBeGreaterThanOrEqual(Date.parse(START));
  const later = await (await signIn()).clock.get();
  expect(Date.parse(later.now)).toBeGreaterThan(Date.parse(set.now));
});

test('what a clock cannot do is refused', async () => {
  const { client } = await platform.tenant(START);
  await timer(client, 'seconds', { unit: 'seconds', interval: 1 });
  const rejected = (code: string, now: string) => ({ status: 409, code, body: { details: { now } } });
  const ahead = rejected('CLOCK_AHEAD', at(0));

  await expect(client.clock.set({ mode: 'pinned', at: at(-1) })).rejects.toMatchObject(ahead);
  await expect(client.clock.set({ mode: 'real' })).rejects.toMatchObject(ahead);
  await expect(client.clock.advance({ to: at(-1) })).rejects.toMatchObject(ahead);
  const tooMany = rejected('TOO_MANY_STEPS', at(3));
  await expect(client.clock.advance({ by: 10, max_steps: 3 })).rejects.toMatchObject(tooMany);
  expect((await client.clock.get()).now).toBe(at(3));
  expect(
    await Promise.all(
      [{}, { by: 1, to: at(9) }, { by: '3 hours' }].map((move) => rejectionStatus(client.clock.advance(move))),
    ),
  ).toEqual([422, 422, 422]);
});
