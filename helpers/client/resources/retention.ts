import { RetentionConfig, type UpdateRetentionConfig } from '../../../contract/records/retention';
import { verb } from '../operation';
import type { Request } from '../request';

/** How long rows are kept, on the whole platform. Every verb throws ApiError: 403. */
export const retention = (request: Request) => ({
  get: verb('GET /retention-config', (call) => request.one(RetentionConfig, call())),

  /** Keeps what is left out. 400 BAD_REQUEST for zero and for an unknown target. */
  update: verb('PUT /retention-config', (call, body: UpdateRetentionConfig) =>
    request.one(RetentionConfig, call({ body })),
  ),
});
