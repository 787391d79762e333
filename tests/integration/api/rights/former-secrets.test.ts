// What a schema declared secret stays hidden after the schema is changed or deleted.
import type { JsonObject } from '../../../../contract/json';
import type { QueueItem } from '../../../../contract/queues';
import { withWebhook } from '../with-webhook';

const platform = withWebhook();
const { send, dataOf } = platform;

const VALUE = 'hunter2-4f1c9';
const SECRET = { type: 'string', secret: true };
const SECRET_SCHEMA = { password: SECRET };
const SECRET_VALUES = { password: VALUE };
const OPEN_SCHEMA = { password: { type: 'string' } };
const open = { op: 'set', value: OPEN_SCHEMA };

const inPack = { pack_ref: 'demo', label: 'L' };
const put = (path: string, change: object) => dataOf(send('PUT', path, change));
const action = async (name: string): Promise<string> => {
  const ref = `demo.${name}`;
  const script = { entrypoint: 'true', runtime_ref: 'core.shell' };
  await dataOf(send('POST', '/actions', { ref, ...inPack, ...script, param_schema: SECRET_SCHEMA }));
  return ref;
};
const queueOf = (ref: string) => ({ ref, label: 'Q', dispatch_action_ref: `demo.of-${ref}`, enabled: false });

/** Each creates the owner of a schema, and what is stored under it. `shown`: the paths of that. */
const CASES = {
  'the parameters of a rule': async (name: string) => {
    const ref = await action(name);
    const rule = await platform.rule((await platform.hook()).ref, { action_ref: ref, action_params: SECRET_VALUES });
    return {
      owner: `/actions/${ref}`,
      change: { param_schema: OPEN_SCHEMA },
      shown: [`/rules/${rule.ref}`, '/rules'],
    };
  },
  'the trigger parameters of a rule': async (name: string) => {
    const ref = `demo.${name}`;
    await dataOf(send('POST', '/triggers', { ref, ...inPack, param_schema: SECRET_SCHEMA }));
    const rule = await platform.rule(ref, { trigger_params: SECRET_VALUES });
    return { owner: `/triggers/${ref}`, change: { param_schema: open }, shown: [`/rules/${rule.ref}`] };
  },
  'an event and its enforcement': async () => {
    const hook = await platform.hook();
    await put(`/triggers/${hook.ref}`, { out_schema: { op: 'set', value: SECRET_SCHEMA } });
    await platform.rule(hook.ref);
    const { id } = await platform.event(await platform.fire(hook.webhook_key, SECRET_VALUES));
    const [enforcement] = await platform.enforcements(id);
    const shown = [`/events/${id}`, `/enforcements/${enforcement!.id}`];
    return { owner: `/triggers/${hook.ref}`, change: { out_schema: open }, shown };
  },
  'the input of a task': async (name: string) => {
    const ref = await action(name);
    const definition = { version: '1.0.0', tasks: [{ name: 'one', action: ref, input: SECRET_VALUES }] };
    const flow = { ref: `demo.with-${name}`, ...inPack, version: '1.0.0', definition };
    await dataOf(send('POST', '/workflows', flow));
    await dataOf(send('POST', `/workflows/${flow.ref}/revisions`, { definition }));
    const shown = [`/workflows/${flow.ref}`, `/workflows/${flow.ref}/revisions/1`];
    return { owner: `/actions/${ref}`, change: { param_schema: OPEN_SCHEMA }, shown };
  },
  'the input of a task that calls a workflow': async (name: string) => {
    const called = { ref: `demo.${name}`, ...inPack, version: '1.0.0' };
    const tasks = [{ name: 'one', action: 'core.noop' }];
    const of = (parameters: JsonObject) => ({ definition: { version: '1.0.0', parameters, tasks } });
    await dataOf(send('POST', '/workflows', { ...called, ...of(SECRET_SCHEMA) }));
    const definition = { version: '1.0.0', tasks: [{ name: 'one', action: called.ref, input: SECRET_VALUES }] };
    const flow = { ref: `demo.with-${name}`, ...inPack, version: '1.0.0', definition };
    await dataOf(send('POST', '/workflows', flow));
    return { owner: `/workflows/${called.ref}`, change: of(OPEN_SCHEMA), shown: [`/workflows/${flow.ref}`] };
  },
  'the parameters of a queue': async (name: string) => {
    const ref = await action(`of-${name}`);
    await dataOf(send('POST', '/queues', { ...queueOf(name), action_params: SECRET_VALUES }));
    return { owner: `/actions/${ref}`, change: { param_schema: OPEN_SCHEMA }, shown: [`/queues/${name}`] };
  },
  'an item of a queue': async (name: string) => {
    await action(`of-${name}`);
    await dataOf(send('POST', '/queues', { ...queueOf(name), item_schema: SECRET_SCHEMA }));
    const { id } = await dataOf<QueueItem>(send('POST', `/queues/${name}/items`, { payload: SECRET_VALUES }));
    const shown = [`/queues/${name}/items`, `/queues/${name}/items/${id}`];
    return { owner: `/queues/${name}`, change: { item_schema: OPEN_SCHEMA }, shown };
  },
};
const ownersThatGo = Object.keys(CASES).filter((what) => what !== 'an item of a queue');

