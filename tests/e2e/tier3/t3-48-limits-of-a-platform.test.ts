// Spec: a platform rotates refresh tokens and bounds the events of a minute as its settings say.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { errorSummary, sendRawRequest } from '../support/raw-request';

const NEEDS = ['process', 'host.processes'];

claim('T3.48e', NEEDS, 'a rotated refresh token works once, and its reuse ends its log-in', async (ctx) => {
  const { client, url } = await RestartablePlatform.start(ctx, { PLATFORM_REFRESH_ROTATION: 'on' });
  const { auth, identities } = client;
  const credentials = { login: 'person@example.test', password: 'First-pass-1' };
  await identities.create(credentials);
  const [one, other] = [await auth.login(credentials), await auth.login(credentials)];
  const refresh = ({ refresh_token }: typeof one) => auth.refresh({ refresh_token });
  const refused = async ({ refresh_token }: typeof one) =>
    errorSummary(await sendRawRequest({ url }, { method: 'POST', path: '/auth/refresh', body: { refresh_token } }));

  const second = await refresh(one);
  const third = await refresh(second);
  const reused = await refused(one);
  const later = await refused(third);
  const beside = await refresh(other);

  expect(reused).toEqual([401, 'UNAUTHORIZED', 'REFRESH_REUSED']);
  expect(later.slice(0, 2)).toEqual([401, 'UNAUTHORIZED']);
  expect(beside.token_type).toBe('Bearer');
});

/** Of a minute: one more every two seconds. */
const EVENTS = 30;

claim('T3.48f', NEEDS, 'beyond its events of a minute a tenant waits until there is room', async (ctx) => {
  const { client, url } = await RestartablePlatform.start(ctx, { PLATFORM_TENANT_EVENTS: String(EVENTS) });
  const { packs, triggers } = client;
  await packs.create({ ref: 'own', label: 'own', version: '1.0.0' });
  const { ref } = await triggers.create({ ref: 'own.hook', pack_ref: 'own', label: 'hook' });
  const { webhook_key: key } = await triggers.enableWebhook(ref);
  const request = { method: 'POST', path: `/api/v1/webhooks/${key}`, body: { payload: {} } } as const;
  const outcomes: unknown[][] = [];
  const post = async (): Promise<number> => {
    const response = await sendRawRequest({ url }, request);
    outcomes.push(response.status === 200 ? [200] : errorSummary(response));
    return response.status;
  };
  const postsToBe = (status: number) =>
    until(
      predicateToHold(`an event to be answered with ${status}`, async () => (await post()) === status),
      ctx.deadline,
    );

  for (let n = 0; n < EVENTS; n++) await post();
  await postsToBe(429);
  const beyond = outcomes.at(-1);
  await postsToBe(200);

  expect(outcomes.slice(0, EVENTS)).toEqual(Array<number[]>(EVENTS).fill([200]));
  expect(beyond).toEqual([429, 'TOO_MANY_REQUESTS', 'TENANT_LIMIT']);
});
