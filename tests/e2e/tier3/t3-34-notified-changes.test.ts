// Spec: each change is announced once, in order and with its values, to those who may read it.
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { until } from '../../../helpers/scenario/polling';
import { notificationsToArrive, openNotifierSocket } from '../../../helpers/scenario/resources/notifications';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { changeEverything } from '../support/notified/changes';
import { arrived, PAYLOAD_COLUMNS, type Announced } from '../support/notified/payloads';
import { createReaders, FILTERS, mayReceive, type Limited } from '../support/notified/subscribers';

const NEEDS = ['clock.virtual', 'notify.scoping', 'notify.rule_state', 'rbac', 'sql'];

type Sockets = Record<string, NotifierSocket>;
type Expected = Record<string, readonly Announced[]>;

/** By entity: the order of two entities is that of two transactions. */
const byEntity = (rows: readonly Announced[]): Announced[] =>
  [...rows].sort((a, b) => (a.entity < b.entity ? -1 : Number(a.entity > b.entity)));

/** Opens one socket for each filter, as the administrator, and one for each reader. */
async function openSockets(ctx: Context, tokens: Readonly<Record<string, string>>): Promise<Sockets> {
  const opened = [
    ...Object.keys(FILTERS).map((filter) => [filter, openNotifierSocket(ctx, [filter])] as const),
    ...Object.entries(tokens).map(([name, token]) => [name, openNotifierSocket(ctx, ['all'], token)] as const),
  ];
  return Object.fromEntries(await Promise.all(opened.map(async ([name, socket]) => [name, await socket] as const)));
}

/** What each socket must receive. */
const expectedOf = (all: readonly Announced[], rights: readonly string[], limited: Limited): Expected =>
  Object.fromEntries([
    ...Object.entries(FILTERS).map(([filter, selects]) => [filter, byEntity(all.filter(selects))] as const),
    ...rights.map((right) => [right, byEntity(all.filter((one) => mayReceive(right, one, limited)))] as const),
  ]);

/** What each socket has received, once it has as many and receives no more. */
async function received(ctx: Context, sockets: Sockets, expected: Expected): Promise<Expected> {
  const rows = Object.entries(sockets).map(async ([name, socket]) => {
    await until(
      notificationsToArrive(expected[name]!.length, name, socket, () => true),
      ctx.deadline,
    );
    await socket.unsubscribe(name in FILTERS ? name : 'all');
    return [name, byEntity(socket.notifications.map(arrived))] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

claim.time('T3.34a', NEEDS, 'each change is announced once to those who may read it', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const { tokens, none } = await createReaders(ctx);
  const sockets = await openSockets(ctx, tokens);
  const foreign = await openNotifierSocket(ctx, ['all'], currentRunFacts().token); // of another tenant

  const { all, limited } = await changeEverything(ctx, hook, none);

  const expected = expectedOf(all, Object.keys(tokens), limited);
  expect(await received(ctx, sockets, expected)).toEqual(expected);
  const own = new Set(all.map(({ entity }) => entity));
  expect(foreign.notifications.map(arrived).filter(({ entity }) => own.has(entity))).toEqual([]);
  expect([...new Set(all.map(({ type }) => type))].sort()).toEqual(Object.keys(PAYLOAD_COLUMNS).sort());
});
