// Spec: core.http_request sends exactly the described request, once, and returns the whole reply.
import type { ServerResponse } from 'node:http';
import {
  startScriptedServer,
  sendJson,
  type MockHttpServer,
  type Responder,
} from '../../../helpers/fixtures/mock-http-server';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, executionToEnd, logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { expectWithin } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['runners.http', 'mocks.allowed', 'executions.intervals'];

const HTTP_ACTION = 'core.http_request';

/** Starts a server to which the action may connect; it is closed after the test. */
const startServer = async (ctx: Context, respond: Responder): Promise<MockHttpServer> => {
  const server = await startScriptedServer(respond, ctx.facts.mockHost);
  ctx.defer(() => server.close());
  return server;
};

/** Executes the action to its end, in whatever status. */
const send = async (ctx: Context, parameters: Parameters) => {
  const { id } = await ctx.client.executions.execute({ action_ref: HTTP_ACTION, parameters });
  return until(executionToEnd(ctx.client, id), ctx.deadline);
};

type Reply = { status_code?: number; headers?: Record<string, string>; [name: string]: unknown };

/** The output of an execution that sent a request. */
const replyOf = ({ result }: { result: unknown }): Reply => (result as { data: Reply }).data;

/** The server received `n` requests, and none follows the end of the execution. */
const expectRequests = (ctx: Context, { requests }: MockHttpServer, n: number, { id, status }: Execution) =>
  stays(() => requests.length, n, executionToBe(status, ctx.client, id), ctx.quietMs, ctx.deadline);
type Execution = Awaited<ReturnType<typeof send>>;

claim('T3.18a', NEEDS, 'one GET has the given headers and query, and its reply is whole', async (ctx) => {
  const document = { items: [1, { deep: null }], nonce: ctx.nonce };
  const server = await startServer(ctx, (_, response) => sendJson(response.setHeader('x-reply', ctx.nonce), document));
  const query_params = { name: 'a b&c=d', page: 2 };

  const ended = await send(ctx, {
    url: `${server.url}/items?fixed=1`,
    headers: { 'X-Nonce': ctx.nonce },
    query_params,
  });

  await expectRequests(ctx, server, 1, ended);
  const [request] = server.requests;
  const { pathname, searchParams } = new URL(request!.path, server.url);
  expect([request!.method, pathname, request!.headers['x-nonce'], request!.body]).toEqual([
    'GET',
    '/items',
    ctx.nonce,
    '',
  ]);
  expect([...searchParams].sort()).toEqual([
    ['fixed', '1'],
    ['name', 'a b&c=d'],
    ['page', '2'],
  ]);
  expect(ended.status).toBe('completed');
  const reply = replyOf(ended);
  expect(reply).toMatchObject({ status_code: 200, body: JSON.stringify(document), json: document, success: true });
  expect(reply.headers).toMatchObject({ 'x-reply': ctx.nonce, 'content-type': 'application/json' });
});

claim('T3.18b', NEEDS, 'a body is sent unchanged, with its type and length', async (ctx) => {
  const server = await startServer(ctx, (_, response) => sendJson(response, { created: ctx.nonce }, 201));
  const document = {
    texts: ['naïve 🦊 שלום', 'it\'s "quoted"', 'line\nbreak\t\\ $(id) `id` ${x} %s', ''],
    numbers: [0, -1.5, Number.MAX_SAFE_INTEGER],
    others: { none: null, no: false, nested: [[], {}] },
  };
  const text = 'a=1&b="2"\n€ $HOME';

  const ended = await send(ctx, { url: server.url, method: 'POST', json_body: document });
  const second = await send(ctx, {
    url: server.url,
    method: 'PUT',
    body: text,
    headers: { 'content-type': 'text/x-own' },
  });

  await expectRequests(ctx, server, 2, second);
  const [json, plain] = server.requests;
  expect(JSON.parse(json!.body)).toStrictEqual(document);
  expect(plain!.body).toBe(text);
  expect(server.requests.map(({ method, headers }) => [method, headers['content-type']?.split(';')[0]])).toEqual([
    ['POST', 'application/json'],
    ['PUT', 'text/x-own'],
  ]);
  const lengths = server.requests.map(({ headers }) => headers['content-length']);
  expect(lengths).toEqual(server.requests.map(({ body }) => String(Buffer.byteLength(body))));
  expect([ended.status, second.status]).toEqual(['completed', 'completed']);
  for (const each of [ended, second])
    expect(replyOf(each)).toMatchObject({ status_code: 201, json: { created: ctx.nonce }, success: true });
});

const SECRETS = [...NEEDS, 'keys.encryption', 'workflows.keystore'];

