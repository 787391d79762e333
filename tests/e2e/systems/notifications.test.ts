// Spec: whoever listens before something happens is told of it exactly once, in order, and of nothing that they may not read.
import { createClient } from '../../../helpers/client/client';
import { openLive, type Live } from '../../../helpers/client/live';
import type { ServerEvent } from '../../../helpers/client/server-events';
import type { Context } from '../../../helpers/context';
import { inParallel } from '../../../helpers/in-parallel';
import { changesOf, isAbout, isUnbroken, listen, toBeTold, told, type Notification } from '../../../helpers/live';
import { ownPortUrl } from '../../../helpers/live-address';
import { asOwner, toBeNotified } from '../../../helpers/owner';
import { person } from '../../../helpers/people';
import { until, type Condition } from '../../../helpers/polling';
import { trial } from '../../../helpers/trial';

const RUNS = 1_000;
const WIDTH = 16;

const isEnd = ({ notification_type, payload }: Notification): boolean =>
  notification_type === 'execution_status_changed' && payload.status === 'completed';

/** Starts so many at once, without the context's care for each: they end by themselves, at once. */
const runMany = async ({ facts }: Context, count: number): Promise<number[]> => {
  const client = createClient({ baseUrl: facts.url, token: facts.token });
  const ids: number[] = [];
  await inParallel(count, WIDTH, async () => {
    ids.push((await client.executions.execute({ action_ref: 'core.noop' })).id);
  });
  return ids;
};

trial(
  'each change of 1,000 executions is told exactly once and in order',
  async (ctx) => {
    const live = await listen(ctx, ['entity_type:execution']);

    const ids = new Set(await runMany(ctx, RUNS));
    await until(
      toBeTold(RUNS, 'end', live, (one) => isEnd(one) && ids.has(one.entity_id)),
      ctx.deadline,
    );

    const stories = changesOf(live, ids);
    expect(stories.size).toBe(RUNS);
    expect([...stories].filter(([, story]) => !isUnbroken(story))).toEqual([]);
  },
  60,
);

const runOne = async (ctx: Context): Promise<number> =>
  (await ctx.client.executions.execute({ action_ref: 'core.noop' })).id;

const ended = (live: Live, ctx: Context, id: number) =>
  until(
    toBeTold(1, `end of ${id}`, live, (one) => isEnd(one) && one.entity_id === id),
    ctx.deadline,
  );

trial('each filter lets through what it names, and nothing after it was taken back', async (ctx) => {
  const [one, all, gone] = [await listen(ctx, []), await listen(ctx, ['all']), await listen(ctx, ['all'])];
  const created = await listen(ctx, ['notification_type:execution_created']);
  await gone.unsubscribe('all');

  const id = await runOne(ctx);
  await one.subscribe(`entity:execution:${id}`);
  await ended(all, ctx, id);
  const other = await runOne(ctx);
  await ended(all, ctx, other);

  expect(told(one, isAbout('execution', other))).toEqual([]);
  expect(told(created, isAbout('execution', other)).map((own) => own.notification_type)).toEqual(['execution_created']);
  expect([id, other].map((own) => told(gone, isAbout('execution', own)))).toEqual([[], []]);
});

trial('the own port, the port of the API and a sub-protocol tell the same', async (ctx) => {
  const own = ownPortUrl(ctx.facts.url, ctx.facts.capabilities);
  expect(own).not.toBeNull();
  const { token } = ctx.facts;
  await using first = await openLive({ url: own!, token, by: 'protocol' });
  await first.subscribe('entity_type:execution');
  const second = await listen(ctx, ['entity_type:execution']);

  const id = await runOne(ctx);
  await Promise.all([ended(first, ctx, id), ended(second, ctx, id)]);

  expect(told(first, isAbout('execution', id))).toEqual(told(second, isAbout('execution', id)));
});

/** The stream has said something. It begins to hear at a moment that nobody is told, so something happens at every look. */
const firstOf = (stream: AsyncGenerator<ServerEvent>, ctx: Context): Condition<ServerEvent> => {
  let said: ServerEvent | null = null;
  void stream.next().then(({ value }) => (said = value as ServerEvent));
  return {
    name: 'the stream to speak',
    look: async () => {
      if (said) return { is: 'met', value: said };
      await runOne(ctx);
      return { is: 'pending', why: 'nothing yet' };
    },
    evidence: () => Promise.resolve(''),
  };
};