const bodiesOf = async (paths: readonly string[]): Promise<string[]> => {
  const answers = await Promise.all(paths.map((path) => send('GET', path)));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(paths.map(() => 200));
  return answers.map(({ body }) => body);
};
const whichShow = async (paths: readonly string[]) => {
  const bodies = await bodiesOf(paths);
  return paths.filter((_, index) => bodies[index]!.includes(VALUE));
};

test.each(Object.entries(CASES).map(([what, create], index) => [what, create, `opened-${index}`] as const))(
  'DS-05 %s, when it declares that no longer',
  async (_, create, name) => {
    const { owner, change, shown } = await create(name);
    await put(owner, change);

    expect(await whichShow(shown)).toEqual([]);
    expect((await bodiesOf(shown)).every((body) => body.includes('"password":{"$attune_secret"'))).toBe(true);
  },
);

test.each(ownersThatGo.map((what, index) => [what, `gone-${index}`] as const))(
  'DS-05 %s, when what declared it is deleted',
  async (what, name) => {
    const { owner, shown } = await CASES[what as keyof typeof CASES](name);
    expect((await send('DELETE', owner)).statusCode).toBe(200);

    expect(await whichShow(shown)).toEqual([]);
  },
);

test('a change cannot give it to an action that shows it', async () => {
  const { owner, shown } = await CASES['the parameters of a rule']('moved');
  await dataOf(send('DELETE', owner));

  const response = await send('PUT', shown[0]!, { action_ref: 'core.noop' });
  expect([response.statusCode, response.json()]).toMatchObject([422, { code: 'VALIDATION_ERROR' }]);
});

test('the history of a rule shows none of it', async () => {
  const { owner, shown } = await CASES['the parameters of a rule']('recorded');
  await put(owner, { param_schema: OPEN_SCHEMA });
  await put(shown[0]!, { action_params: { password: `${VALUE}, again` } });

  const { rows } = await platform
    .api()
    .owner.query('select old_values, new_values from rule_history where entity_ref = $1', [shown[0]!.slice(7)]);
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain(VALUE);
});

test('the history of a rule shows no secret of the definition it calls', async () => {
  const definition = { version: '1.0.0', parameters: SECRET_SCHEMA, tasks: [{ name: 'one', action: 'core.noop' }] };
  await dataOf(send('POST', '/workflows', { ref: 'demo.declaring', ...inPack, version: '1.0.0', definition }));
  const { ref: hook } = await platform.hook();
  const { ref } = await platform.rule(hook, { action_ref: 'demo.declaring', action_params: SECRET_VALUES });
  await put(`/rules/${ref}`, { action_params: { password: `${VALUE}, again` } });

  const { rows } = await platform
    .api()
    .owner.query('select old_values, new_values from rule_history where entity_ref = $1', [ref]);
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain(VALUE);
});

test('it keeps the place of a secret, and no value', async () => {
  const { owner } = await CASES['the parameters of a rule']('kept');
  await put(owner, { param_schema: { password: { ...SECRET, default: 'a-default-4f1c9' } } });
  await put(owner, { param_schema: OPEN_SCHEMA });

  const { rows } = await platform
    .api()
    .owner.query<{ schema: JsonObject }>("select schema from former_schema where ref = 'demo.kept'");
  expect(rows).toEqual([{ schema: { type: 'object', properties: { password: { secret: true } } } }]);
});
