import { isObject } from '../contract/json';
import type { Client } from './client/client';
import { executionToEnd } from './conditions';
import { startMockHttp } from './mock-http';
import { until } from './polling';

/** Asks a server of the harness, and one of the platform's own ports, by way of `core.http_request`. */
export async function probeHttp(client: Client, mockHost: string, deadline: number): Promise<Record<string, boolean>> {
  const mock = await startMockHttp({ probed: true }, mockHost);
  const ask = async (url: string) => {
    const { id } = await client.executions.execute({ action_ref: 'core.http_request', parameters: { url } });
    return until(executionToEnd(client, id), deadline);
  };
  try {
    const [heard, own] = await Promise.all([ask(mock.url), ask('http://127.0.0.1:1/')]);
    const reached = heard.status === 'completed' && mock.requests.length === 1;
    return {
      'mocks.allowed': reached,
      // A server that this target cannot reach is no fault of the action: then it has ended as one that failed.
      'runners.http': reached || (heard.status === 'failed' && isObject(heard.result) && heard.result.exit_code === 1),
      'egress.guard': own.status === 'failed' && JSON.stringify(own.result).includes('EGRESS_BLOCKED'),
    };
  } finally {
    await mock.close();
  }
}
