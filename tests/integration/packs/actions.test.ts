import { withApi } from '../api/with-api';

const testApi = withApi();
beforeAll(async () => {
  for (const ref of ['acts', 'others']) {
    await testApi().call('POST', '/packs', { ref, label: ref, version: '1.0.0' });
  }
});

const ACTIONS = '/api/v1/actions';
const WORKFLOWS = '/api/v1/workflows';
const post = (url: string, payload: object, token = testApi().admin) =>
  testApi().send({ method: 'POST', url, payload }, token);
const put = (url: string, payload: object) => testApi().send({ method: 'PUT', url, payload }, testApi().admin);
const get = (url: string) => testApi().send({ url }, testApi().admin);
const action = (ref: string, more: object = {}) => ({ ref, pack_ref: 'acts', label: ref, entrypoint: 'echo', ...more });
const TASKS = [{ name: 'one', action: 'core.noop' }];
const workflow = (ref: string, more: object = {}) => ({
  ref,
  pack_ref: 'acts',
  label: ref,
  version: '1.0.0',
  definition: { tasks: TASKS },
  ...more,
});

test('a created action has its fields and leaves out absent ones', async () => {
  const made = await post(
    ACTIONS,
    action('acts.full', { runtime_ref: 'core.shell', param_schema: { n: { type: 'integer' } } }),
  );

  const { data } = made.json<{ data: { id: number; pack: number; runtime: number; created: string } }>();
  expect([made.statusCode, data]).toEqual([
    201,
    {
      id: data.id,
      ref: 'acts.full',
      pack: data.pack,
      pack_ref: 'acts',
      label: 'acts.full',
      description: null,
      entrypoint: 'echo',
      runtime: data.runtime,
      runtime_ref: 'core.shell',
      param_schema: { n: { type: 'integer' } },
      out_schema: null,
      is_adhoc: true,
      accesses_mcp: false,
      enabled: true,
      created: data.created,
      updated: expect.any(String),
    },
  ]);
});

test.each<[string, object, number, string]>([
  ['an existing ref', action('core.echo', { pack_ref: 'nowhere' }), 409, 'CONFLICT'],
  ['an unknown pack', action('acts.x', { pack_ref: 'nowhere' }), 404, 'NOT_FOUND'],
  ['an unknown runtime', action('acts.x', { runtime_ref: 'core.cobol' }), 404, 'NOT_FOUND'],
  ['an unknown permission set', action('acts.x', { default_execution_permission_set_refs: ['a.b'] }), 404, 'NOT_FOUND'],
  ['a ref without a dot', action('nodot'), 422, 'UNPROCESSABLE_ENTITY'],
  ['an empty label', action('acts.x', { label: '' }), 422, 'VALIDATION_ERROR'],
  [
    'a file outside the pack',
    action('acts.x', { runtime_ref: 'core.python', entrypoint: '../x.py' }),
    422,
    'VALIDATION_ERROR',
  ],
  ['a parameter called constructor', action('acts.x', { param_schema: { constructor: {} } }), 422, 'VALIDATION_ERROR'],
])('an action with %s is rejected', async (_what, payload, status, code) => {
  const answer = await post(ACTIONS, payload);

  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
  expect((await get(`${ACTIONS}/acts.x`)).statusCode).toBe(404);
});

test('only holders of its grants can give an action a permission set', async () => {
  const editor = await testApi().createUser('giver', 'core.editor');
  await post('/api/v1/packs', { ref: 'given', label: 'given', version: '1.0.0' }, editor);
  const createWithSet = (set: string, name: string) => {
    const fields = { pack_ref: 'given', default_execution_permission_set_refs: [set] };
    return post(ACTIONS, action(`given.${name}`, fields), editor);
  };

  const refused = await createWithSet('core.admin', 'too-much');
  expect(refused.json()).toMatchObject({ code: 'FORBIDDEN', error: expect.stringContaining("'core.admin'") as string });
  expect((await createWithSet('core.editor', 'own')).statusCode).toBe(201);
});

