// Spec: a notifier socket opens for a valid token and delivers only what its caller may read.
import { createClient } from '../../../helpers/client/client';
import { awaitWelcome, connectNotifier, openWebSocket } from '../../../helpers/client/notifier-socket';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import {
  notificationsMatching,
  notifierUrl,
  openNotifierSocket,
  socketToClose,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { platformClock } from '../../../helpers/scenario/resources/platform-clock';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest } from '../support/system-test';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { readTokenSecret } from '../support/forge-token';
import { runNoops, waitForCompletions } from '../support/notified-executions';
import { signToken } from '../support/raw-request';

const facts = currentRunFacts();
let secret: string;
let adminId: number;

beforeAll(async () => {
  secret = await readTokenSecret(facts);
  adminId = (await createClient({ baseUrl: facts.url, token: facts.token }).auth.me()).id;
});

const epochSeconds = (): number => Math.floor(platformClock({ facts }).now() / 1_000);

/** A valid access token of the administrator, with these claims changed. */
const tokenWith = (overrides: object = {}): string =>
  signToken(secret, {
    sub: String(adminId),
    login: 'x',
    iat: epochSeconds(),
    exp: epochSeconds() + 600,
    token_type: 'access',
    ...overrides,
  });

interface Handshake {
  readonly query?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
}

const bearer = (token: string): Handshake => ({ headers: { authorization: `Bearer ${token}` } });

/** The body of the rejected handshake. */
const rejectionOf = async (ctx: Context, { query = '', protocols = [], headers = {} }: Handshake): Promise<unknown> => {
  const welcome = awaitWelcome(openWebSocket(`${notifierUrl(ctx)}${query}`, protocols, headers));
  const rejection = await welcome.catch((error: unknown) => error);
  expect(rejection).toMatchObject({ status: 401 });
  return JSON.parse((rejection as { body: string }).body) as unknown;
};

systemTest('WS-01 a handshake without a valid access token is rejected', async (ctx) => {
  const token = tokenWith();
  const foreignKey = signToken('another secret', { sub: '1', exp: epochSeconds() + 60 });
  const cookie = { cookie: `attune_access_token=${token}`, origin: 'https://evil.example' };
  const handshakes: [error: string, handshake: Handshake][] = [
    ['missing_token', {}],
    ['missing_token', { query: `?token=${token}&access_token=${token}` }],
    ['missing_token', { headers: cookie }],
    ['missing_token', { protocols: [`attune.jwt.${token}`, 'attune.v1'] }],
    ['missing_token', { protocols: [`attune.jwt.${token}`] }],
    ['invalid_or_expired_token', bearer(tokenWith({ exp: epochSeconds() - 6 }))],
    ['invalid_or_expired_token', bearer(foreignKey)],
    ['invalid_or_expired_token', bearer(tokenWith({ sub: '999999999' }))],
    ['invalid_subject_in_token', bearer(tokenWith({ sub: 'root' }))],
    ['refresh_tokens_not_allowed', bearer(tokenWith({ token_type: 'refresh' }))],
    ['sensor_tokens_not_allowed', bearer(tokenWith({ token_type: 'sensor' }))],
    ['worker_tokens_not_allowed', bearer(tokenWith({ token_type: 'worker' }))],
  ];

  const rejections = [];
  for (const [, handshake] of handshakes) rejections.push(await rejectionOf(ctx, handshake));

  expect(rejections).toEqual(handshakes.map(([error]) => ({ error })));
  await using socket = await connectNotifier({ url: notifierUrl(ctx), token, tokenIn: 'protocol' });
  expect(socket.clientId).toMatch(/^client_\d+$/);
});

