import type { Execution } from '../../../contract/executions';
import { isObject } from '../../../contract/json';
import { startMockHttpServer } from '../../fixtures/mock-http-server';
import { describeEnd, endOf, requireThat, startExecution, type Probe, type ProbeContext } from './probe-context';

const UNREACHABLE_URL = 'http://127.0.0.1:1/';

/** An action of the target reaches a server of the harness. */
export const probeMocks: Probe = async (context) => {
  const { execution, isReached } = await requestMock(context);
  requireThat(isReached, `no request arrived at ${context.mockHost}: ${describeEnd(execution)}`);
};

/** The built-in action sends a request, or reports why it could not. */
export const probeHttpAction: Probe = async (context) => {
  const { execution, isReached } = await requestMock(context);
  const { status, result } = execution;
  const isReported = status === 'failed' && isObject(result) && result.exit_code === 1;
  requireThat(isReached || isReported, describeEnd(execution));
};

/** A request to a port of the target's host is rejected. */
export const probeEgressGuard: Probe = async (context) => {
  const execution = await requestUrl(context, UNREACHABLE_URL);
  requireThat(
    execution.status === 'failed' && JSON.stringify(execution.result).includes('EGRESS_BLOCKED'),
    `a request to the target's own host was not rejected: ${describeEnd(execution)}`,
  );
};

interface MockRequest {
  readonly execution: Execution;
  /** The server of the harness received the request. */
  readonly isReached: boolean;
}

const requestMock = (context: ProbeContext): Promise<MockRequest> =>
  context.shared('mock request', async () => {
    const mock = await startMockHttpServer({ probed: true }, context.mockHost);
    try {
      const execution = await requestUrl(context, mock.url);
      return { execution, isReached: execution.status === 'completed' && mock.requests.length === 1 };
    } finally {
      await mock.close();
    }
  });

async function requestUrl(context: ProbeContext, url: string): Promise<Execution> {
  const { id } = await startExecution(context, 'core.http_request', { url });
  return endOf(context, id);
}