test('an update changes and clears the fields it names', async () => {
  await post(
    ACTIONS,
    action('acts.edit', { runtime_ref: 'core.shell', runtime_version_constraint: '>=5', timeout_seconds: 1 }),
  );

  const answer = await put(`${ACTIONS}/acts.edit`, {
    label: 'Edited',
    runtime_version_constraint: { op: 'clear' },
    log_retention_limit: { op: 'set', value: 3 },
    timeout_seconds: null,
  });

  const { data } = answer.json<{ data: object }>();
  expect(data).toMatchObject({
    label: 'Edited',
    log_retention_limit: 3,
    runtime_ref: 'core.shell',
    entrypoint: 'echo',
  });
  expect(Object.keys(data)).not.toEqual(expect.arrayContaining(['runtime_version_constraint']));
  expect(Object.keys(data)).not.toEqual(expect.arrayContaining(['timeout_seconds']));
});

test('the limit of an action is a number, or a patch of it', async () => {
  await post(ACTIONS, action('acts.limit'));
  const limitAfter = async (timeout_seconds: unknown) =>
    (await put(`${ACTIONS}/acts.limit`, { timeout_seconds })).json<{ data: { timeout_seconds?: number } }>().data
      .timeout_seconds;

  expect(await limitAfter({ op: 'set', value: 600 })).toBe(600);
  expect(await limitAfter(undefined)).toBe(600);
  expect(await limitAfter({ op: 'clear' })).toBeUndefined();
  expect(await limitAfter(7)).toBe(7);
  for (const value of [{ op: 'set', value: 0 }, { op: 'set' }, -1, 'soon'])
    expect((await put(`${ACTIONS}/acts.limit`, { timeout_seconds: value })).statusCode).toBe(422);
});

test('an action says whether a lost program starts again', async () => {
  const policyOf = (response: Awaited<ReturnType<typeof post>>) =>
    response.json<{ data: { on_worker_loss?: string } }>().data.on_worker_loss;
  expect(policyOf(await post(ACTIONS, action('acts.default')))).toBeUndefined();
  expect(policyOf(await post(ACTIONS, action('acts.once', { on_worker_loss: 'abandon' })))).toBe('abandon');
  expect(policyOf(await put(`${ACTIONS}/acts.once`, { label: 'Once' }))).toBe('abandon');
  expect(policyOf(await put(`${ACTIONS}/acts.once`, { on_worker_loss: 'recover' }))).toBeUndefined();
  const definition = { tasks: [{ name: 'a', action: 'core.noop' }] };
  const flow = { ref: 'acts.unrepeated', pack_ref: 'acts', label: 'Flow', version: '1.0.0', definition };
  expect((await post('/api/v1/workflows', flow)).statusCode).toBe(201);

  const refused = await put(`${ACTIONS}/acts.unrepeated`, { on_worker_loss: 'abandon' });

  expect([refused.statusCode, refused.json()]).toMatchObject([422, { details: { path: 'on_worker_loss' } }]);
  expect((await put(`${ACTIONS}/acts.default`, { on_worker_loss: 'never' })).statusCode).toBe(422);
});

test('an action declares variables, and none of the platform', async () => {
  const created = await post(ACTIONS, action('acts.variables', { env_schema: { TARGET: { description: 'a host' } } }));
  const refused = await post(ACTIONS, action('acts.refused', { env_schema: { ATTUNE_API_URL: {} } }));
  const changed = await put(`${ACTIONS}/acts.variables`, { env_schema: {} });

  expect(created.json()).toMatchObject({ data: { env_schema: { TARGET: { description: 'a host' } } } });
  expect([refused.statusCode, refused.body]).toEqual([422, 'env_schema must not have ATTUNE_API_URL']);
  expect(Object.keys(changed.json<{ data: object }>().data)).not.toContain('env_schema');
});

test('search finds actions of the named packs that have every word', async () => {
  await post(ACTIONS, action('acts.find-me', { label: 'Find', description: 'the Needle' }));
  await post(ACTIONS, action('others.find-me', { pack_ref: 'others', description: 'the needle' }));
  const refs = async (query: string) =>
    (await get(`${ACTIONS}/search?${query}`)).json<{ items: { ref: string }[] }>().items.map(({ ref }) => ref);

  expect(await refs('q=find+needle')).toEqual(['acts.find-me', 'others.find-me']);
  expect(await refs('q=find+needle&packs=others')).toEqual(['others.find-me']);
  expect(await refs('q=find&packs=acts&packs=others')).toEqual(['acts.find-me', 'others.find-me']);
  expect(await refs('q=find+hay')).toEqual([]);
  expect((await get(`${ACTIONS}/search?packs=nowhere`)).statusCode).toBe(404);
});

