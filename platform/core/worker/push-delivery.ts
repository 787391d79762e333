/** What came of handing over an execution: the status of the response, or why there is none. */
export type DeliveryResponse =
  | { readonly status: number }
  | { readonly status: null; readonly problem: string; readonly isBlocked: boolean };

interface DeliveryHistory {
  /** Deliveries of this execution that failed before, and since when, ms. */
  readonly failures: number;
  readonly failingMs: number;
  /** After this, a failed delivery is not repeated. */
  readonly limitMs: number;
}

export type DeliveryStep =
  | { readonly is: 'accepted' }
  | { readonly is: 'retry'; readonly delayMs: number }
  | { readonly is: 'failed'; readonly code: 'DELIVERY_REFUSED' | 'DELIVERY_FAILED' | 'EGRESS_BLOCKED' };

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const TOO_MANY_REQUESTS = 429;

/** Whether a delivery is repeated: an agent that is away or busy may accept it later. */
export function nextDeliveryStep(
  response: DeliveryResponse,
  { failures, failingMs, limitMs }: DeliveryHistory,
): DeliveryStep {
  if (response.status === null) {
    if (response.isBlocked) return { is: 'failed', code: 'EGRESS_BLOCKED' };
  } else {
    if (response.status >= 200 && response.status < 300) return { is: 'accepted' };
    if (response.status !== TOO_MANY_REQUESTS && response.status < 500)
      return { is: 'failed', code: 'DELIVERY_REFUSED' };
  }
  if (failingMs >= limitMs) return { is: 'failed', code: 'DELIVERY_FAILED' };
  return { is: 'retry', delayMs: Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS) };
}
