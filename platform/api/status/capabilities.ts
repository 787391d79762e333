import { CapabilityManifest } from '../../../contract/capabilities';
import { dataEnvelope } from '../../../contract/envelopes';
import type { Api, ApiContext } from '../http/context';

/** The platform and its capabilities. Public. */
export function capabilitiesRoutes(api: Api, { extensions, manifest }: ApiContext): void {
  if (!extensions) return;
  api.get(
    '/api/v1/capabilities',
    {
      config: { isPublic: true },
      schema: { tags: ['capabilities'], response: { 200: dataEnvelope(CapabilityManifest) } },
    },
    async (_request, reply) => reply.send({ data: await manifest() }),
  );
}
