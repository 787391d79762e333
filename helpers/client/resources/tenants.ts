import { CreatedTenant, RemovedTenant, Tenant, type CreateTenant, type UpdateTenant } from '../../../contract/tenants';
import { verb } from '../operation';
import type { Request } from '../request';

/**
 * Tenants: isolated spaces. 403 FORBIDDEN without `core.platform_admin` in the tenant `default`.
 */
export const tenants = (request: Request) => ({
  list: verb('GET /tenants', (call) => request.all(Tenant, call())),

  /** 404 NOT_FOUND. */
  get: verb('GET /tenants/{slug}', (call, slug: string) => request.one(Tenant, call({ slug }))),

  /** Creates a tenant and its first admin. 409 CONFLICT for an existing slug or login. */
  create: verb('POST /tenants', (call, body: CreateTenant) => request.one(CreatedTenant, call({ body }))),

  /** Freezes and unfreezes it. 400 BAD_REQUEST for freezing `default`. */
  update: verb('PUT /tenants/{slug}', (call, slug: string, body: UpdateTenant) =>
    request.one(Tenant, call({ slug, body })),
  ),

  /**
   * Removes all its rows; the response counts them. 409 CONFLICT unless it is frozen and nothing
   * of it still runs.
   */
  remove: verb('DELETE /tenants/{slug}', (call, slug: string) => request.one(RemovedTenant, call({ slug }))),
});