trial('a stream of server-sent events tells the same payloads, flat', async (ctx) => {
  const live = await listen(ctx, ['entity_type:execution']);
  const client = createClient({ baseUrl: ctx.facts.url, token: ctx.facts.token });
  const stream = client.executions.changes();

  const { data } = await until(firstOf(stream, ctx), ctx.deadline);
  await stream.return(undefined);

  const payload = JSON.parse(data) as Notification['payload'];
  expect(payload.entity_type).toBe('execution');
  const same = (one: Notification) => one.entity_id === payload.entity_id && one.payload.status === payload.status;
  const [twin] = await until(toBeTold(1, 'twin', live, same), ctx.deadline);
  expect(payload).toEqual(twin!.payload);
});

trial('a workflow is told a second time under its own type', async (ctx) => {
  const live = await listen(ctx, ['entity_type:execution']);
  await ctx.pack('e2e');
  const workflow = await ctx.workflow([{ name: 'only', action: 'core.noop' }]);

  const { id } = await ctx.client.executions.execute({ action_ref: workflow.ref });
  await ended(live, ctx, id);

  const kinds = told(live, isAbout('execution', id)).map((own) => `${own.notification_type} ${own.payload.status}`);
  expect(kinds).toEqual([
    'execution_created requested',
    'execution_status_changed running',
    'workflow_execution_status_changed running',
    'execution_status_changed completed',
    'workflow_execution_status_changed completed',
  ]);
});

trial('a rule is told when it is switched, and not when it stays as it is', async (ctx) => {
  const live = await listen(ctx, ['entity_type:rule', 'entity_type:enforcement', 'entity_type:event']);
  await ctx.pack('e2e');
  const { rule, post } = await ctx.webhookRule({ action: 'echo-params', actionParams: { ...ctx.signed('echo') } });

  await ctx.client.rules.disable(rule.ref);
  await ctx.client.rules.disable(rule.ref);
  await ctx.client.rules.enable(rule.ref);
  const { event_id: event } = await post({});

  const fired = (one: Notification) => one.notification_type === 'enforcement_created' && one.payload.rule === rule.id;
  const [enforcement] = await until(toBeTold(1, 'enforcement', live, fired), ctx.deadline);
  expect(told(live, isAbout('rule', rule.id)).map((one) => one.payload.enabled)).toEqual([false, true]);
  expect(enforcement?.payload).toMatchObject({ event, rule_ref: rule.ref, condition: 'all' });
  expect(told(live, isAbout('event', event)).map((one) => one.payload.has_payload)).toEqual([true]);
});

trial('a question is told to whom it is assigned and to who may see them all', async (ctx) => {
  const [assignee, other] = [await person(ctx, 'core.viewer'), await person(ctx, 'core.viewer')];
  const [asked, outsider] = [await listen(ctx, ['all'], assignee.token), await listen(ctx, ['all'], other.token)];
  const admin = await listen(ctx, ['all']);
  const { id: execution } = await ctx.client.executions.execute({ action_ref: 'core.noop' });

  const { id } = await ctx.client.inquiries.create({ execution, prompt: 'May I?', assigned_to: assignee.id });
  await assignee.client.inquiries.respond(id, { response: 'yes' });

  const wanted = (live: Live) => until(toBeTold(2, 'inquiry', live, isAbout('inquiry', id)), ctx.deadline);
  const [seen] = await Promise.all([wanted(asked), wanted(admin)]);
  expect(seen.map((one) => one.notification_type)).toEqual(['inquiry_created', 'inquiry_responded']);
  await ended(outsider, ctx, await runOne(ctx)); // the fence: what came later has arrived
  expect(told(outsider, isAbout('inquiry', id))).toEqual([]);
});

trial('a plain SQL update is told, on the socket and on the channel of its type', async (ctx) => {
  const live = await listen(ctx, ['entity_type:execution']);
  await using owner = await asOwner(ctx.facts);
  const heard = await owner.listen('execution_status_changed');
  const [row] = await owner.query<{ id: number }>(
    `insert into execution (action_ref, status) values ('core.noop', 'running') returning id::int`,
  );
  const { id } = row!;

  await owner.query(`update execution set status = 'completed', updated = now() where id = ${id}`);
  await ended(live, ctx, id);

  const isOurs = (payload: string) => (JSON.parse(payload) as { id: number }).id === id;
  const payloads = await until(toBeNotified(heard, isOurs), ctx.deadline);
  expect(payloads.map((text) => JSON.parse(text) as object)).toMatchObject([
    { id, old_status: 'running', status: 'completed' },
  ]);
});
