// Spec: whatever requests an execution, it has each value that its way gives it, and no other.
import { claim } from '../../../helpers/scenario/claim';
import { notificationsOf } from '../support/ways/notification-cells';
import { observeAllWays, withoutOutput } from '../support/ways/observe';
import { printedIn } from '../support/ways/process-cells';
import { comparable, historyOf, logOf } from '../support/ways/record-cells';
import { EXECUTION, rowOf, SUMMARY } from '../support/ways/row-cells';
import { hasWitness } from '../support/ways/ways';
import { printedBy } from '../support/ways/witness';

// one run in all ways is compared by all claims
const ROWS = [
  'clock.virtual',
  'timers.date',
  'workflows.loops',
  'workflows.retry',
  'executions.pause',
  'executions.rerun',
];
const NEEDS = [...ROWS, 'executions.log', 'executions.history', 'notify.executions', 'rbac', 'ledger.shared'];

claim.time('T2.20a', NEEDS, 'each way gives an execution all of its fields', async (ctx) => {
  const { records, byName, expected } = await observeAllWays(ctx);

  const rows = byName(records.rows, ({ id }) => id);

  const shown = Object.entries(rows).map(([name, all]) => [name, all.map(withoutOutput)]);
  expect(Object.fromEntries(shown)).toEqual(expected((subject) => [rowOf(EXECUTION, subject)]));
});

claim.time('T2.20b', NEEDS, 'each way gives an item of the list all of its fields', async (ctx) => {
  const { records, byName, expected } = await observeAllWays(ctx);

  const items = byName(records.summaries, ({ id }) => id);

  expect(items).toEqual(expected((subject) => [rowOf(SUMMARY, subject)]));
});

claim.time('T2.20c', NEEDS, 'each way gives a process its variables, parameters and token', async (ctx) => {
  const { records, byName, expected } = await observeAllWays(ctx);

  const rows = byName(records.rows, ({ id }) => id);

  const printed = Object.entries(rows).map(([name, [row]]) => [name, printedBy(row!)]);
  expect(Object.fromEntries(printed)).toEqual(
    expected((subject) => (hasWitness(subject.way) ? printedIn(subject) : null)),
  );
});

claim.time('T2.20d', NEEDS, 'each way gives a history all of its changes, from the first on', async (ctx) => {
  const { records, byName, expected } = await observeAllWays(ctx);

  const changes = byName(records.history, ({ entity_id }) => entity_id);

  expect(changes).toEqual(expected(historyOf));
});

claim.time('T2.20e', NEEDS, 'each way gives a log all of its entries', async (ctx) => {
  const { records, byName, expected } = await observeAllWays(ctx);

  const entries = byName(records.log, ({ execution }) => execution);

  const shown = Object.entries(entries).map(([name, all]) => [name, comparable(all)]);
  const logs = Object.entries(expected(logOf)).filter(([, log]) => log.length > 0);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(logs));
});

claim.time('T2.20f', NEEDS, 'each way notifies of the same changes, with all of their keys', async (ctx) => {
  const { records, byName, expected } = await observeAllWays(ctx);

  const received = byName(records.notifications, ({ entity_id }) => entity_id);

  const sent = Object.entries(received).map(([name, all]) => [
    name,
    all.map(({ notification_type: type, payload }) => ({ type, payload })),
  ]);
  expect(Object.fromEntries(sent)).toEqual(expected(notificationsOf));
});
