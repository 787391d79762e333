import { Manifest } from '../../contract/capabilities';
import { orNone } from './absence';
import { verb } from './operation';
import type { Request } from './request';

/** What the platform says about itself. Public. */
export const capabilities = (request: Request) => ({
  /** Null from a platform that has no such route (404): it gets the `baseline` set. */
  getOrNull: orNone(verb('GET /capabilities', (call) => () => request.one(Manifest, call()))),
});
