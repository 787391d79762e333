import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextCheckPhase, setTimeout as sleep } from 'node:timers/promises';
import type { ApiError } from '../../../helpers/errors';
import { sendCall } from '../../../helpers/client/send-call';

/** Answers `/later` after 100 ms, and nothing else. Prints its port. */
const SERVER = `
const { createServer } = require('node:http');
const server = createServer(({ url }, response) => url === '/later' && setTimeout(() => response.end('{}'), 100));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
const TIMEOUT_MS = 300;

let server: ChildProcess;
let baseUrl: string;
beforeAll(async () => {
  server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout!, 'data')) as [Buffer];
  baseUrl = `http://127.0.0.1:${port.toString().trim()}`;
});
afterAll(() => server.kill());

const send = (path: string) => sendCall({ baseUrl }, { method: 'GET', path, root: true, timeoutMs: TIMEOUT_MS });

function holdProcess(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

test('a response that arrived while this process did not run is read', async () => {
  const response = send('/later');
  await sleep(30); // the request is sent
  await nextCheckPhase(); // the event loop fires timers next, and reads after them
  holdProcess(2 * TIMEOUT_MS);

  expect((await response).status).toBe(200);
});

test('a response that never arrives is waited for until the timeout', async () => {
  const startedAt = performance.now();

  const error: unknown = await send('/never').catch((reason: unknown) => reason);

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(TIMEOUT_MS);
  expect(error).toMatchObject({ code: 'ECONNABORTED', status: 0 } satisfies Partial<ApiError>);
  expect((error as ApiError).message).toContain(`no response within ${TIMEOUT_MS} ms`);
});
