// Spec: core.http_request reaches what it may and nothing else, believes no answer, and tells nobody who asks.
import { gzipSync } from 'node:zlib';
import { executionToEnd } from '../../../helpers/conditions';
import type { Context } from '../../../helpers/context';
import { dripping, startHostile, startRaw, type Answer, type HostileServer } from '../../../helpers/hostile-http';
import { startNameServer, type Names } from '../../../helpers/name-server';
import { until } from '../../../helpers/polling';
import { currentRun } from '../../../helpers/run';
import { MOCK_DNS_PORT } from '../../../helpers/started-platform';
import { trial, trialIf } from '../../../helpers/trial';

const { mockHost, capabilities } = currentRun();
type Ended = Awaited<ReturnType<Context['client']['executions']['get']>>;
type Given = NonNullable<Parameters<Context['client']['executions']['execute']>[0]['parameters']>;

const MIB = 1_024 * 1_024;
/** Of a name that changes its mind each time. */
const ROUNDS = 4;

/** They need servers that the target may ask; and it has to be told which. */
const reaching = trialIf(Object.hasOwn(capabilities, 'mocks.allowed'));

async function ask(ctx: Context, parameters: Given, more: object = {}): Promise<Ended> {
  const { id } = await ctx.client.executions.execute({ action_ref: 'core.http_request', parameters, ...more });
  return until(executionToEnd(ctx.client, id), ctx.deadline);
}

/** The first word of a failure; the status of what came back otherwise. */
function wordOf({ status, result }: Ended): string {
  const { error, data } = result as { error?: string; data?: { status_code?: number } };
  return status === 'failed' ? (error ?? '').split(':')[0]! : `${status} ${data?.status_code ?? '?'}`;
}

const dataOf = ({ result }: Ended): Given => (result as { data: Given }).data;

async function serving(ctx: Context, answer: Answer, host = mockHost, secure = false): Promise<HostileServer> {
  const server = await startHostile(host, answer, secure);
  ctx.defer(() => server.close());
  return server;
}
const ok: Answer = (_, response) => response.end('reached');
const to =
  (location: string, status = 302): Answer =>
  (_, response) =>
    response.writeHead(status, { location }).end();

/** Listens where no request may ever come. */
async function canary(ctx: Context): Promise<HostileServer> {
  const server = await startRaw('127.0.0.1', (socket) => socket.destroy());
  ctx.defer(() => server.close());
  return server;
}

trial(
  'SS-01 an address inside is refused before a connection, however it is spelt',
  async (ctx) => {
    const trap = await canary(ctx);
    const hosts = [
      '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.1.', '127.8.8.8',
      'localhost', 'LOCALHOST.', 'a.localhost', 'good.example@127.0.0.1', '%31%32%37.0.0.1', '１２７.0.0.1',
      '0.0.0.0', '0', '[::]', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]', '[fe80::1%25lo]', '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.1.1',
      '224.0.0.1', '255.255.255.255', '[fc00::1]', '[ff02::1]', '169.254.169.254', '[fd00:ec2::254]', '100.100.100.200',
      'metadata.google.internal', 'metadata', 'instance-data',
    ]; // prettier-ignore
    const own = new URL(ctx.facts.url).port;
    const urls = [...hosts.map((host) => `http://${host}:${trap.port}/`), `http://127.0.0.1:${own}/health`];
    const schemes = [
      'file:///etc/passwd',
      'gopher://127.0.0.1:1/',
      'data:text/plain,x',
      `ftp://127.0.0.1:${trap.port}/`,
    ];

    const words = await Promise.all([...urls, ...schemes].map(async (url) => [url, wordOf(await ask(ctx, { url }))]));

    expect(words.filter(([, word]) => word !== 'EGRESS_BLOCKED')).toEqual([]);
    expect(trap.connections()).toBe(0);
  },
  60,
);

