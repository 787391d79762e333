import { CreatedTenant, RemovedTenant, Tenant, type CreateTenant, type UpdateTenant } from '../../contract/tenants';
import { verb } from './operation';
import type { Request } from './request';

/** Tenants: walled-off spaces. 403 FORBIDDEN for all but who holds `core.platform_admin` in the tenant `default`. */
export const tenants = (request: Request) => ({
  list: verb('GET /tenants', (call) => () => request.all(Tenant, call())),

  /** 404 NOT_FOUND. */
  get: verb('GET /tenants/{slug}', (call) => (slug: string) => request.one(Tenant, call({ slug }))),

  /** With its first admin. 409 CONFLICT for a slug, or a log-in, that is taken. */
  create: verb('POST /tenants', (call) => (body: CreateTenant) => request.one(CreatedTenant, call({ body }))),

  /** Freezes and thaws. 400 BAD_REQUEST for freezing `default`. */
  update: verb(
    'PUT /tenants/{slug}',
    (call) => (slug: string, body: UpdateTenant) => request.one(Tenant, call({ slug, body })),
  ),

  /** All of it, answering how much that was. 409 CONFLICT while it is not frozen, or something of it is being stopped. */
  remove: verb('DELETE /tenants/{slug}', (call) => (slug: string) => request.one(RemovedTenant, call({ slug }))),
});
