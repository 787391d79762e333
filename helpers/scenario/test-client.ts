import type { Execution } from '../../contract/executions';
import { createClient, type Client } from '../client/client';
import type { RunFacts } from '../target/run-facts';
import { cancelAndWait } from './cancel-execution';
import type { Cleanup } from './cleanup';
import { asOwnClient } from './changes/run-changes';
import type { Steps } from './steps';

/** The client of one test. */
export interface TestClient {
  /** Its executions appear in the evidence and are cancelled after the test. */
  readonly client: Client;
  /** Executions that the test started, oldest first. */
  readonly rootExecutions: readonly number[];
  /** The slowest response so far, ms. */
  slowestResponseMs(): number;
  /** Responses so far. */
  requests(): number;
}

/** Opens the client of a test: notes its changes as steps, and its executions for the cleanup. */
export function openTestClient({ url, token }: RunFacts, steps: Steps, cleanup: Cleanup): TestClient {
  let slowestMs = 0;
  let requests = 0;
  const client = asOwnClient(
    createClient({
      baseUrl: url,
      token,
      observe: ({ method, path }, status, ms) => {
        slowestMs = Math.max(slowestMs, ms);
        requests++;
        if (method !== 'GET') steps.note(`${method} ${path} returned ${status} in ${ms.toFixed(0)} ms`);
      },
    }),
  );
  const rootExecutions: number[] = [];

  let cancellations: Promise<void>[] | null = null;
  const execute = async (...request: Parameters<Client['executions']['execute']>): Promise<Execution> => {
    const execution = await client.executions.execute(...request);
    const index = rootExecutions.push(execution.id) - 1;
    cleanup.defer(() => (cancellations ??= cancelAll(client, rootExecutions))[index]);
    return execution;
  };
  const tracked = asOwnClient({ ...client, executions: { ...client.executions, execute } });
  return { client: tracked, rootExecutions, slowestResponseMs: () => slowestMs, requests: () => requests };
}

/**
 * Cancels in parallel: one by one, the cancellations would exceed the time reserved for cleanup.
 */
const cancelAll = (client: Client, executions: readonly number[]): Promise<void>[] =>
  executions.map((id) => {
    const cancellation = cancelAndWait(client, id);
    cancellation.catch(() => undefined); // reported by its own release
    return cancellation;
  });
