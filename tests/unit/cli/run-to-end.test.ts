import timers from 'node:timers/promises';
import { runToEnd } from '../../../cli/verify/run-to-end';
import type { Client } from '../../../helpers/client/client';

const RUN = 7;
const TASK = 9;
const SECOND_MS = 1_000;

beforeEach(() => {
  jest.useFakeTimers();
  const sleep = (ms?: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  jest.spyOn(timers, 'setTimeout').mockImplementation(sleep);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A run on a stack without a worker. Its task is requested from second `taskAt` to `taskEnd`. */
function clientOf({ taskAt, taskEnd, end }: { taskAt: number; taskEnd: number; end: number }): Client {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / SECOND_MS;
  const get = () => Promise.resolve({ id: RUN, status: seconds() < end ? 'running' : 'completed' });
  const waits = () => seconds() >= taskAt && seconds() < taskEnd;
  const task = () => ({ id: TASK, status: waits() ? 'requested' : 'completed', children: [] });
  const tree = () => Promise.resolve({ id: RUN, status: 'running', children: [task()] });
  const roles = { capabilities: { 'stack.roles': { roles: ['api', 'executor'] } } };
  return {
    executions: { get, tree },
    capabilities: { getOrNull: () => Promise.resolve(roles) },
    workers: { list: () => Promise.resolve([]) },
  } as unknown as Client;
}

/** How a wait ends, and after how many seconds. */
async function ending(client: Client): Promise<{ seconds: number; as: string }> {
  const start = performance.now();
  let as: string | null = null;
  void runToEnd(client, RUN).then(
    ({ status }) => (as = status),
    (error: unknown) => (as = (error as Error).message),
  );
  while (as === null) await jest.advanceTimersByTimeAsync(SECOND_MS / 20);
  return { seconds: Math.round((performance.now() - start) / SECOND_MS), as };
}

test('a task that waits is named after its own 10 s, however long its run has', async () => {
  const { seconds, as } = await ending(clientOf({ taskAt: 60, taskEnd: 500, end: 500 }));

  expect(as).toMatch(
    /^EXECUTION_NEVER_STARTED: execution 9 is still requested after 1[01] s; roles api, executor; missing worker$/,
  );
  expect([70, 71, 72]).toContain(seconds);
});

test('a run whose task has waited for less than 10 s goes on', async () => {
  expect(await ending(clientOf({ taskAt: 60, taskEnd: 69, end: 100 }))).toEqual({ seconds: 100, as: 'completed' });
});

test('a run that has not ended after 180 s is named', async () => {
  const { seconds, as } = await ending(clientOf({ taskAt: 500, taskEnd: 500, end: 500 }));

  expect([seconds, as]).toEqual([180, 'EXECUTION_NOT_ENDED: execution 7 is still running after 180 s']);
});