claim('T3.18c', SECRETS, 'a stored credential reaches the server and appears nowhere else', async (ctx) => {
  const secret = `${ctx.nonce}-secret`;
  const server = await startServer(ctx, ({ headers }, response) => {
    const isKnown = headers.authorization === `Bearer ${secret}`;
    sendJson(response, { known: isKnown }, isKnown ? 200 : 401);
  });
  const pack = await ctx.ownPack();
  const key = { ref: `${pack}.token`, name: 'token', owner_type: 'pack' as const, owner_pack_ref: pack };
  await ctx.client.keys.create({ ...key, value: secret, encrypted: true });
  ctx.defer(() => ctx.client.keys.remove(key.ref));
  const url = `${server.url}/${ctx.name('path')}`;
  const credential = { auth_type: 'bearer', auth_token: '{{ keystore.token }}' };

  const anonymous = await send(ctx, { url });
  const id = await startWorkflow(ctx, [{ name: 'only', action: HTTP_ACTION, input: { url, ...credential } }]);
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  await expectRequests(ctx, server, 2, root);
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, `Bearer ${secret}`]);
  const child = await childOf(ctx, id, 'only');
  expect([anonymous, child].map(replyOf)).toMatchObject([
    { status_code: 401, json: { known: false }, success: false },
    { status_code: 200, json: { known: true }, success: true },
  ]);
  const stdout = await outputOf(ctx, child.id, 'stdout');
  expectHidden(secret, url, child, { stdout });
  expectHidden(secret, HTTP_ACTION, { summaries: await ctx.client.executions.children(id) });
  if (!ctx.canProve('executions.log')) return;
  expectHidden(secret, 'AGENT_RESPONSE', await until(logToEnd(ctx.client, id), ctx.deadline));
});

/** Limit of the slow request, seconds; without it the request has the default of 30 s. */
const SLOW_SECONDS = 1;
const SLOW_MARGIN_MS = 9_000;

/** How long the other side waits for this response, which is never sent, ms. */
function waitingMs(response: ServerResponse): Promise<number> {
  const arrivedAt = performance.now();
  return new Promise((done) => response.once('close', () => done(performance.now() - arrivedAt)));
}

claim('T3.18d', NEEDS, 'error, refused connection, silence and redirect have own outcomes', async (ctx) => {
  let waited: Promise<number> | undefined;
  const server = await startServer(ctx, ({ path }, response) => {
    if (path === '/missing') sendJson(response, { missing: ctx.nonce }, 404);
    else if (path === '/broken') response.writeHead(500).end(`broken ${ctx.nonce}`);
    else if (path === '/moved') response.writeHead(302, { location: '/found' }).end();
    else if (path === '/found') sendJson(response, { found: ctx.nonce });
    else waited = waitingMs(response);
  });
  const closed = await startScriptedServer(() => undefined, ctx.facts.mockHost);
  await closed.close();
  ctx.plan(SLOW_SECONDS * 1_000);
  const post = (path: string) => send(ctx, { url: server.url + path, method: 'POST', json_body: {} });

  const [missing, broken, refused, slow, moved] = await Promise.all([
    post('/missing'),
    post('/broken'),
    send(ctx, { url: closed.url }),
    send(ctx, { url: `${server.url}/slow`, timeout: SLOW_SECONDS }),
    send(ctx, { url: `${server.url}/moved` }),
  ]);

  await expectRequests(ctx, server, 5, slow);
  const paths = server.requests.map(({ path }) => path);
  expect(paths.sort()).toEqual(['/broken', '/found', '/missing', '/moved', '/slow']);
  const onError = ctx.facts.choices.httpErrorStatus;
  const statuses = [missing, broken, refused, slow, moved].map(({ status }) => status);
  expect(statuses).toEqual([onError, onError, 'failed', 'failed', 'completed']);
  expect([missing, broken, moved].map(replyOf)).toMatchObject([
    { status_code: 404, json: { missing: ctx.nonce }, success: false },
    { status_code: 500, body: `broken ${ctx.nonce}`, json: null, success: false },
    { status_code: 200, json: { found: ctx.nonce }, url: `${server.url}/found`, success: true },
  ]);
  const [unreachable, silence] = [refused, slow].map(({ result }) => (result as { error: string }).error);
  expect(unreachable).toMatch(/connect/i);
  expect(unreachable).not.toMatch(/time/i);
  expect(silence).toMatch(/time/i);
  expect(silence).not.toMatch(/connect/i);
  expect(durationMs(recordedInterval(slow))).toBeGreaterThanOrEqual(SLOW_SECONDS * 1_000);
  const measured = await waited!;
  const limit = { what: 'the silent request', measured, nominal: SLOW_SECONDS * 1_000, margin: SLOW_MARGIN_MS };
  expectWithin(ctx.slackMs('run'), limit);
});
