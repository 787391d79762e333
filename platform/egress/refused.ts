/** Why a request was not made, or its answer not taken. First word of an execution's error. */
export type EgressCode =
  | 'EGRESS_BLOCKED'
  | 'REDIRECT_LIMIT'
  | 'RESPONSE_LIMIT'
  | 'TIMEOUT'
  | 'TLS'
  | 'CONNECTION'
  | 'HEADER_INVALID'
  | 'PARAMETER_INVALID';

/** Reads `EGRESS_BLOCKED: 127.0.0.1 is a loopback address`. */
export class EgressRefused extends Error {
  constructor(
    readonly code: EgressCode,
    readonly what: string,
  ) {
    super(`${code}: ${what}`);
    this.name = 'EgressRefused';
  }
}
