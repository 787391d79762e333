import { verb } from '../../operation';
import type { Request } from '../../request';

/** How long 100 MiB take, ms. */
const TRANSFER_TIMEOUT_MS = 60_000;
const HEADERS = { 'Content-Type': 'application/octet-stream' };

/**
 * Files below the directory that programs of the tenant have as ATTUNE_ARTIFACTS_DIR: for tokens
 * of sensors and workers, 403 FORBIDDEN for any other.
 */
export const internalFiles = (request: Request) => ({
  /** 404 where no regular file is there. */
  get: verb('GET /internal/files/{path}', (call, path: string) =>
    request.bytes({ ...call({ path }), timeoutMs: TRANSFER_TIMEOUT_MS }),
  ),

  /** Replaces the file, of 100 MiB at most: 413 for more. */
  put: verb('PUT /internal/files/{path}', (call, path: string, body: Buffer) =>
    request.status({ ...call({ path, body }), headers: HEADERS, timeoutMs: TRANSFER_TIMEOUT_MS }),
  ),

  /** Appends to the file, or creates it. */
  append: verb('PATCH /internal/files/{path}', (call, path: string, body: Buffer) =>
    request.status({ ...call({ path, body }), headers: HEADERS, timeoutMs: TRANSFER_TIMEOUT_MS }),
  ),

  /** 404 where no regular file is there. */
  remove: verb('DELETE /internal/files/{path}', (call, path: string) => request.status(call({ path }))),
});
