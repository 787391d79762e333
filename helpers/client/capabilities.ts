import { Manifest } from '../../contract/capabilities';
import { ApiError } from '../errors';
import type { Request } from './request';

/** What the platform says about itself. Public. */
export const capabilities = (request: Request) => ({
  /** Null from a platform that has no such route (404): it gets the `baseline` set. */
  getOrNull: async (): Promise<Manifest | null> => {
    try {
      return await request.one(Manifest, { method: 'GET', path: '/capabilities' });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
});
