/** Why a request was not sent, or its response rejected. First word of an execution's error. */
type EgressCode =
  | 'EGRESS_BLOCKED'
  | 'REDIRECT_LIMIT'
  | 'RESPONSE_LIMIT'
  | 'TIMEOUT'
  | 'TLS'
  | 'CONNECTION'
  | 'HEADER_INVALID'
  | 'PARAMETER_INVALID';

/** Reads `EGRESS_BLOCKED: 127.0.0.1 is a loopback address`. */
export class EgressError extends Error {
  constructor(
    readonly code: EgressCode,
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
    this.name = 'EgressError';
  }
}
