// Spec: core.http_request sends exactly the described request, once, and returns the whole reply.
import type { ServerResponse } from 'node:http';
import {
  sendJson,
  type MockHttpServer,
  type RecordedRequest,
  type Responder,
} from '../../../helpers/fixtures/mock-http-server';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, logToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { closedUrl, startServer } from '../../../helpers/scenario/resources/mock-server';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { createPackKey } from '../../../helpers/scenario/resources/stored-keys';
import { runActionToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['runners.http', 'mocks.allowed', 'executions.intervals'];

const HTTP_ACTION = 'core.http_request';

/** Executes the action to its end, in whatever status. */
const send = (ctx: Context, parameters: Parameters) => runActionToEnd(ctx, HTTP_ACTION, { parameters });

type Reply = { status_code?: number; headers?: Record<string, string>; [name: string]: unknown };

/** The output of an execution that sent a request. */
const replyOf = ({ result }: { result: unknown }): Reply => (result as { data: Reply }).data;

/** The server received `n` requests, and none follows the end of the execution. */
const expectRequests = (ctx: Context, { requests }: MockHttpServer, n: number, { id, status }: Execution) =>
  stays(() => requests.length, n, executionToBe(status, ctx.client, id), ctx.quietMs, ctx.deadline);
type Execution = Awaited<ReturnType<typeof send>>;

/** What a request says before its body, and its body. */
const contentOf = ({ method, path, headers, body }: RecordedRequest) => {
  const { pathname, searchParams } = new URL(path, 'http://server');
  return { method, pathname, query: [...searchParams], nonce: headers['x-nonce'], body };
};

claim('T3.18a', NEEDS, 'one GET has the given headers and query, and its reply is whole', async (ctx) => {
  const document = { items: [1, { deep: null }], nonce: ctx.nonce };
  const server = await startServer(ctx, (_, response) => sendJson(response.setHeader('x-reply', ctx.nonce), document));
  const [url, headers] = [`${server.url}/items?fixed=1`, { 'X-Nonce': ctx.nonce }];

  const ended = await send(ctx, { url, headers, query_params: { name: 'a b&c=d', page: 2, of: ['a', 'b', 3] } });

  await expectRequests(ctx, server, 1, ended);
  const query = [['fixed', '1'], ['name', 'a b&c=d'], ['page', '2'], ...['a', 'b', '3'].map((each) => ['of', each])];
  const expected = { method: 'GET', pathname: '/items', query, nonce: ctx.nonce, body: '' };
  expect(contentOf(server.requests[0]!)).toEqual(expected);
  expect(ended.status).toBe('completed');
  const reply = replyOf(ended);
  expect(reply).toMatchObject({ status_code: 200, body: JSON.stringify(document), json: document, success: true });
  expect(reply.headers).toMatchObject({ 'x-reply': ctx.nonce, 'content-type': 'application/json' });
});

/** Values that quoting, escaping and rounding damage. */
const HARD_DOCUMENT = {
  texts: ['naïve 🦊 שלום', 'it\'s "quoted"', 'line\nbreak\t\\ $(id) `id` ${x} %s', ''],
  numbers: [0, -1.5, Number.MAX_SAFE_INTEGER],
  others: { none: null, no: false, nested: [[], {}] },
};
const HARD_TEXT = 'a=1&b="2"\n€ $HOME';

/** Method, type and stated length of each request that the server received. */
const bodyHeadersOf = ({ requests }: MockHttpServer) =>
  requests.map(({ method, headers }) => ({
    method,
    type: headers['content-type']?.split(';')[0],
    length: headers['content-length'],
  }));

claim('T3.18b', NEEDS, 'a body is sent unchanged, with its type and length', async (ctx) => {
  const server = await startServer(ctx, (_, response) => sendJson(response, { created: ctx.nonce }, 201));
  const { url } = server;
  const headers = { 'content-type': 'text/x-own' };

  const ended = await send(ctx, { url, method: 'POST', json_body: HARD_DOCUMENT });
  const second = await send(ctx, { url, method: 'PUT', body: HARD_TEXT, headers });

  await expectRequests(ctx, server, 2, second);
  const [json, plain] = server.requests.map(({ body }) => body);
  expect(JSON.parse(json!)).toStrictEqual(HARD_DOCUMENT);
  expect(plain).toBe(HARD_TEXT);
  expect(bodyHeadersOf(server)).toEqual([
    { method: 'POST', type: 'application/json', length: String(Buffer.byteLength(json!)) },
    { method: 'PUT', type: 'text/x-own', length: String(Buffer.byteLength(HARD_TEXT)) },
  ]);
  expect([ended.status, second.status]).toEqual(['completed', 'completed']);
  const created = { status_code: 201, json: { created: ctx.nonce }, success: true };
  expect([ended, second].map(replyOf)).toMatchObject([created, created]);
});

const SECRETS = [...NEEDS, 'keys.encryption', 'workflows.keystore'];

/** A server that accepts this bearer token alone, and leads from one path to another server. */
const startGuardedServer = (ctx: Context, token: string, other: MockHttpServer): Promise<MockHttpServer> =>
  startServer(ctx, ({ headers, path }, response) => {
    const isKnown = headers.authorization === `Bearer ${token}`;
    if (path === '/moved') response.writeHead(307, { location: `${other.url}/found` }).end();
    else sendJson(response, { known: isKnown }, isKnown ? 200 : 401);
  });

/** Headers that carry credentials, and one that does not. */
const credentials = (secret: string) => ({
  Cookie: secret,
  'X-Api-Key': secret,
  'X-Signature': secret,
  'X-Plain': 'p',
});

claim('T3.18c', SECRETS, 'a stored credential reaches the server and appears nowhere else', async (ctx) => {
  const secret = `${ctx.nonce}-secret`;
  const other = await startServer(ctx, (_, response) => sendJson(response, {}));
  const server = await startGuardedServer(ctx, secret, other);
  await createPackKey(ctx, await ctx.ownPack(), 'token', secret);
  const url = `${server.url}/${ctx.name('path')}`;
  const input = { url, auth_type: 'bearer', auth_token: '{{ keystore.token }}' };

  const anonymous = await send(ctx, { url });
  const id = await startWorkflow(ctx, [{ name: 'only', action: HTTP_ACTION, input }]);
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  await expectRequests(ctx, server, 2, root);
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, `Bearer ${secret}`]);
  const child = await childOf(ctx, id, 'only');
  expect([anonymous, child].map(replyOf)).toMatchObject([
    { status_code: 401, json: { known: false }, success: false },
    { status_code: 200, json: { known: true }, success: true },
  ]);
  expectHidden(secret, url, child, { stdout: await outputOf(ctx, child.id, 'stdout') });
  expectHidden(secret, HTTP_ACTION, { summaries: await ctx.client.executions.children(id) });
  await send(ctx, { ...input, url: `${server.url}/moved`, auth_token: secret, headers: credentials(secret) });
  expectHidden(secret, 'x-plain', { headers: other.requests[0]!.headers });
  if (!ctx.canProve('executions.log')) return;
  expectHidden(secret, 'AGENT_RESPONSE', await until(logToEnd(ctx.client, id), ctx.deadline));
});

