import { Type } from '@sinclair/typebox';
import type { Execution } from '../../contract/executions';
import type { Rule } from '../../contract/rules';
import type { Call } from '../client/call';
import { createClient, type Client } from '../client/client';
import { matches } from '../client/validate';
import { isOfSharedPack } from '../fixtures/shared-pack';
import type { RunFacts } from '../target/run-facts';
import { cancelAndWait } from './cancel-execution';
import type { Cleanup } from './cleanup';
import { asOwnClient } from './run-changes';
import type { ObservedRequest } from './sent-request';
import type { SentRequests } from './sent-requests';
import type { FileTenant } from './time/file-tenant';

/** The client of one test. */
export interface TestClient {
  /**
   * What it executes is in the evidence, and cancelled after the test; what its rules start is in
   * the evidence.
   */
  readonly client: Client;
  /** Executions that the test started, oldest first. */
  readonly rootExecutions: readonly number[];
  /** Refs of the rules that the test created, oldest first. */
  readonly rules: readonly string[];
  /** Records a request that another client has sent, when its response is there. */
  recordRequest(request: Omit<ObservedRequest, 'at'>): void;
  /** The slowest response so far, ms. */
  slowestResponseMs(): number;
  /** Responses so far. */
  requests(): number;
}

/**
 * Opens the client of a test: records its requests, and its executions for the cleanup.
 * `tenant`: the test runs in it, instead of in the tenant of the run's own user.
 */
export function openTestClient(
  { url, token, run }: RunFacts,
  sentRequests: SentRequests,
  cleanup: Cleanup,
  tenant: Pick<FileTenant, 'token'> | null = null,
): TestClient {
  let slowestMs = 0;
  let requests = 0;
  const recordRequest = (request: Omit<ObservedRequest, 'at'>): void =>
    sentRequests.add({ at: Date.now() - request.ms, ...request });
  const observed = observer(recordRequest);
  const ofRun = (client: Client): Client => (tenant ? client : asOwnClient(client));
  const client = ofRun(
    createClient({
      baseUrl: url,
      token: tenant?.token ?? token,
      observe: (call, status, ms, body) => {
        slowestMs = Math.max(slowestMs, ms);
        requests++;
        observed(call, status, ms, body);
      },
    }),
  );
  const rootExecutions: number[] = [];

  let cancellations: Promise<void>[] | null = null;
  const track = (execution: Execution): Execution => {
    const index = rootExecutions.push(execution.id) - 1;
    cleanup.defer(() => (cancellations ??= cancelAll(client, rootExecutions))[index]);
    return execution;
  };
  const execute = async (...request: Parameters<Client['executions']['execute']>): Promise<Execution> =>
    track(await client.executions.execute(...request));
  const rerun = async (...request: Parameters<Client['executions']['rerun']>): Promise<Execution> =>
    track(await client.executions.rerun(...request));
  const rules: string[] = [];
  const createRule = async (...request: Parameters<Client['rules']['create']>): Promise<Rule> => {
    const rule = await client.rules.create(...request);
    rules.push(rule.ref);
    return rule;
  };
  const createKey = (...request: Parameters<Client['keys']['create']>): ReturnType<Client['keys']['create']> => {
    rejectSharedOwner(request[0], run);
    return client.keys.create(...request);
  };
  const tracked = ofRun({
    ...client,
    executions: { ...client.executions, execute, rerun },
    rules: { ...client.rules, create: createRule },
    keys: { ...client.keys, create: createKey },
  });
  const counts = { slowestResponseMs: () => slowestMs, requests: () => requests };
  return { client: tracked, rootExecutions, rules, recordRequest, ...counts };
}

/** Observes the calls of a client: records each request. */
export const observer =
  (record: TestClient['recordRequest']) =>
  ({ method, path, root, query, body: sent }: Call, status: number, ms: number, received: unknown): void => {
    const execution = path === EXECUTE ? executionIn(received) : undefined;
    const request = { method, path: root ? path : `/api/v1${path}`, status, ms };
    const more = { query: queryText(query), bodies: { sent, received } };
    record({ ...request, ...more, ...(execution !== undefined && { execution }) });
  };

function queryText(query: Call['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${given.map(([name, value]) => `${name}=${String(value)}`).join('&')}`;
}

const EXECUTE = '/executions/execute';

const Requested = Type.Object({ data: Type.Object({ id: Type.Integer() }) });

/** Of a response to a request for an execution. */
const executionIn = (body: unknown): number | undefined => (matches(Requested, body) ? body.data.id : undefined);

/** Every process of a pack or action receives its keys, also those of the tests beside. */
function rejectSharedOwner(
  { ref, owner_pack_ref: pack, owner_action_ref: action }: Parameters<Client['keys']['create']>[0],
  run: string,
): void {
  const owner = [pack, action].find((each) => each && (isOfSharedPack(each, run) || each.split('.')[0] === 'core'));
  if (owner) throw new Error(`key ${ref} would belong to ${owner}, which all tests run: create it in ctx.ownCopy()`);
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
