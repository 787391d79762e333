import { Manifest } from '../../contract/capabilities';
import { one } from '../../contract/envelopes';
import type { Api, ApiContext } from './context';

/** Who answers here, and what it can do. Public. */
export function capabilitiesRoutes(api: Api, { manifest }: ApiContext): void {
  api.get(
    '/api/v1/capabilities',
    { config: { public: true }, schema: { tags: ['capabilities'], response: { 200: one(Manifest) } } },
    async (_request, reply) => reply.send({ data: await manifest() }),
  );
}
