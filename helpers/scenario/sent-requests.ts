import { Type, type Static } from '@sinclair/typebox';

/** A request with its response. */
export const SentRequest = Type.Object({
  at: Type.Number({ description: 'when it was sent, epoch ms' }),
  method: Type.String(),
  path: Type.String({ description: 'with `/api/v1`' }),
  status: Type.Integer(),
  ms: Type.Number({ description: 'until its response' }),
  execution: Type.Optional(Type.Integer({ description: 'that it has requested' })),
});
export type SentRequest = Static<typeof SentRequest>;

/** The requests of a test. */
export interface SentRequests {
  add(request: SentRequest): void;
  /** Every change, and the last reads, in the order of their responses. */
  all(): SentRequest[];
}

/** Reads that are kept: a wait makes many. */
const MOST_READS = 500;

export function createSentRequests(): SentRequests {
  const requests: SentRequest[] = [];
  let reads = 0;
  return {
    add: (request) => {
      requests.push(request);
      if (request.method !== 'GET' || ++reads <= MOST_READS) return;
      requests.splice(
        requests.findIndex(({ method }) => method === 'GET'),
        1,
      );
    },
    all: () => [...requests],
  };
}

const REJECTED = 400;

/** A line for each change and each rejected read, with the seconds since the first request. */
export function requestLines(requests: readonly SentRequest[]): string[] {
  const start = requests[0]?.at ?? 0;
  return requests
    .filter(({ method, status }) => method !== 'GET' || status >= REJECTED)
    .map(({ at, method, path, status, ms }) => {
      const seconds = ((at - start) / 1_000).toFixed(3).padStart(8);
      return `${seconds}  ${method} ${path.replace('/api/v1', '')} returned ${status} in ${ms.toFixed(0)} ms`;
    });
}
