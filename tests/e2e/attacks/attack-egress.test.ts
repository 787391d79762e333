// Spec: core.http_request reaches allowed addresses only, limits responses and leaks no secret.
import { gzipSync } from 'node:zlib';
import { executionToEnd, logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import {
  endlessSlowBody,
  startHostileServer,
  startRawServer,
  type RequestHandler,
  type HostileServer,
} from '../support/hostile-server';
import { startDnsServer, type DnsRecords } from '../support/dns-server';
import { until } from '../../../helpers/scenario/polling';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { MOCK_DNS_PORT } from '../../../helpers/target/start/suite-settings';
import { systemTest, systemTestNeeding } from '../support/system-test';

const { mockHost } = currentRunFacts();
type Execution = Awaited<ReturnType<Context['client']['executions']['get']>>;
type HttpParameters = NonNullable<Parameters<Context['client']['executions']['execute']>[0]['parameters']>;

const MIB = 1_024 * 1_024;
/** Requests to a name whose address changes with each query. */
const ROUNDS = 4;

/** Tests with mock servers need a target that is configured to connect to them. */
const systemTestWithMocks = systemTestNeeding('mocks.allowed');

async function runRequest(ctx: Context, parameters: HttpParameters, options: object = {}): Promise<Execution> {
  const { id } = await ctx.client.executions.execute({ action_ref: 'core.http_request', parameters, ...options });
  return until(executionToEnd(ctx.client, id), ctx.deadline);
}

/** The error code of a failed request; otherwise the status of execution and response. */
function outcomeOf({ status, result }: Execution): string {
  const { error, data } = result as { error?: string; data?: { status_code?: number } };
  return status === 'failed' ? (error ?? '').split(':')[0]! : `${status} ${data?.status_code ?? '?'}`;
}

const dataOf = ({ result }: Execution): HttpParameters => (result as { data: HttpParameters }).data;

async function startServer(
  ctx: Context,
  handler: RequestHandler,
  host = mockHost,
  secure = false,
): Promise<HostileServer> {
  const server = await startHostileServer(host, handler, secure);
  ctx.defer(() => server.close());
  return server;
}
const respondReached: RequestHandler = (_, response) => response.end('reached');
const redirectTo =
  (location: string): RequestHandler =>
  (_, response) =>
    response.writeHead(302, { location }).end();

/** A server on an address that must not be reached. */
async function startTrap(ctx: Context): Promise<HostileServer> {
  const server = await startRawServer('127.0.0.1', (socket) => socket.destroy());
  ctx.defer(() => server.close());
  return server;
}

systemTest('SS-01 an internal address is rejected in every notation', 60, async (ctx) => {
  const trap = await startTrap(ctx);
  const hosts = [
      '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.1.', '127.8.8.8',
      'localhost', 'LOCALHOST.', 'a.localhost', 'good.example@127.0.0.1', '%31%32%37.0.0.1', '１２７.0.0.1',
      '0.0.0.0', '0', '[::]', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]', '[fe80::1%25lo]', '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.1.1',
      '224.0.0.1', '255.255.255.255', '[fc00::1]', '[ff02::1]', '169.254.169.254', '[fd00:ec2::254]', '100.100.100.200',
      'metadata.google.internal', 'metadata', 'instance-data',
    ]; // oxfmt-ignore
  const apiPort = new URL(ctx.facts.url).port;
  const urls = [...hosts.map((host) => `http://${host}:${trap.port}/`), `http://127.0.0.1:${apiPort}/health`];
  const schemes = ['file:///etc/passwd', 'gopher://127.0.0.1:1/', 'data:text/plain,x', `ftp://127.0.0.1:${trap.port}/`];

  const outcomes = await Promise.all(
    [...urls, ...schemes].map(async (url) => [url, outcomeOf(await runRequest(ctx, { url }))]),
  );

  expect(outcomes.filter(([, outcome]) => outcome !== 'EGRESS_BLOCKED')).toEqual([]);
  expect(trap.connections()).toBe(0);
});

systemTestWithMocks('SS-02 every redirect is checked like the first request', async (ctx) => {
  const trap = await startTrap(ctx);
  const targets = [
    trap.url,
    `http://localhost:${trap.port}/`,
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'gopher://x/',
    'data:,x',
  ];
  const servers = await Promise.all(targets.map((target) => startServer(ctx, redirectTo(target))));

  const executions = await Promise.all(servers.map(({ url }) => runRequest(ctx, { url })));

  expect(executions.map(outcomeOf)).toEqual(targets.map(() => 'EGRESS_BLOCKED'));
  expect(servers.map(({ received }) => received.length)).toEqual(targets.map(() => 1));
  expect(trap.connections()).toBe(0);
});

