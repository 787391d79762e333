import { dataEnvelope } from '../../../contract/envelopes';
import { RetentionConfig, UpdateRetentionConfig } from '../../../contract/records/retention';
import { readRetentionConfig, updateRetentionConfig } from '../../store/records/retention-config';
import type { Api } from '../http/context';
import { route } from '../http/route';
import { requireUsableSettings } from './usable-settings';

const PATH = '/api/v1/retention-config';
const tags = ['retention'];
const response = { 200: dataEnvelope(RetentionConfig) };

/** How long rows are kept, on the whole platform: only the tenant `default` changes it. */
export function retentionConfigRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: PATH,
    grant: 'retention:read',
    grantFirst: true,
    schema: { tags, response },
    handle: async ({ transaction }) => ({ data: await readRetentionConfig(transaction) }),
  });

  route(api, {
    method: 'PUT',
    path: PATH,
    grant: 'retention:update',
    grantFirst: true,
    defaultTenantOnly: true,
    schema: { tags, body: UpdateRetentionConfig, response },
    validate: ({ body }) => requireUsableSettings(body),
    handle: async ({ transaction, body }) => {
      await updateRetentionConfig(transaction, body);
      return { data: await readRetentionConfig(transaction) };
    },
  });
}
