import type { Notification } from '../../../contract/notifications';
import { ChangeFeed } from '../../../helpers/scenario/change-feed';
import { executionToChange } from '../../../helpers/scenario/change-filters';
import { until, type CheckResult, type Condition } from '../../../helpers/scenario/polling';

/** A pause that only a change can end in time. */
const ENDLESS_MS = 600_000;
const longDeadline = () => performance.now() + 60_000;

const statusChange = (id: number, status: string): Notification => ({
  type: 'notification',
  notification_type: 'execution_status_changed',
  entity_type: 'execution',
  entity_id: id,
  user_id: null,
  timestamp: '2026-01-27T10:00:00+00:00',
  payload: { entity_type: 'execution', entity_id: id, id, status },
});
const isOf41 = executionToChange(41, 'completed');

/** One connection, as the test of a feed sees it. */
interface FakeConnection {
  readonly emit: (change: Notification) => void;
  lose(): void;
  isDisposed: boolean;
}

/** A feed that connects at once. */
function openFeed() {
  const connections: FakeConnection[] = [];
  const feed = new ChangeFeed((emit) => {
    let lose = () => {};
    const closed = new Promise<void>((resolve) => (lose = resolve));
    const connection: FakeConnection = { emit, lose: () => lose(), isDisposed: false };
    connections.push(connection);
    const dispose = () => Promise.resolve(lose()).then(() => void (connection.isDisposed = true));
    return Promise.resolve({ closed, [Symbol.asyncDispose]: dispose });
  });
  return { feed, connections };
}

/** The same, connected, and what one wait follows. */
async function connectedFeed() {
  const { feed, connections } = openFeed();
  const changes = feed.follow();
  feed.open();
  await new Promise(setImmediate);
  return { feed, changes, connections, connection: connections[0]! };
}

test('a wait follows the changes as soon as there is a connection', async () => {
  const { feed } = openFeed();
  const changes = feed.follow();
  feed.open();
  expect(changes.restart()).toBe(false);
  await new Promise(setImmediate);
  expect(changes.restart()).toBe(true);
});

test('a change that arrives during a check ends the pause after it', async () => {
  const { changes, connection } = await connectedFeed();
  changes.restart();
  connection.emit(statusChange(41, 'completed'));
  await changes.next(isOf41, ENDLESS_MS);
});

test('a change before the last check ends no pause', async () => {
  const { changes, connection } = await connectedFeed();
  connection.emit(statusChange(41, 'completed'));
  changes.restart();
  const ends: string[] = [];
  const pause = changes.next(isOf41, ENDLESS_MS).then(() => ends.push('pause'));
  await new Promise(setImmediate);
  ends.push('second change');
  connection.emit(statusChange(41, 'completed'));
  await pause;
  expect(ends).toEqual(['second change', 'pause']);
});

test.each([
  ['another execution', statusChange(42, 'completed')],
  ['a status on the way', statusChange(41, 'running')],
])('%s ends no pause', async (_, unrelated) => {
  const { changes, connection } = await connectedFeed();
  changes.restart();
  const ends: string[] = [];
  const pause = changes.next(isOf41, ENDLESS_MS).then(() => ends.push('pause'));
  connection.emit(unrelated);
  await new Promise(setImmediate);
  ends.push('related change');
  connection.emit(statusChange(41, 'failed'));
  await pause;
  expect(ends).toEqual(['related change', 'pause']);
});

test('a lost connection ends the pause, and the wait follows no changes', async () => {
  const { changes, connection } = await connectedFeed();
  changes.restart();
  const pause = changes.next(isOf41, ENDLESS_MS);
  connection.lose();
  await pause;
  expect(changes.restart()).toBe(false);
});

test('a lost connection is not replaced at once', async () => {
  const { feed, connection, connections } = await connectedFeed();
  connection.lose();
  await new Promise(setImmediate);
  feed.open();
  expect(connections).toHaveLength(1);
});

test('a closed feed disposes its connection and opens another one', async () => {
  const { feed, connection, connections } = await connectedFeed();
  await feed.close();
  expect(connection.isDisposed).toBe(true);
  feed.open();
  expect(connections).toHaveLength(2);
});

test('a refused connection leaves the waits without changes', async () => {
  const feed = new ChangeFeed(() => Promise.reject(new Error('no notifier')));
  const changes = feed.follow();
  feed.open();
  await new Promise(setImmediate);
  expect(changes.restart()).toBe(false);
  await feed.close();
});

/** Pending at the first check, met at the second; the checks so far. */
function secondCheckToBeMet(onFirst: () => void): { condition: Condition<string>; checks: () => number } {
  let checks = 0;
  const check = (): CheckResult<string> => {
    if (++checks > 1) return { is: 'met', value: 'the second' };
    onFirst();
    return { is: 'pending', why: 'running', changedBy: isOf41 };
  };
  return { condition: { name: 'it', check }, checks: () => checks };
}

test('a wait meets its condition although the notification is lost', async () => {
  const { feed } = await connectedFeed();
  const { condition, checks } = secondCheckToBeMet(() => {});
  await expect(until(condition, longDeadline(), null, feed)).resolves.toBe('the second');
  expect(checks()).toBe(2);
});

test('a wait checks once for many changes', async () => {
  const { feed, connection } = await connectedFeed();
  const { condition, checks } = secondCheckToBeMet(() => {
    for (let n = 0; n < 50; n++) connection.emit(statusChange(41, 'failed'));
  });
  await expect(until(condition, longDeadline(), null, feed)).resolves.toBe('the second');
  expect(checks()).toBe(2);
});

test('the first wait on changes opens the connection', async () => {
  const { feed, connections } = openFeed();
  await until(secondCheckToBeMet(() => {}).condition, longDeadline(), null, feed);
  expect(connections).toHaveLength(1);
});
