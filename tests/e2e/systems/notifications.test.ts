// Spec: a subscriber receives every later change it may read, exactly once and in order.
import { createClient } from '../../../helpers/client/client';
import { connectNotifier, type NotifierSocket } from '../../../helpers/client/notifier-socket';
import type { ServerEvent } from '../../../helpers/client/server-events';
import type { Context } from '../../../helpers/scenario/context';
import { until, type Condition } from '../../../helpers/scenario/polling';
import {
  isAbout,
  isContiguousHistory,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  statusChangesByExecution,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest } from '../support/system-test';
import { notifierPortUrl } from '../../../helpers/target/notifier-address';
import { openTargetDatabase } from '../../../helpers/target/target-database';
import { runNoops, waitForCompletions } from '../support/notified-executions';
import { databaseNotificationToArrive } from '../support/database-notification';

const EXECUTIONS = 1_000;

systemTest('each change of 1,000 executions is delivered exactly once and in order', 60, async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);

  const ids = await runNoops(ctx, EXECUTIONS, { concurrency: 16 });
  await waitForCompletions(ctx, socket, ids);

  const changes = statusChangesByExecution(socket, ids);
  expect(changes.size).toBe(EXECUTIONS);
  expect([...changes].filter(([, history]) => !isContiguousHistory(history))).toEqual([]);
});

const runOne = async (ctx: Context): Promise<number> =>
  (await ctx.client.executions.execute({ action_ref: 'core.noop' })).id;

const waitForCompletion = (ctx: Context, socket: NotifierSocket, id: number) =>
  waitForCompletions(ctx, socket, new Set([id]));

systemTest('a filter delivers what it names, and nothing after it is removed', async (ctx) => {
  const [one, all] = [await openNotifierSocket(ctx, []), await openNotifierSocket(ctx, ['all'])];
  const created = await openNotifierSocket(ctx, ['notification_type:execution_created']);
  const removed = await openNotifierSocket(ctx, ['all']);
  await removed.unsubscribe('all');

  const id = await runOne(ctx);
  await one.subscribe(`entity:execution:${id}`);
  await waitForCompletion(ctx, all, id);
  const other = await runOne(ctx);
  await waitForCompletion(ctx, all, other);

  const typesOfOther = notificationsMatching(created, isAbout('execution', other)).map((it) => it.notification_type);
  expect(typesOfOther).toEqual(['execution_created']);
  expect(notificationsMatching(one, isAbout('execution', other))).toEqual([]);
  const afterRemoval = [id, other].map((execution) => notificationsMatching(removed, isAbout('execution', execution)));
  expect(afterRemoval).toEqual([[], []]);
});

systemTest('the own port with a subprotocol and the API port deliver the same', async (ctx) => {
  const url = notifierPortUrl(ctx.facts.url, ctx.facts.capabilities);
  expect(url).not.toBeNull();
  await using onOwnPort = await connectNotifier({ url: url!, token: ctx.facts.token, tokenIn: 'protocol' });
  await onOwnPort.subscribe('entity_type:execution');
  const onApiPort = await openNotifierSocket(ctx, ['entity_type:execution']);

  const id = await runOne(ctx);
  await Promise.all([waitForCompletion(ctx, onOwnPort, id), waitForCompletion(ctx, onApiPort, id)]);

  const [first, second] = [onOwnPort, onApiPort].map((it) => notificationsMatching(it, isAbout('execution', id)));
  expect(first).toEqual(second);
});

type Payload = Notification['payload'];

/** The first event of a stream that concerns one of these executions, which may become more. */
async function firstPayloadAbout(stream: AsyncGenerator<ServerEvent>, ids: ReadonlySet<number>): Promise<Payload> {
  const payloads: Payload[] = [];
  for await (const { data } of stream) {
    payloads.push(JSON.parse(data) as Payload);
    const found = payloads.find(({ entity_id: id }) => ids.has(id));
    if (found) return found;
  }
  throw new Error(`the stream ended after ${payloads.length} events of other executions`);
}

/**
 * The stream has sent an event of an execution of this test. It does not confirm when its
 * subscription takes effect, so each check starts another execution.
 */
const eventToArrive = (stream: AsyncGenerator<ServerEvent>, ctx: Context): Condition<Payload> => {
  const ids = new Set<number>();
  const reading = firstPayloadAbout(stream, ids);
  let isRead = false;
  void reading.finally(() => (isRead = true)).catch(() => undefined); // `check` rejects with it
  return {
    name: 'an event of the stream',
    check: async () => {
      if (isRead) return { is: 'met', value: await reading };
      ids.add(await runOne(ctx));
      return { is: 'pending', why: `no event of ${ids.size} executions yet` };
    },
    evidence: () => Promise.resolve(''),
  };
};