systemTestWithMocks('SS-02 ten redirects are followed and eleven exceed the limit', async (ctx) => {
  const chain: RequestHandler = ({ path }, response) => {
    const remaining = Number(path.slice(1));
    if (remaining === 0) response.end('reached');
    else response.writeHead(302, { location: `/${remaining - 1}` }).end();
  };
  const server = await startServer(ctx, chain);

  const [ten, eleven, none] = await Promise.all([
    runRequest(ctx, { url: `${server.url}/10` }),
    runRequest(ctx, { url: `${server.url}/11` }),
    runRequest(ctx, { url: `${server.url}/1`, follow_redirects: false }),
  ]);

  expect([outcomeOf(ten), outcomeOf(eleven), outcomeOf(none)]).toEqual([
    'completed 200',
    'REDIRECT_LIMIT',
    'completed 302',
  ]);
  expect(dataOf(ten)).toMatchObject({ body: 'reached', url: `${server.url}/0` });
});

systemTestWithMocks('SS-02 a redirect to another origin drops the credentials', async (ctx) => {
  const other = await startServer(ctx, respondReached);
  const redirect: RequestHandler = ({ path }, response) => {
    if (path === '/here') response.writeHead(307, { location: '/same' }).end();
    else if (path === '/away') response.writeHead(307, { location: `${other.url}/other` }).end();
    else response.end('same');
  };
  const first = await startServer(ctx, redirect);
  const request = {
    method: 'POST',
    body: 'the body',
    auth_type: 'bearer',
    auth_token: 'a-token-of-mine',
    headers: { cookie: 'session=1', 'x-api-key': 'k', 'x-plain': 'p' },
  };

  await Promise.all([
    runRequest(ctx, { url: `${first.url}/here`, ...request }),
    runRequest(ctx, { url: `${first.url}/away`, ...request }),
  ]);

  const same = first.received.find(({ path }) => path === '/same');
  expect(same).toMatchObject({
    method: 'POST',
    body: 'the body',
    headers: { authorization: 'Bearer a-token-of-mine' },
  });
  const [away] = other.received;
  expect(away).toMatchObject({ method: 'POST', body: 'the body', headers: { 'x-plain': 'p' } });
  expect(Object.keys(away!.headers).filter((name) => /auth|cookie|key/.test(name))).toEqual([]);
});

systemTestWithMocks('SS-03 a name is resolved once, and only that address is connected to', 60, async (ctx) => {
  const trap = await startTrap(ctx);
  const server = await startServer(ctx, respondReached);
  const records: DnsRecords = {
    'rebind.test': (queryIndex) => [queryIndex % 2 === 0 ? mockHost : '127.0.0.1'],
    'mixed.test': () => [mockHost, '127.0.0.1'],
    'inside.test': () => ['127.0.0.1'],
  };
  const dns = await startDnsServer(mockHost, MOCK_DNS_PORT, records);
  ctx.defer(() => dns.close());
  const proxies = Object.fromEntries(['http_proxy', 'HTTP_PROXY', 'ALL_PROXY'].map((name) => [name, trap.url]));
  const options = { NODE_USE_ENV_PROXY: '1', NODE_OPTIONS: '--require /nowhere.js' };

  const rounds: string[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const url = `http://rebind.test:${server.port}/`;
    rounds.push([
      outcomeOf(await runRequest(ctx, { url }, { env_vars: { ...proxies, ...options } })),
      outcomeOf(await runRequest(ctx, { url })),
    ]);
  }
  const mixed = await runRequest(ctx, { url: `http://mixed.test:${trap.port}/` });
  const inside = await runRequest(ctx, { url: `http://inside.test:${trap.port}/` });

  expect(rounds).toEqual(Array(ROUNDS).fill(['completed 200', 'EGRESS_BLOCKED']));
  expect([outcomeOf(mixed), outcomeOf(inside)]).toEqual(['EGRESS_BLOCKED', 'EGRESS_BLOCKED']);
  expect([dns.queryCount('rebind.test'), server.received.length, trap.connections()]).toEqual([2 * ROUNDS, ROUNDS, 0]);
});

