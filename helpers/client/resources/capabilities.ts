import { CapabilityManifest } from '../../../contract/capabilities';
import { orNull } from '../null-on-not-found';
import { verb } from '../operation';
import type { Request } from '../request';

/** The platform's manifest. Public. */
export const capabilities = (request: Request) => ({
  /** Null from a platform without this route (404), which has the `baseline` capabilities. */
  getOrNull: orNull(verb('GET /capabilities', (call) => request.one(CapabilityManifest, call()))),
});
