import { pino } from 'pino';
import { resolveCaller } from '../../../platform/auth/authenticate';
import type { TokenClaims } from '../../../platform/auth/tokens';
import { NotificationHub } from '../../../platform/notifier/notification-hub';
import type { Subscriber } from '../../../platform/notifier/subscriptions';
import type { NotificationRecord } from '../../../platform/notifier/protocol';
import { withApi } from './with-api';

const testApi = withApi();

/** Returns the id of the new user. */
async function insertUser(login: string): Promise<number> {
  const { rows } = await testApi().owner.query<{ id: number }>(
    'insert into identity (login) values ($1) returning id',
    [login],
  );
  return rows[0]!.id;
}

const rightsChanged = (entity: number): NotificationRecord => ({
  tenant: 1,
  type: 'rights_changed',
  entityType: 'rights',
  entity,
  owner: null,
  payload: '',
  created: new Date(0).toISOString(),
});

const accessClaims = (identity: number): TokenClaims => ({
  identity,
  login: null,
  tenant: null,
  tokenType: 'access',
  expiresAt: Date.now() + 60_000,
  execution: null,
  attempt: null,
  issuedAt: null,
  permissionSetRefs: [],
  isAuthoredByExecutor: false,
  actionRef: null,
  standardActionRefs: [],
  standardPackRefs: [],
  triggerTypes: [],
  sensorPackRef: null,
  sensorLease: null,
  integrationToken: null,
  worker: null,
  family: null,
  session: null,
});

test('a caller that subscribes while rights change gets the new rights', async () => {
  const { db } = testApi();
  const id = 1; // of the administrator
  const caller = await resolveCaller(db, accessClaims(id));
  const closeReasons: string[] = [];
  const subscriber: Subscriber = { isSlow: false, send: () => undefined, close: (reason) => closeReasons.push(reason) };
  const hub = new NotificationHub(db, pino({ enabled: false }));

  for (let n = 0; n < 20; n++) {
    const subscribing = hub.subscribe(caller, subscriber);
    const publishing = hub.publishAll([rightsChanged(id)]);
    const subscription = await subscribing;
    await publishing;
    expect(subscription?.isAdmin).toBe(false);
    subscription?.close();
  }
  expect(closeReasons).toEqual([]);
});

test('AU-03 a changed password disconnects the subscribers of earlier sessions', async () => {
  const { db, owner } = testApi();
  const id = await insertUser('two-sessions@example.test');
  const hub = new NotificationHub(db, pino({ enabled: false }));
  const closed: string[] = [];
  const subscribe = async (name: string, epoch: number) => {
    const session = { id: '00000000-0000-4000-8000-000000000000', epoch };
    const caller = await resolveCaller(db, { ...accessClaims(id), session });
    await hub.subscribe(caller, { isSlow: false, send: () => undefined, close: () => closed.push(name) });
  };

  await subscribe('earlier', 0);
  await owner.query('update identity set session_epoch = 1 where id = $1', [id]);
  await subscribe('later', 1);
  await hub.publishAll([rightsChanged(id)]);

  expect(closed).toEqual(['earlier']);
});

/** Longer than one slice of work, ms. */
const WORK_MS = 25;

test('WS-04 other work has a turn between widely read notifications', async () => {
  const { db } = testApi();
  const caller = await resolveCaller(db, accessClaims(await insertUser('many-sockets@example.test')));
  const hub = new NotificationHub(db, pino({ enabled: false }));
  let turns = 0;
  const turnsBefore: number[] = [];
  const send = (): void => {
    turnsBefore.push(turns);
    setImmediate(() => turns++);
    for (const end = performance.now() + WORK_MS; performance.now() < end;);
  };
  const subscription = await hub.subscribe(caller, { isSlow: false, send, close: () => undefined });
  subscription!.addFilter('all');

  await hub.publishAll(
    [1, 2, 3, 4].map((entity) => ({ ...rightsChanged(entity), type: 'event_created', entityType: 'event' })),
  );

  expect(turnsBefore).toEqual([0, 1, 2, 3]);
});