reaching('SS-02 each hop is checked like the first, and so are schemes', async (ctx) => {
  const trap = await canary(ctx);
  const targets = [
    trap.url,
    `http://localhost:${trap.port}/`,
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'gopher://x/',
    'data:,x',
  ];
  const servers = await Promise.all(targets.map((target) => serving(ctx, to(target))));

  const ends = await Promise.all(servers.map(({ url }) => ask(ctx, { url })));

  expect(ends.map(wordOf)).toEqual(targets.map(() => 'EGRESS_BLOCKED'));
  expect(servers.map(({ asked }) => asked.length)).toEqual(targets.map(() => 1));
  expect(trap.connections()).toBe(0);
});

reaching('SS-02 ten redirects are followed and eleven are too many', async (ctx) => {
  const chain: Answer = ({ path }, response) => {
    const left = Number(path.slice(1));
    if (left === 0) response.end('there');
    else response.writeHead(302, { location: `/${left - 1}` }).end();
  };
  const server = await serving(ctx, chain);

  const [ten, eleven, none] = await Promise.all([
    ask(ctx, { url: `${server.url}/10` }),
    ask(ctx, { url: `${server.url}/11` }),
    ask(ctx, { url: `${server.url}/1`, follow_redirects: false }),
  ]);

  expect([wordOf(ten), wordOf(eleven), wordOf(none)]).toEqual(['completed 200', 'REDIRECT_LIMIT', 'completed 302']);
  expect(dataOf(ten)).toMatchObject({ body: 'there', url: `${server.url}/0` });
});

reaching('SS-02 credentials stay with the origin they were given for, and a 307 keeps method and body', async (ctx) => {
  const other = await serving(ctx, ok);
  const back: Answer = ({ path }, response) => {
    if (path === '/here') response.writeHead(307, { location: '/same' }).end();
    else if (path === '/away') response.writeHead(307, { location: `${other.url}/other` }).end();
    else response.end('same');
  };
  const first = await serving(ctx, back);
  const request = {
    method: 'POST',
    body: 'the body',
    auth_type: 'bearer',
    auth_token: 'a-token-of-mine',
    headers: { cookie: 'session=1', 'x-api-key': 'k', 'x-plain': 'p' },
  };

  await Promise.all([
    ask(ctx, { url: `${first.url}/here`, ...request }),
    ask(ctx, { url: `${first.url}/away`, ...request }),
  ]);

  const same = first.asked.find(({ path }) => path === '/same');
  expect(same).toMatchObject({
    method: 'POST',
    body: 'the body',
    headers: { authorization: 'Bearer a-token-of-mine' },
  });
  const [away] = other.asked;
  expect(away).toMatchObject({ method: 'POST', body: 'the body', headers: { 'x-plain': 'p' } });
  expect(Object.keys(away!.headers).filter((name) => /auth|cookie|key/.test(name))).toEqual([]);
});

reaching(
  'SS-03 a name is asked for once, and only what it answered is connected to',
  async (ctx) => {
    const trap = await canary(ctx);
    const server = await serving(ctx, ok);
    const names: Names = {
      'rebind.test': (question) => [question % 2 === 0 ? mockHost : '127.0.0.1'],
      'mixed.test': () => [mockHost, '127.0.0.1'],
      'inside.test': () => ['127.0.0.1'],
    };
    const dns = await startNameServer(mockHost, MOCK_DNS_PORT, names);
    ctx.defer(() => dns.close());
    const proxies = Object.fromEntries(['http_proxy', 'HTTP_PROXY', 'ALL_PROXY'].map((name) => [name, trap.url]));
    const options = { NODE_USE_ENV_PROXY: '1', NODE_OPTIONS: '--require /nowhere.js' };

    const rounds: string[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const url = `http://rebind.test:${server.port}/`;
      rounds.push([
        wordOf(await ask(ctx, { url }, { env_vars: { ...proxies, ...options } })),
        wordOf(await ask(ctx, { url })),
      ]);
    }
    const mixed = await ask(ctx, { url: `http://mixed.test:${trap.port}/` });
    const inside = await ask(ctx, { url: `http://inside.test:${trap.port}/` });

    expect(rounds).toEqual(Array(ROUNDS).fill(['completed 200', 'EGRESS_BLOCKED']));
    expect([wordOf(mixed), wordOf(inside)]).toEqual(['EGRESS_BLOCKED', 'EGRESS_BLOCKED']);
    expect([dns.asked('rebind.test'), server.asked.length, trap.connections()]).toEqual([2 * ROUNDS, ROUNDS, 0]);
  },
  60,
);

