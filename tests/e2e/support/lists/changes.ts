import type { Execution } from '../../../../contract/executions';
import type { HistoryRecord } from '../../../../contract/records/history';
import type { Rule } from '../../../../contract/rules';
import { createClient, type Client } from '../../../../helpers/client/client';
import { formatInstant, parseInstant } from '../../../../helpers/instant';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import type { Row } from './row';
import type { TwinTenant } from './tenant-twins';

/** What a platform records of executions, workers and rules. */
export interface ListedChanges {
  /** Of all executions, oldest first. */
  readonly executions: readonly Row[];
  /** Of two external workers, oldest first. */
  readonly workers: readonly Row[];
  /** Of each event and rule, what both lists of decisions show. */
  readonly decisions: readonly Row[];
}

const PACK = 'list';

type Hooks = Awaited<ReturnType<typeof createRules>>;

/** When the timers fire, s after the first change. */
const FIRE_AFTER = 0.5;

/** Two timers with criteria that are never true. */
async function createTimers({ clock, rules }: Client) {
  const { now } = await clock.get();
  const fire_at = formatInstant(parseInstant(now) + FIRE_AFTER * 1_000);
  const create = (name: string) =>
    rules.create({
      ref: `${PACK}.${name}`,
      pack_ref: PACK,
      label: name,
      action_ref: 'core.noop',
      trigger_ref: 'core.datetimetimer',
      trigger_params: { fire_at },
      conditions: { expression: 'false' },
    });
  return [await create('timer'), await create('removed')] as const;
}

/** Two triggers; the first one has a rule with criteria, and one whose action is removed. */
async function createRules({ packs, triggers, actions, rules }: Client) {
  const own = (name: string) => ({ ref: `${PACK}.${name}`, pack_ref: PACK, label: name });
  await packs.create({ ref: PACK, label: PACK, version: '1.0.0' });
  const gone = await actions.create({ ...own('gone'), entrypoint: 'true', runtime_ref: 'core.shell' });
  const [hook, other] = [await triggers.create(own('hook')), await triggers.create(own('hooks'))];
  const conditions = { expression: 'event.payload.n > 1' };
  const some = { ...own('some'), trigger_ref: hook.ref, action_ref: 'core.noop', conditions };
  const removed = { ...own('gone'), trigger_ref: hook.ref, action_ref: gone.ref };
  const created = [
    await rules.create(some),
    await rules.create(removed),
    await rules.create({ ...own('other'), trigger_ref: other.ref, action_ref: 'core.noop' }),
  ];
  await actions.remove(gone.ref);
  const keyOf = async (ref: string) => (await triggers.enableWebhook(ref)).webhook_key!;
  return { rules: created, hook: await keyOf(hook.ref), other: await keyOf(other.ref) };
}

/** An execution that waits for the agent of an external worker. Returns its id. */
async function dispatchToAgent({ tenantWorkers }: Client, baseUrl: string): Promise<number> {
  const { id, token } = await tenantWorkers.createExternal();
  await createClient({ baseUrl, token }).tenantWorkers.register(id, { delivery_mode: 'poll' });
  return (await tenantWorkers.dispatch(id, { action_ref: 'core.noop' })).execution_id;
}

/** Executions one after the other: those of the last event and the cancellation 1 s later. */
async function runThroughAll({ client, ctx }: TwinTenant, { hook, other }: Hooks) {
  const { executions, webhooks, clock } = client;
  const toBe = (status: Execution['status'], id: number) => until(executionToBe(status, client, id), ctx.deadline);
  const post = async (key: string, n: number) => {
    const { event_id: event } = await webhooks.post(key, { n });
    const [enforcement] = (await client.enforcements.list({ event })).filter(({ status }) => status !== 'disabled');
    if (!enforcement) return { n, event, fired: null };
    const [started] = await executions.list({ enforcement: enforcement.id });
    return { n, event, fired: await toBe('completed', started!.id) };
  };
  const first = await executions.execute({ action_ref: 'core.echo', parameters: { message: 'one' } });
  const direct = await toBe('completed', first.id);
  const waiting = await dispatchToAgent(client, ctx.facts.url);
  await toBe('scheduled', waiting);
  const early = [await post(hook, 1), await post(hook, 2), await post(other, 3)];
  const start = (await clock.get()).now;
  const { now: end } = await clock.advance({ by: 1, settle: false });
  await executions.cancel(waiting);
  const cancelled = await toBe('cancelled', waiting);
  return { posted: [...early, await post(hook, 4)], direct, cancelled, start, end };
}

type Ran = Awaited<ReturnType<typeof runThroughAll>>;

/** An instant as the values of a history have it. */
const withOffset = (instant: string): string => instant.replace(/Z$/, '+00:00');

type Phase = readonly [status: string, at: string, more?: Readonly<Record<string, unknown>>];

/** The changes of an execution, from its request on. */
const changesOf = ({ id, action_ref, parent, enforcement, executor }: Execution, phases: readonly Phase[]): Row[] =>
  phases.map(([status, time, more = {}], n) => {
    const entity = { time, entity_id: id, entity_ref: action_ref };
    if (n === 0) {
      const new_values = { action_ref, parent, enforcement, executor, status };
      return { ...entity, operation: 'INSERT', changed_fields: [], old_values: null, new_values };
    }
    const before = Object.fromEntries(Object.keys(more).map((name) => [name, null]));
    return {
      ...entity,
      operation: 'UPDATE',
      changed_fields: ['status', ...Object.keys(more)],
      old_values: { status: phases[n - 1]![0], ...before },
      new_values: { status, ...more },
    };
  });