/** Responds by the path: with an error, or with a redirect to `/found`. */
const respondByPath =
  ({ nonce }: Context): Responder =>
  ({ path }, response) => {
    if (path === '/missing') sendJson(response, { missing: nonce }, 404);
    else if (path === '/broken') response.writeHead(500).end(`broken ${nonce}`);
    else if (path === '/moved') response.writeHead(302, { location: '/found' }).end();
    else sendJson(response, { found: nonce });
  };

const errorOf = ({ result }: { result: unknown }): string => (result as { error: string }).error;

claim('T3.18d', NEEDS, 'error, refused connection and redirect have own outcomes', async (ctx) => {
  const server = await startServer(ctx, respondByPath(ctx));
  const post = (path: string) => send(ctx, { url: server.url + path, method: 'POST', json_body: {} });

  const [missing, broken, moved, refused] = await Promise.all([
    post('/missing'),
    post('/broken'),
    send(ctx, { url: `${server.url}/moved` }),
    send(ctx, { url: await closedUrl(ctx) }),
  ]);

  await expectRequests(ctx, server, 4, moved);
  expect(server.requests.map(({ path }) => path).sort()).toEqual(['/broken', '/found', '/missing', '/moved']);
  const redirects = [{ status: 302, url: `${server.url}/moved` }];
  const onError = ctx.facts.choices.httpErrorStatus;
  const statuses = [missing, broken, moved, refused].map(({ status }) => status);
  expect(statuses).toEqual([onError, onError, 'completed', 'failed']);
  expect([missing, broken, moved].map(replyOf)).toMatchObject([
    { status_code: 404, json: { missing: ctx.nonce }, success: false },
    { status_code: 500, body: `broken ${ctx.nonce}`, json: null, success: false },
    { status_code: 200, json: { found: ctx.nonce }, url: `${server.url}/found`, success: true, redirects },
  ]);
  expect(errorOf(refused)).toMatch(/connect/i);
  expect(errorOf(refused)).not.toMatch(/time/i);
});