reaching('SS-04 an answer without end, too slow, or larger than it looks is not taken', async (ctx) => {
  const endless = await serving(ctx, (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const slow = await serving(ctx, dripping);
  const silent = await startRaw(mockHost, () => undefined);
  ctx.defer(() => silent.close());
  const bomb = gzipSync(Buffer.alloc(100 * MIB));
  const inflated = await serving(ctx, (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  );
  const headers = await startRaw(mockHost, (socket) => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `x-${n}: ${n}\r\n`);
    socket.end(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`);
  });
  ctx.defer(() => headers.close());

  const ends = await Promise.all([
    ask(ctx, { url: endless.url }),
    ask(ctx, { url: slow.url, timeout: 1 }),
    ask(ctx, { url: silent.url, timeout: 1 }),
    ask(ctx, { url: inflated.url }),
    ask(ctx, { url: headers.url }),
  ]);

  expect(ends.map(wordOf)).toEqual(['RESPONSE_LIMIT', 'TIMEOUT', 'TIMEOUT', 'RESPONSE_LIMIT', 'RESPONSE_LIMIT']);
});

reaching(
  'SS-04 a certificate that nobody vouches for and a cut connection are failures by their names',
  async (ctx) => {
    const unknown = await serving(ctx, ok, mockHost, true);
    const cut = await startRaw(mockHost, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart');
      socket.once('data', () => socket.destroy());
    });
    ctx.defer(() => cut.close());
    const closed = await startRaw(mockHost, () => undefined);
    await closed.close();

    const ends = await Promise.all([
      ask(ctx, { url: unknown.url }),
      ask(ctx, { url: unknown.url, verify_ssl: false }),
      ask(ctx, { url: cut.url }),
      ask(ctx, { url: closed.url }),
    ]);

    expect(ends.map(wordOf)).toEqual(['TLS', 'completed 200', 'CONNECTION', 'CONNECTION']);
  },
);

reaching('SS-04 a header that holds another is not sent, and any status is an answer', async (ctx) => {
  const server = await serving(ctx, ({ path }, response) => response.writeHead(Number(path.slice(1))).end('said'));
  const headers: Given[] = [{ 'x-a': 'b\r\nx-c: d' }, { 'x-a\r\nx-c': 'd' }, { 'transfer-encoding': 'chunked' }];

  const split = await Promise.all(headers.map((given) => ask(ctx, { url: `${server.url}/200`, headers: given })));
  const answers = await Promise.all([404, 500].map((status) => ask(ctx, { url: `${server.url}/${status}` })));

  expect(split.map(wordOf)).toEqual(headers.map(() => 'HEADER_INVALID'));
  expect(answers.map(wordOf)).toEqual(['completed 404', 'completed 500']);
  expect(answers.map((answer) => dataOf(answer).success)).toEqual([false, false]);
  expect(server.asked.length).toBe(2);
});

reaching('SS-04 what proves who asks is heard by the server and by nobody else', async (ctx) => {
  const server = await serving(ctx, (asked, response) => response.end(JSON.stringify(asked.headers)));
  const password = `p-${ctx.nonce}`;
  const token = `t-${ctx.nonce}`;

  const ends = await Promise.all([
    ask(ctx, { url: server.url, auth_type: 'basic', auth_username: 'me', auth_password: password }),
    ask(ctx, { url: server.url, auth_type: 'bearer', auth_token: token }),
    ask(ctx, { url: 'http://127.0.0.1:1/', auth_type: 'bearer', auth_token: token }),
  ]);

  const basic = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
  expect(server.asked.map((one) => one.headers.authorization).sort()).toEqual([basic, `Bearer ${token}`]);
  const logs = await Promise.all(ends.map(({ id }) => ctx.client.executions.log(id)));
  const seen = JSON.stringify([ends, logs]);
  expect([password, token, basic.slice('Basic '.length)].filter((secret) => seen.includes(secret))).toEqual([]);
  expect(ends.map(wordOf)).toEqual(['completed 200', 'completed 200', 'EGRESS_BLOCKED']);
});
