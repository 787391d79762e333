import { decidingRequests } from './evidence/deciding-requests';
import type { ObservedRequest, SentRequest, ShownRequest } from './sent-request';

/** The requests of a test. */
export interface SentRequests {
  add(request: ObservedRequest): void;
  /** Every change, and the last reads, in the order of their responses. */
  all(): SentRequest[];
  /** Those of them that decided this error, with their bodies. */
  deciding(error: string): ShownRequest[];
}

/** Reads that are kept: a wait makes many. */
const MOST_READS = 500;
/** Requests whose bodies are kept. */
const MOST_BODIES = 100;

export function createSentRequests(): SentRequests {
  const requests: ObservedRequest[] = [];
  let reads = 0;
  return {
    add: (request) => {
      requests.push(request);
      const old = requests.at(-1 - MOST_BODIES);
      if (old?.bodies) requests[requests.length - 1 - MOST_BODIES] = withoutBodies(old);
      if (request.method !== 'GET' || ++reads <= MOST_READS) return;
      requests.splice(
        requests.findIndex(({ method }) => method === 'GET'),
        1,
      );
    },
    all: () => requests.map(withoutQuery),
    deciding: (error) => decidingRequests(requests, error),
  };
}

const withoutQuery = ({ at, method, path, status, ms, execution }: ObservedRequest): SentRequest => ({
  at,
  method,
  path,
  status,
  ms,
  ...(execution !== undefined && { execution }),
});

const withoutBodies = (request: ObservedRequest): ObservedRequest => ({
  ...withoutQuery(request),
  query: request.query,
});

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