const completed = (execution: Execution, at: string): Row[] =>
  changesOf(execution, [
    ['requested', at],
    ['scheduled', at, { worker: execution.worker }],
    ['running', at, { started_at: withOffset(at) }],
    ['completed', at, { finished_at: withOffset(at) }],
  ]);

function executionChanges({ posted, direct, cancelled, start, end }: Ran): Row[] {
  const [request, assigned, stopped] = changesOf(cancelled, [
    ['requested', start],
    ['scheduled', start, { worker: cancelled.worker }],
    ['cancelled', end, { finished_at: withOffset(end), termination_reason: 'stop_requested' }],
  ]) as [Row, Row, Row];
  const [last, ...before] = [...posted].reverse().flatMap(({ fired }) => fired ?? []);
  return [
    ...completed(direct, start),
    request,
    assigned,
    ...before.reverse().flatMap((fired) => completed(fired, start)),
    stopped,
    ...completed(last!, end),
  ];
}

/** The decision of a timer on its event. That of the timer that is removed is none of its. */
async function decisionOfTimer(client: Client, rule: Rule) {
  const [fired, ...others] = await client.events.list({ rule_ref: rule.ref });
  expect(others).toEqual([]);
  const base = { event: fired!.id, event_created: fired!.created, enforcement: null, execution: null };
  const part = { path: 'false', operator: 'is true', expected: true, actual: false, problem: null };
  const criteria = { matched: false, decided_by: 'false', code: null, message: null, decision: 'criteria_false', part };
  return { ...base, ...criteria, rule, text: 'its criteria are false: false: it was false' };
}

const GONE = { code: 'ACTION_GONE', message: `action ${PACK}.gone does not exist` };

/** The decisions of one event, in the order of the rules. */
async function decisionsOf(
  client: Client,
  { rules: [some, gone, other] }: Hooks,
  { n, event, fired }: Ran['posted'][number],
) {
  const { id, created } = await client.events.get(event);
  const disabled = (await client.enforcements.list({ event })).find(({ status }) => status === 'disabled');
  const base = { event: id, event_created: created, part: null, code: null, message: null };
  const decided_by = 'event.payload.n > 1';
  const { enforcement = null, id: execution = null } = fired ?? {};
  const startedBy = { ...base, enforcement, execution, decision: 'fired' };
  const text = `it fired: enforcement ${enforcement}, execution ${execution}`;
  if (n === 3) return [{ ...startedBy, rule: other!, matched: true, decided_by: null, text }];
  const part = { path: 'event.payload.n', operator: '>', expected: 1, actual: n, problem: null };
  const criteria = fired
    ? { ...startedBy, matched: true, text }
    : {
        ...startedBy,
        matched: false,
        decision: 'criteria_false',
        part,
        text: `its criteria are false: ${decided_by}: it was ${n}`,
      };
  return [
    { ...criteria, rule: some!, decided_by },
    {
      ...base,
      ...GONE,
      rule: gone!,
      matched: true,
      decided_by: null,
      enforcement: disabled!.id,
      execution: null,
      decision: 'not_started',
      text: `its criteria are true, and nothing was started: ${GONE.code}: ${GONE.message}`,
    },
  ];
}

/** Operation, changed fields and the state after it. */
const FIRST_WORKER = [
  ['INSERT', [], 'awaiting_agent'],
  ['UPDATE', ['state', 'state_cause', 'status'], 'online'],
  ['UPDATE', ['delivery_mode'], undefined],
  ['UPDATE', ['state', 'state_cause', 'status'], 'paused'],
  ['UPDATE', ['state', 'state_cause'], 'removed'],
];

/** Two workers, the first of which is registered, paused and removed. */
async function changeWorkers({ client, ctx }: TwinTenant): Promise<Row[]> {
  const { tenantWorkers, history } = client;
  const { id, token } = await tenantWorkers.createExternal({ runtime: 'one' });
  const { id: second } = await tenantWorkers.createExternal({ runtime: 'two' });
  await createClient({ baseUrl: ctx.facts.url, token }).tenantWorkers.register(id, { delivery_mode: 'poll' });
  await tenantWorkers.pause(id);
  await client.clock.advance({ by: 1 });
  await tenantWorkers.remove(id);
  const rows: HistoryRecord[] = [...(await history.ofWorker(id)), ...(await history.ofWorker(second))].reverse();
  const changes = rows.map(({ entity_id, operation, changed_fields, new_values }) => [
    entity_id,
    operation,
    changed_fields,
    new_values?.state,
  ]);
  expect(changes).toEqual([[second, ...FIRST_WORKER[0]!], ...FIRST_WORKER.map((change) => [id, ...change])]);
  return rows.map((row, position) => ({ ...row, position }));
}

export async function createListedChanges(tenant: TwinTenant): Promise<ListedChanges> {
  const { client } = tenant;
  const hooks = await createRules(client);
  const [timer, removed] = await createTimers(client);
  const ran = await runThroughAll(tenant, hooks);
  await client.rules.remove(removed.ref);
  const ofEvents = await Promise.all(ran.posted.map((posted) => decisionsOf(client, hooks, posted)));
  const decisions = [...ofEvents.flat(), await decisionOfTimer(client, timer)];
  return {
    executions: executionChanges(ran).map((row, position) => ({ ...row, position })),
    workers: await changeWorkers(tenant),
    decisions: decisions.map(({ rule, ...row }) => ({ ...row, rule: rule.id, rule_ref: rule.ref })),
  };
}