systemTest('WS-02 no filter delivers notifications of another tenant', async (ctx) => {
  const { token: foreignToken } = await createTestTenant(ctx, 'other');
  const [first] = await runNoops(ctx, 1, { token: foreignToken });
  const unfiltered = await openNotifierSocket(ctx, ['all']);
  const filters = ['entity_type:execution', 'notification_type:execution_created', `entity:execution:${first}`];
  const filtered = await openNotifierSocket(ctx, filters);
  const foreign = await openNotifierSocket(ctx, ['all'], foreignToken);

  const foreignIds = await runNoops(ctx, 100, { token: foreignToken });
  await waitForCompletions(ctx, foreign, foreignIds);
  const ownIds = await runNoops(ctx, 1); // the fence
  await Promise.all([unfiltered, filtered].map((socket) => waitForCompletions(ctx, socket, ownIds)));

  const isForeign = ({ entity_type, entity_id }: Notification) =>
    entity_type === 'execution' && (foreignIds.has(entity_id) || entity_id === first);
  expect([unfiltered, filtered].map((socket) => notificationsMatching(socket, isForeign))).toEqual([[], []]);
  const isOwn = ({ entity_type, entity_id }: Notification) => entity_type === 'execution' && ownIds.has(entity_id);
  expect(notificationsMatching(foreign, isOwn)).toEqual([]);
  const ofOtherUser = JSON.stringify({ type: 'subscribe', filter: `user:${adminId + 1}` });
  expect(await unfiltered.sendInvalid(ofOtherUser)).toContain('admin');
  expect(unfiltered.closeEvent).toBeNull();
});

systemTest('WS-02 the token of an execution follows no other execution', async (ctx) => {
  const claims = { token_type: 'execution', scope: 'execution', metadata: { execution_id: 999_999_999 } };
  const executionToken = tokenWith(claims);
  const client = createClient({ baseUrl: facts.url, token: executionToken });

  await expect(client.executions.changes(1).next()).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await expect(client.executions.changes().next()).rejects.toMatchObject({ status: 403 });

  const socket = await openNotifierSocket(ctx, ['all'], executionToken);
  const admin = await openNotifierSocket(ctx, ['entity_type:execution']);
  await waitForCompletions(ctx, admin, await runNoops(ctx, 1));
  await socket.unsubscribe();
  expect(notificationsMatching(socket, ({ entity_type }) => entity_type === 'execution')).toEqual([]);
});

const CLOSE_TIMEOUT_MS = 5_000;

systemTest('WS-03 a socket is closed with its token or its identity', async (ctx) => {
  const [frozen, deleted] = [await createTestUser(ctx, 'core.viewer'), await createTestUser(ctx, 'core.viewer')];
  const lifetimeSeconds = 8 + Math.ceil(ctx.hostDelayMs() / 1_000); // the sockets open before it ends
  const expiring = tokenWith({ exp: epochSeconds() + lifetimeSeconds });
  const tokens = [expiring, frozen.token, deleted.token];
  const sockets = await Promise.all(tokens.map((token) => openNotifierSocket(ctx, ['all'], token)));

  await ctx.client.identities.freeze(frozen.id);
  await ctx.client.identities.remove(deleted.id);

  const deadline = performance.now() + lifetimeSeconds * 1_000 + CLOSE_TIMEOUT_MS;
  const closeEvents = await Promise.all(sockets.map((socket) => until(socketToClose(socket), deadline)));
  expect(closeEvents).toEqual(tokens.map(() => ({ code: 4401, reason: 'token expired' })));
});

systemTest('WS-03 nothing is delivered after the commit that revokes a permission', async (ctx) => {
  const viewer = await createTestUser(ctx, null);
  const viewerSet = { identity_id: viewer.id, permission_set_ref: 'core.viewer' };
  const { id: assignment } = await ctx.client.permissions.assign(viewerSet);
  const socket = await openNotifierSocket(ctx, ['all'], viewer.token);
  const admin = await openNotifierSocket(ctx, ['entity_type:execution']);
  await waitForCompletions(ctx, socket, await runNoops(ctx, 1));

  await ctx.client.permissions.unassign(assignment);
  const ids = await runNoops(ctx, 20);
  await waitForCompletions(ctx, admin, ids);

  await socket.unsubscribe(); // its confirmation follows all earlier notifications
  const isLater = ({ entity_type, entity_id }: Notification) => entity_type === 'execution' && ids.has(entity_id);
  expect(notificationsMatching(socket, isLater)).toEqual([]);
  expect(socket.closeEvent).toBeNull();
});
