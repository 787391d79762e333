import type { Event } from '../../../../contract/events';
import type { Execution } from '../../../../contract/executions';
import { withWebhook } from '../with-webhook';
import { tokenOfExecution } from '../test-tokens';

const webhook = withWebhook();
const LIMIT = 64;
const LOOP = { status: 'failed', result: { succeeded: false, code: 'LOOP_LIMIT' } };

/** Creates an action of the triggers' pack, which may post their events. Returns its ref. */
const createOwnAction = async (): Promise<string> => {
  const ref = `demo.feed-${Math.random().toString(36).slice(2)}`;
  const action = { ref, pack_ref: 'demo', label: 'Feed', entrypoint: 'true', runtime_ref: 'core.shell' };
  await webhook.dataOf(webhook.send('POST', '/actions', action));
  return ref;
};
const executionToken = (execution: number) => tokenOfExecution(execution, ['core.admin']);
const setDepth = (execution: number, depth: number) =>
  webhook.api().owner.query('update execution set causation_depth = $2 where id = $1', [execution, depth]);
const readExecution = (id: number) => webhook.dataOf<Execution>(webhook.send('GET', `/executions/${id}`));
const alertsOf = (chain: string) => webhook.itemsOf<Event>(`/events?trigger_ref=core.alert&correlation_id=${chain}`);

test.each([
  ['a rule that feeds itself', 1],
  ['rules that feed each other', 2],
])('LD-03 %s: at 64 executions it is over, with one alert', async (_, count) => {
  const triggers = await Promise.all(Array.from({ length: count }, () => webhook.hook()));
  const action_ref = await createOwnAction();
  for (const { ref } of triggers) await webhook.rule(ref, { action_ref });
  const chain = `event:${await webhook.fire(triggers[0]!.webhook_key, {})}`;

  const feed = async (next: number): Promise<Execution> => {
    const [last] = await webhook.executions(`correlation_id=${chain}&per_page=1`);
    const execution = await readExecution(last!.id);
    if (execution.status === 'failed') return execution;
    const token = await executionToken(execution.id);
    const trigger_ref = triggers[next % count]!.ref;
    await webhook.dataOf(webhook.send('POST', '/events', { trigger_ref, payload: {} }, token));
    return feed(next + 1);
  };

  expect(await feed(1)).toMatchObject(LOOP);
  expect(await webhook.executions(`correlation_id=${chain}&per_page=100`)).toHaveLength(LIMIT + 1);
  expect(await alertsOf(chain)).toHaveLength(1);
});

test('LD-03 an execution at the limit requests no other', async () => {
  const { id: first } = await webhook.dataOf<Execution>(
    webhook.send('POST', '/executions/execute', { action_ref: 'core.noop' }),
  );
  await setDepth(first, LIMIT - 2);
  const execute = async (parent: number) =>
    webhook.dataOf<Execution>(
      webhook.send('POST', '/executions/execute', { action_ref: 'core.noop' }, await executionToken(parent)),
    );

  const allowed = await execute(first);
  const refused = [await execute(allowed.id), await execute(allowed.id)];

  expect(allowed).toMatchObject({ status: 'requested', parent: first });
  const chain = `execution:${first}`;
  expect(refused).toMatchObject([1, 2].map(() => ({ ...LOOP, parent: allowed.id, correlation_id: chain })));
  expect(await alertsOf(chain)).toHaveLength(1);
});

test('LD-03 a rule of the alert that feeds itself makes no second alert', async () => {
  const { id: first } = await webhook.dataOf<Execution>(
    webhook.send('POST', '/executions/execute', { action_ref: 'core.noop' }),
  );
  const chain = `execution:${first}`;
  await setDepth(first, LIMIT);
  await webhook.rule('core.alert', { action_ref: 'core.echo' });
  const send = async (parent: number) =>
    webhook.send('POST', '/executions/execute', { action_ref: 'core.noop' }, await executionToken(parent));
  await send(first);
  const [fired] = await webhook.executions(`correlation_id=${chain}&action_ref=core.echo`);
  await setDepth(fired!.id, LIMIT);

  await send(fired!.id);

  expect(await alertsOf(chain)).toHaveLength(1);
});

test('an execution below a cancelled one requests no other', async () => {
  const noop = { action_ref: 'core.noop' };
  const { id: parent } = await webhook.dataOf<Execution>(webhook.send('POST', '/executions/execute', noop));
  const token = await executionToken(parent);
  const { id: child } = await webhook.dataOf<Execution>(webhook.send('POST', '/executions/execute', noop, token));
  await webhook.dataOf(webhook.send('POST', `/executions/${parent}/cancel`));

  const refused = await webhook.send('POST', '/executions/execute', noop, await executionToken(child));

  expect([refused.statusCode, refused.json()]).toMatchObject([409, { details: { reason: 'EXECUTION_CANCELLED' } }]);
});
