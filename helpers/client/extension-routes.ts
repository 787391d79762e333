/** Routes of the client's verbs that Attune's contract does not have, in order. */
export const EXTENSION_ROUTES: readonly string[] = [
  'DELETE /api/v1/tenants/{slug}',
  'GET /api/v1/capabilities',
  'GET /api/v1/events/{id}/decisions',
  'GET /api/v1/executions/{id}/log',
  'GET /api/v1/executions/{id}/tree',
  'GET /api/v1/packs/{ref}/environments',
  'GET /api/v1/tenants',
  'GET /api/v1/tenants/{slug}',
  'POST /api/v1/packs/{ref}/environments/rebuild',
  'POST /api/v1/tenants',
  'PUT /api/v1/tenants/{slug}',
  'PUT /api/v1/triggers/{ref}/webhooks/security',
];
