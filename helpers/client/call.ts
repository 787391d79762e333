/** One request, before it is sent. */
export interface Call extends CallOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Relative to the resource root (`/executions/41`), or to the server's root with `root: true`.
   */
  path: string;
  root?: boolean;
  query?: Record<string, string | number | boolean | undefined>;
  body?: object;
  /** Beside those of the token and the body. */
  headers?: Readonly<Record<string, string>>;
  /** How long to wait for the response, ms; by default 10 s. */
  timeoutMs?: number;
}

/** What a caller may add to a call. */
export interface CallOptions {
  /** The server does the request once, however often it is sent with this key. */
  idempotencyKey?: string;
}