type Redirect = readonly [status: number, method: string, next: readonly [method: string, body: boolean]];

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

/** Methods whose requests have no body here: no redirect changes them. */
const WITHOUT_BODY = ['GET', 'HEAD'];

/** Redirects: the method of the next request, and whether it has a body. */
const REDIRECTS: readonly Redirect[] = [
  ...REDIRECT_STATUSES.flatMap((status) => WITHOUT_BODY.map((method): Redirect => [status, method, [method, false]])),
  [301, 'POST', ['GET', false]],
  [302, 'POST', ['GET', false]],
  [303, 'POST', ['GET', false]],
  [303, 'PUT', ['GET', false]],
  [303, 'PATCH', ['GET', false]],
  [303, 'DELETE', ['GET', false]],
  [307, 'POST', ['POST', true]],
  [307, 'PUT', ['PUT', true]],
  [307, 'PATCH', ['PATCH', true]],
  [307, 'DELETE', ['DELETE', true]],
  [308, 'POST', ['POST', true]],
  [308, 'PUT', ['PUT', true]],
  [308, 'PATCH', ['PATCH', true]],
  [308, 'DELETE', ['DELETE', true]],
];

claim('T3.18f', NEEDS, 'each redirect leads on with its method, and with its body or without', async (ctx) => {
  const server = await startServer(ctx, ({ path }, response) => {
    const [, status] = /^\/from\/(\d+)/.exec(path) ?? [];
    if (status === undefined) return sendJson(response, {});
    response.writeHead(Number(status), { location: path.replace('from', 'to') }).end();
  });

  const ended = await Promise.all(
    REDIRECTS.map(([status, method]) => {
      const json_body = WITHOUT_BODY.includes(method) ? null : { nonce: ctx.nonce };
      return send(ctx, { url: `${server.url}/from/${status}/${method}`, method, json_body });
    }),
  );

  const body = JSON.stringify({ nonce: ctx.nonce });
  const led = server.requests.filter(({ path }) => path.startsWith('/to/'));
  const contents = led.map(({ path, method, body: sent, headers }) => [path, method, sent, headers['content-type']]);
  expect(contents.sort()).toEqual(
    REDIRECTS.map(([status, method, [next, keeps]]) => [
      `/to/${status}/${method}`,
      next,
      ...(keeps ? [body, 'application/json'] : ['', undefined]),
    ]).sort(),
  );
  expect(server.requests).toHaveLength(2 * REDIRECTS.length);
  expect(ended.map(replyOf)).toMatchObject(
    REDIRECTS.map(([status, method]) => ({
      status_code: 200,
      url: `${server.url}/to/${status}/${method}`,
      redirects: [{ status, url: `${server.url}/from/${status}/${method}` }],
    })),
  );
});

/** Limit of the request to the silent server, seconds; without it a request has 30. */
const SLOW_SECONDS = 1;

claim('T3.18e', NEEDS, 'a request to a silent server fails at its limit', async (ctx) => {
  const silent = new Map<string, ServerResponse>();
  const server = await startServer(ctx, ({ path }, response) => void silent.set(path, response));
  const toWait = predicateToHold('a request to wait', () => silent.has('/other'));
  ctx.plan(SLOW_SECONDS * 1_000);

  const waiting = send(ctx, { url: `${server.url}/other` });
  await until(toWait, ctx.deadline);
  const slow = await send(ctx, { url: `${server.url}/slow`, timeout: SLOW_SECONDS });
  await until(
    predicateToHold('its connection to end', () => silent.get('/slow')!.closed),
    ctx.deadline,
  );
  sendJson(silent.get('/other')!, {});
  const other = await waiting;

  await expectRequests(ctx, server, 2, slow);
  expect(slow.status).toBe('failed');
  expect(errorOf(slow)).toMatch(/time/i);
  expect(errorOf(slow)).not.toMatch(/connect/i);
  expect(durationMs(recordedInterval(slow))).toBeGreaterThanOrEqual(SLOW_SECONDS * 1_000);
  expect(other.status).toBe('completed'); // the limit of 30 s, which began before, had not ended
});
