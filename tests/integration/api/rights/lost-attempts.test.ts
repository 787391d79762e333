import { pino } from 'pino';
import { recoverExecution } from '../../../../platform/executor/recovery/recover-execution';
import { authenticateSocket } from '../../../../platform/notifier/authenticate-socket';
import { NotificationHub } from '../../../../platform/notifier/notification-hub';
import type { NotificationRecord } from '../../../../platform/notifier/protocol';
import { markStarted } from '../../../../platform/store/executions/attempts';
import type { Attempt } from '../../../../platform/store/lifecycle/attempt';
import { signExecutionToken } from '../../../../platform/workers/access/execution-token';
import { SECRET } from '../with-api';
import { withAttempts } from './with-attempts';

const TENANT = 1;
const world = withAttempts();

const openSocket = (token: string) =>
  authenticateSocket(world.testApi().db, SECRET, { headers: { authorization: `Bearer ${token}` } });

/** The status of a request with the token, and why a socket with it is rejected. */
async function opened(token: string): Promise<[status: number, rejection: string | null]> {
  const { statusCode } = await world.send('GET', '/packs', undefined, { token });
  const rejection = await openSocket(token).then(
    () => null,
    (error: unknown) => (error as Error).message,
  );
  return [statusCode, rejection];
}

/** Starts what waits; the attempt, and its token. */
async function start(): Promise<{ attempt: Attempt; token: string }> {
  const [attempt] = await world.startAttempts();
  await markStarted(world.testApi().db, attempt!, Date.now());
  return { attempt: attempt!, token: (await signExecutionToken(SECRET, attempt!))! };
}

/** As if the worker had sent no heartbeat. */
async function lose({ execution }: Attempt): Promise<void> {
  const { db, owner } = world.testApi();
  const past = `liveness_now() - interval '1 s'`;
  await owner.query(`update lease set expires_at = ${past} where resource = $1`, [`execution:${execution}`]);
  const policy = { recovery: 'auto', maxRecoveries: 3, leaseMs: 1_000 } as const;
  await db.inTenant(TENANT, (transaction) => recoverExecution(transaction, TENANT, execution, policy));
}

test('DU-08 the token of a lost attempt opens nothing, unlike the next one', async () => {
  await world.execute('core.sleep', { permission_set_refs: ['core.viewer'] });
  const first = await start();
  const whileRunning = await opened(first.token);

  await lose(first.attempt);
  const whileRequested = await opened(first.token);
  const second = await start();

  expect(second.attempt).toMatchObject({ execution: first.attempt.execution, attempt: 2 });
  expect([whileRunning, whileRequested]).toEqual([
    [200, null],
    [401, 'invalid_or_expired_token'],
  ]);
  expect([await opened(first.token), await opened(second.token)]).toEqual([
    [401, 'invalid_or_expired_token'],
    [200, null],
  ]);
});

test('DU-08 the socket of a lost attempt is closed, unlike the next one', async () => {
  await world.execute('core.sleep', { permission_set_refs: ['core.viewer'] });
  const hub = new NotificationHub(world.testApi().db, pino({ enabled: false }));
  const closed: string[] = [];
  const first = await start();
  const { execution } = first.attempt;
  const subscribe = async (name: string, token: string) => {
    const close = (reason: string) => closed.push(`${name} ${reason}`);
    await hub.subscribe(await openSocket(token), { isSlow: false, send: () => undefined, close });
  };
  const changed: NotificationRecord = {
    tenant: TENANT,
    type: 'execution_status_changed',
    entityType: 'execution',
    entity: execution,
    owner: null,
    payload: '{}',
    created: new Date(0).toISOString(),
  };

  await subscribe('first', first.token);
  await hub.publishAll([changed]);
  const whileRunning = [...closed];
  await lose(first.attempt);
  await subscribe('second', (await start()).token);
  await hub.publishAll([changed]);

  expect([whileRunning, closed]).toEqual([[], ['first expired']]);
});
