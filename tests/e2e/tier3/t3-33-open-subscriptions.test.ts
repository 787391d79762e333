// Spec: an open subscription receives nothing from the change on that ends its right.
import { createClient, type Client } from '../../../helpers/client/client';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import {
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
} from '../../../helpers/scenario/resources/notifications';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createReader, createReaderSet, ENDINGS, type Reader } from '../support/matrix/endings';

const NEEDS = ['rbac', 'tenants', 'notify.scoping'];

/** What a subscriber to everything receives of an execution of `core.noop`. */
const WHOLE = 4;

/** What must arrive on the socket of a user after each ending; `closed`: nothing, and it ends. */
const EXPECTED: Readonly<Record<string, number | 'closed'>> = {
  nothing: WHOLE,
  'its set is taken away': 0,
  'its role is taken away': 0,
  'its role loses the set': 0,
  'its integration token is revoked': 'closed',
  'its integration token is removed': 'closed',
  'its password is changed': 'closed',
  'it has changed its password': 'closed',
  'it has logged out': 'closed',
  'it is frozen': 'closed',
  'it is removed': 'closed',
  'its set loses the rights': 0,
};

/** What must arrive on the socket of another session of the same user, by another token of it. */
const EXPECTED_BESIDE: typeof EXPECTED = {
  ...EXPECTED,
  'its integration token is revoked': WHOLE,
  'its integration token is removed': WHOLE,
  'it has logged out': WHOLE,
};

/** Opens a socket in another session of the user. */
async function openBeside(ctx: Context, client: Client, { id }: Reader): Promise<NotifierSocket> {
  const { token } = await client.integrationTokens.create(id, { label: 'beside' });
  const { access_token } = await createClient({ baseUrl: ctx.facts.url }).auth.tokenLogin({ token });
  return openNotifierSocket(ctx, ['all'], access_token);
}

/** Ends also when the socket has received what a closed one does not. */
const toBeClosed = (socket: NotifierSocket, hasReceived = () => false) =>
  predicateToHold('the socket to be closed', () => socket.closeEvent !== null || hasReceived());

/** What has arrived of an execution that another socket has seen end. */
async function arrivedOf(ctx: Context, socket: NotifierSocket, id: number, closes: boolean) {
  const count = () => notificationsMatching(socket, isAbout('execution', id)).length;
  if (closes)
    await until(
      toBeClosed(socket, () => count() > 0),
      ctx.deadline,
    );
  else await socket.unsubscribe('all');
  return closes && count() === 0 ? 'closed' : count();
}

claim('T3.33d', NEEDS, 'an open subscription receives nothing after its right has ended', async (ctx) => {
  const { client, token, slug } = await createTestTenant(ctx, 'own');
  const set = await createReaderSet(client, `${ctx.facts.directory}/fixtures`);
  const admin = await openNotifierSocket(ctx, ['all'], token);
  const [arrived, beside]: Record<string, number | 'closed'>[] = [{}, {}];

  for (const [name, ending] of Object.entries(ENDINGS)) {
    const user = await createReader(client, ctx.facts.url, set, ending);
    const other = await openBeside(ctx, client, user);
    const socket = await openNotifierSocket(ctx, ['all'], user.token);
    await ending.end(client, user);
    const { id } = await client.executions.execute({ action_ref: 'core.noop' });
    await until(notificationsToArrive(WHOLE, name, admin, isAbout('execution', id)), ctx.deadline);
    arrived![name] = await arrivedOf(ctx, socket, id, EXPECTED[name] === 'closed');
    beside![name] = await arrivedOf(ctx, other, id, EXPECTED_BESIDE[name] === 'closed');
  }

  expect([arrived, beside]).toEqual([EXPECTED, EXPECTED_BESIDE]);
  await ctx.client.tenants.update(slug, { frozen: true });
  await until(toBeClosed(admin), ctx.deadline);
});