systemTest('a stream of server-sent events delivers the payloads of the socket', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  const client = createClient({ baseUrl: ctx.facts.url, token: ctx.facts.token });

  const payload = await until(eventToArrive(client.executions.changes(), ctx), ctx.deadline);

  expect(payload.entity_type).toBe('execution');
  const isSameChange = (notification: Notification) =>
    notification.entity_id === payload.entity_id && notification.payload.status === payload.status;
  const [same] = await until(notificationsToArrive(1, 'the same change', socket, isSameChange), ctx.deadline);
  expect(payload).toEqual(same!.payload);
});

systemTest('each change of a workflow has a second notification of its own type', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await ctx.pack('e2e');
  const workflow = await ctx.workflow([{ name: 'only', action: 'core.noop' }]);

  const { id } = await ctx.client.executions.execute({ action_ref: workflow.ref });
  await waitForCompletion(ctx, socket, id);

  const notifications = notificationsMatching(socket, isAbout('execution', id));
  expect(notifications.map(({ notification_type, payload }) => `${notification_type} ${payload.status}`)).toEqual([
    'execution_created requested',
    'execution_status_changed running',
    'workflow_execution_status_changed running',
    'execution_status_changed completed',
    'workflow_execution_status_changed completed',
  ]);
});

systemTest('enabling or disabling a rule is delivered only if it changes the rule', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:rule', 'entity_type:enforcement', 'entity_type:event']);
  await ctx.pack('e2e');
  const { rule, post } = await ctx.webhookRule({ action: 'echo-params', actionParams: ctx.ledgerInput('echo') });

  await ctx.client.rules.disable(rule.ref);
  await ctx.client.rules.disable(rule.ref);
  await ctx.client.rules.enable(rule.ref);
  const { event_id: event } = await post({});

  const isEnforcement = ({ notification_type, payload }: Notification) =>
    notification_type === 'enforcement_created' && payload.rule === rule.id;
  const [enforcement] = await until(notificationsToArrive(1, 'enforcement', socket, isEnforcement), ctx.deadline);
  expect(enforcement?.payload).toMatchObject({ event, rule_ref: rule.ref, condition: 'all' });
  const ruleChanges = notificationsMatching(socket, isAbout('rule', rule.id));
  expect(ruleChanges.map(({ payload }) => payload.enabled)).toEqual([false, true]);
  const events = notificationsMatching(socket, isAbout('event', event));
  expect(events.map(({ payload }) => payload.has_payload)).toEqual([true]);
});

systemTest('an inquiry is delivered to its assignee and the administrator only', async (ctx) => {
  const [assignee, other] = [await createTestUser(ctx, 'core.viewer'), await createTestUser(ctx, 'core.viewer')];
  const ofAssignee = await openNotifierSocket(ctx, ['all'], assignee.token);
  const ofOther = await openNotifierSocket(ctx, ['all'], other.token);
  const ofAdmin = await openNotifierSocket(ctx, ['all']);
  const { id: execution } = await ctx.client.executions.execute({ action_ref: 'core.noop' });

  const { id } = await ctx.client.inquiries.create({ execution, prompt: 'Continue?', assigned_to: assignee.id });
  await assignee.client.inquiries.respond(id, { response: 'yes' });

  const received = await Promise.all(
    [ofAssignee, ofAdmin].map((socket) =>
      until(notificationsToArrive(2, 'inquiry', socket, isAbout('inquiry', id)), ctx.deadline),
    ),
  );
  const types = received.map((notifications) => notifications.map((it) => it.notification_type));
  expect(types).toEqual(Array(2).fill(['inquiry_created', 'inquiry_responded']));
  await waitForCompletion(ctx, ofOther, await runOne(ctx)); // the fence
  expect(notificationsMatching(ofOther, isAbout('inquiry', id))).toEqual([]);
});

systemTest('a plain SQL update is delivered to the socket and the SQL channel', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await using owner = await openTargetDatabase(ctx.facts.databaseUrl);
  const channelPayloads = await owner.listen('execution_status_changed');
  const [row] = await owner.query<{ id: number }>(
    `insert into execution (action_ref, status) values ('core.noop', 'running') returning id::int`,
  );
  const { id } = row!;

  await owner.query(`update execution set status = 'completed', updated = platform_now() where id = ${id}`);
  await waitForCompletion(ctx, socket, id);

  const isOfExecution = (payload: string) => (JSON.parse(payload) as { id: number }).id === id;
  const payloads = await until(databaseNotificationToArrive(channelPayloads, isOfExecution), ctx.deadline);
  expect(payloads.map((text) => JSON.parse(text) as object)).toMatchObject([
    { id, old_status: 'running', status: 'completed' },
  ]);
});
