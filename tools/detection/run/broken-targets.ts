import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Fault } from '../fault';
import { runClaims } from './run-claims';
import type { DetectionRun } from './detect-faults';

/** How many claims passed on a platform that does not work. */
export interface Score {
  readonly target: string;
  readonly passed: readonly string[];
  readonly claims: number;
  readonly seconds: number;
  /** Why the first claim did not pass. */
  readonly evidence: string;
}

/** It stores every request, but no execution, workflow, event or timer ever advances. */
const FROZEN: Fault = {
  id: 'frozen',
  promise: 'work that was requested advances',
  file: 'executor/start-executor.ts',
  within: 'startExecutor',
  find: 'const stopController = new AbortController();',
  replace: `const stopController = new AbortController();
  if (!stopController.signal.aborted) return { stop: () => Promise.resolve() };`,
  claims: [],
};

export const runBrokenTargets = async (run: DetectionRun): Promise<Score[]> => [
  await scoreNullPlatform(run),
  await scoreFrozenPlatform(run),
];

/** A server that accepts every request and stores nothing. */
async function scoreNullPlatform(run: DetectionRun): Promise<Score> {
  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return await score(run, 'null platform', { PLATFORM_URL: url });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isWrite = request.method !== 'GET';
  const body = isWrite ? await json(request).catch(() => null) : null;
  const token = { access_token: 'token', refresh_token: 'token', token_type: 'Bearer', expires_in: 3_600 };
  const row = { id: 1, ...(typeof body === 'object' ? body : {}), status: 'requested', ...token };
  const isList = !isWrite && !/\/\d+$/.test(request.url ?? '');
  const page = { page: 1, page_size: 50, total_items: 0, total_pages: 0 };
  response
    .writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ data: isList ? [] : row, pagination: page, status: 'ok' }));
}

async function scoreFrozenPlatform(run: DetectionRun): Promise<Score> {
  const restore = run.copies[0]!.apply([FROZEN]);
  try {
    return await score(run, 'frozen platform', {});
  } finally {
    restore();
  }
}

async function score(
  { copies, census, stop, reportProgress }: DetectionRun,
  target: string,
  variables: Readonly<Record<string, string>>,
): Promise<Score> {
  const { results, seconds } = await runClaims({ root: copies[0]!.root, claims: census, stop, variables });
  const passed = results.filter(({ outcome }) => outcome === 'green').map(({ claim }) => claim);
  reportProgress(`${target}: ${passed.length} of ${results.length} claims passed, ${seconds.toFixed(1)} s`);
  return { target, passed, claims: results.length, seconds, evidence: results[0]?.evidence ?? '' };
}
