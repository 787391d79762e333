import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../contract/json';
import { createClient } from '../../../helpers/client/client';
import { openProbeContext } from '../../../helpers/target/probes/open-probe-context';
import type { Probe, ProbeContext, ProbeTarget } from '../../../helpers/target/probes/probe-context';
import { runAll, type ProbeReport } from '../../../helpers/target/probes/run-probes';
import { testDirectory } from '../../test-directory';

/** The response of one route; null: the connection is closed without one. */
export type Reply = { readonly status?: number; readonly body: unknown } | null;

interface FakeRequest {
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** Routes such as `POST /rules/{ref}/disable`, below `/api/v1`. Any other route answers 404. */
export type FakeRoutes = Readonly<Record<string, (request: FakeRequest) => Reply>>;

/** Waits of the probes take this share of their time. */
const WAIT_SHARE = 0.1;
const NOT_FOUND = { status: 404, body: { error: 'no such route', code: 'NOT_FOUND' } };

/** What a probe reported about a fake platform. */
export interface FakeRun {
  readonly report: ProbeReport;
  /** `POST /rules/x/disable`, in order. */
  readonly requests: readonly string[];
}

/** Runs a probe against the routes, then its cleanup. */
export async function runAgainst(routes: (context: () => ProbeContext) => FakeRoutes, probe: Probe): Promise<FakeRun> {
  const requests: string[] = [];
  const directory = testDirectory();
  let context: ProbeContext | undefined;
  const table = routes(() => context!);
  const server = createServer((incoming, outgoing) => {
    void readBody(incoming).then((body) => {
      const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'http://fake');
      const path = pathname.replace('/api/v1', '');
      requests.push(`${incoming.method} ${path}`);
      const route = routeOf(table, `${incoming.method} ${path}`);
      const reply = route ? route({ query, body }) : NOT_FOUND;
      if (reply === null) incoming.socket.destroy();
      else outgoing.writeHead(reply.status ?? 200, JSON_TYPE).end(JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port } = server.address() as AddressInfo;
    const opened = openProbeContext(targetAt(`http://127.0.0.1:${port}`, directory), { pack: 'fake', actions: 'fake' });
    context = { ...opened.context, deadline: (ms = 8_000) => performance.now() + ms * WAIT_SHARE };
    const report: ProbeReport = { findings: {}, failures: [], leftovers: [] };
    await runAll({ ...opened, context }, [['probed', probe]], report);
    return { report, requests };
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

/** A part in braces is any part of a path. */
const routeOf = (routes: FakeRoutes, call: string) =>
  Object.entries(routes).find(([pattern]) => {
    const [expected, parts] = [pattern.split('/'), call.split('/')];
    return expected.length === parts.length && expected.every((part, n) => part.startsWith('{') || part === parts[n]);
  })?.[1];

const JSON_TYPE = { 'content-type': 'application/json' };

const targetAt = (baseUrl: string, directory: string): ProbeTarget => ({
  client: createClient({ baseUrl, token: 'token' }),
  baseUrl,
  directory,
  runName: 'unit',
  vendored: true,
  slotCount: 3,
  width: 4,
  databaseUrl: null,
  mockHost: '127.0.0.1',
  timerPickupMs: 0,
  notifier: { url: `${baseUrl.replace('http', 'ws')}/ws`, token: 'token' },
});

async function readBody(incoming: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as JsonObject);
}