systemTestWithMocks('SS-04 an endless, slow or decompressing response hits its limit', async (ctx) => {
  const endless = await startServer(ctx, (_, response) => {
    const writeMore = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', writeMore);
    writeMore();
  });
  const slow = await startServer(ctx, endlessSlowBody);
  const silent = await startRawServer(mockHost, () => undefined);
  ctx.defer(() => silent.close());
  const compressed = gzipSync(Buffer.alloc(100 * MIB));
  const inflated = await startServer(ctx, (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed),
  );
  const headers = await startRawServer(mockHost, (socket) => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `x-${n}: ${n}\r\n`);
    socket.end(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`);
  });
  ctx.defer(() => headers.close());

  const executions = await Promise.all([
    runRequest(ctx, { url: endless.url }),
    runRequest(ctx, { url: slow.url, timeout: 1 }),
    runRequest(ctx, { url: silent.url, timeout: 1 }),
    runRequest(ctx, { url: inflated.url }),
    runRequest(ctx, { url: headers.url }),
  ]);

  expect(executions.map(outcomeOf)).toEqual([
    'RESPONSE_LIMIT',
    'TIMEOUT',
    'TIMEOUT',
    'RESPONSE_LIMIT',
    'RESPONSE_LIMIT',
  ]);
});

systemTestWithMocks('SS-04 an untrusted certificate and a closed connection have error codes', async (ctx) => {
  const unknown = await startServer(ctx, respondReached, mockHost, true);
  const cut = await startRawServer(mockHost, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart');
    socket.once('data', () => socket.destroy());
  });
  ctx.defer(() => cut.close());
  const closed = await startRawServer(mockHost, () => undefined);
  await closed.close();

  const executions = await Promise.all([
    runRequest(ctx, { url: unknown.url }),
    runRequest(ctx, { url: unknown.url, verify_ssl: false }),
    runRequest(ctx, { url: cut.url }),
    runRequest(ctx, { url: closed.url }),
  ]);

  expect(executions.map(outcomeOf)).toEqual(['TLS', 'completed 200', 'CONNECTION', 'CONNECTION']);
});

systemTestWithMocks('SS-04 a header with a line break or framing is rejected', async (ctx) => {
  const server = await startServer(ctx, ({ path }, response) => response.writeHead(Number(path.slice(1))).end('body'));
  const headers: HttpParameters[] = [
    { 'x-a': 'b\r\nx-c: d' },
    { 'x-a\r\nx-c': 'd' },
    { 'transfer-encoding': 'chunked' },
  ];

  const invalid = await Promise.all(
    headers.map((given) => runRequest(ctx, { url: `${server.url}/200`, headers: given })),
  );
  const responses = await Promise.all([404, 500].map((status) => runRequest(ctx, { url: `${server.url}/${status}` })));

  expect(invalid.map(outcomeOf)).toEqual(headers.map(() => 'HEADER_INVALID'));
  expect(responses.map(outcomeOf)).toEqual(['completed 404', 'completed 500']);
  expect(responses.map((response) => dataOf(response).success)).toEqual([false, false]);
  expect(server.received.length).toBe(2);
});

systemTestWithMocks('SS-04 credentials reach the server and no result or log', async (ctx) => {
  const server = await startServer(ctx, (request, response) => response.end(JSON.stringify(request.headers)));
  const password = `p-${ctx.nonce}`;
  const token = `t-${ctx.nonce}`;

  const executions = await Promise.all([
    runRequest(ctx, { url: server.url, auth_type: 'basic', auth_username: 'me', auth_password: password }),
    runRequest(ctx, { url: server.url, auth_type: 'bearer', auth_token: token }),
    runRequest(ctx, { url: 'http://127.0.0.1:1/', auth_type: 'bearer', auth_token: token }),
  ]);

  const basic = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
  expect(server.received.map(({ headers }) => headers.authorization).sort()).toEqual([basic, `Bearer ${token}`]);
  const logs = await Promise.all(executions.map(({ id }) => until(logToEnd(ctx.client, id), ctx.deadline)));
  const output = JSON.stringify([executions, logs]);
  expect([password, token, basic.slice('Basic '.length)].filter((secret) => output.includes(secret))).toEqual([]);
  expect(executions.map(outcomeOf)).toEqual(['completed 200', 'completed 200', 'EGRESS_BLOCKED']);
});
