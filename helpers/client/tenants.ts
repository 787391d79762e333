import { CreatedTenant, RemovedTenant, Tenant, type CreateTenant, type UpdateTenant } from '../../contract/tenants';
import type { Request } from './request';

const at = (slug: string) => `/tenants/${encodeURIComponent(slug)}`;

/** Tenants: walled-off spaces. 403 FORBIDDEN for all but who holds `core.platform_admin` in the tenant `default`. */
export const tenants = (request: Request) => ({
  list: () => request.all(Tenant, { method: 'GET', path: '/tenants' }),

  /** 404 NOT_FOUND. */
  get: (slug: string) => request.one(Tenant, { method: 'GET', path: at(slug) }),

  /** With its first admin. 409 CONFLICT for a slug, or a log-in, that is taken. */
  create: (body: CreateTenant) => request.one(CreatedTenant, { method: 'POST', path: '/tenants', body }),

  /** Freezes and thaws. 400 BAD_REQUEST for freezing `default`. */
  update: (slug: string, body: UpdateTenant) => request.one(Tenant, { method: 'PUT', path: at(slug), body }),

  /** All of it, answering how much that was. 409 CONFLICT while it is not frozen, or something of it is being stopped. */
  remove: (slug: string) => request.one(RemovedTenant, { method: 'DELETE', path: at(slug) }),
});