test('an action has no statistics of a queue, and an unknown one is none', async () => {
  await post(ACTIONS, action('acts.unlimited'));
  const answerOf = async (ref: string) => {
    const response = await get(`${ACTIONS}/${ref}/queue-stats`);
    return [response.statusCode, response.json<{ code: string; error: string }>()];
  };

  expect(await answerOf('acts.unlimited')).toEqual([
    404,
    { code: 'NOT_FOUND', error: "Queue of the action 'acts.unlimited' not found" },
  ]);
  expect(await answerOf('acts.none')).toEqual([404, { code: 'NOT_FOUND', error: "Action 'acts.none' not found" }]);
});

test('a companion action follows its workflow from creation to removal', async () => {
  const made = await post(
    WORKFLOWS,
    workflow('acts.flow', { tags: ['a', 'b'], param_schema: { n: { type: 'string' } } }),
  );
  const { data } = made.json<{ data: { id: number; definition: object } }>();
  expect([made.statusCode, data.definition]).toEqual([
    201,
    { tasks: TASKS, ref: 'acts.flow', version: '1.0.0', label: 'acts.flow' },
  ]);
  expect((await get(`${ACTIONS}/acts.flow`)).json()).toMatchObject({
    data: { entrypoint: 'workflow', workflow_def: data.id, is_adhoc: false, param_schema: { n: { type: 'string' } } },
  });

  await put(`${WORKFLOWS}/acts.flow`, { label: 'Renamed', description: 'new' });
  expect((await get(`${ACTIONS}/acts.flow`)).json()).toMatchObject({ data: { label: 'Renamed', description: 'new' } });

  await testApi().send({ method: 'DELETE', url: `${WORKFLOWS}/acts.flow` }, testApi().admin);
  expect((await get(`${ACTIONS}/acts.flow`)).statusCode).toBe(404);
});

test('an invalid definition is rejected with its path and not stored', async () => {
  const definition = { tasks: [{ name: 'one', action: 'core.noop', next: [{ do: ['nowhere'] }] }] };

  const answer = await post(WORKFLOWS, workflow('acts.bad', { definition }));

  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    {
      error: expect.stringContaining("Task 'one' references non-existent task 'nowhere'"),
      code: 'BAD_REQUEST',
      details: { reason: 'DEFINITION_INVALID', path: expect.stringMatching(/^definition\/tasks\/0/) },
    },
  ]);
  const urls = [`${WORKFLOWS}/acts.bad`, `${ACTIONS}/acts.bad`];
  expect(await Promise.all(urls.map(async (url) => (await get(url)).statusCode))).toEqual([404, 404]);
});

test('a rejected update changes nothing; a warning is only a message', async () => {
  await post(WORKFLOWS, workflow('acts.kept'));
  const before = (await get(`${WORKFLOWS}/acts.kept`)).json<unknown>();

  expect((await put(`${WORKFLOWS}/acts.kept`, { definition: { tasks: [] } })).statusCode).toBe(400);
  expect((await get(`${WORKFLOWS}/acts.kept`)).json()).toEqual(before);

  const twice = [...TASKS, ...TASKS];
  const answer = await put(`${WORKFLOWS}/acts.kept`, { definition: { tasks: twice } });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    200,
    { message: expect.stringContaining('Duplicate task name') },
  ]);
});

test('workflows are filtered by label, tag, text and pack', async () => {
  await post(WORKFLOWS, workflow('acts.l1', { label: 'B listed', tags: ['red', 'blue'] }));
  await post(WORKFLOWS, workflow('acts.l2', { label: 'A listed', tags: ['green'] }));
  const refs = async (query: string) =>
    (await get(`${WORKFLOWS}?${query}`)).json<{ items: { ref: string }[] }>().items.map(({ ref }) => ref);

  expect(await refs('search=LISTED')).toEqual(['acts.l2', 'acts.l1']);
  expect(await refs('tags=blue,none')).toEqual(['acts.l1']);
  expect(await refs('tags=green&tags=blue')).toEqual(['acts.l2', 'acts.l1']);
  expect(await refs('search=listed&pack_ref=others')).toEqual([]);
  expect((await post(WORKFLOWS, workflow('acts.l1'))).statusCode).toBe(409);
  expect((await post(WORKFLOWS, workflow('core.echo'))).statusCode).toBe(409);
});
