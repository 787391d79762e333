import { Type } from '@sinclair/typebox';
import {
  IdentityDetail,
  IdentityRole,
  IdentitySummary,
  type CreateIdentity,
  type UpdateIdentity,
} from '../../contract/permissions';
import type { Request } from './request';

const at = (id: number) => `/identities/${id}`;
const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/** Identities: who logs in, and what roles they have. 403 FORBIDDEN without the grant for each. */
export const identities = (request: Request) => ({
  list: () => request.all(IdentitySummary, { method: 'GET', path: '/identities' }),

  /** 404 NOT_FOUND. */
  get: (id: number) => request.one(IdentityDetail, { method: 'GET', path: at(id) }),

  /** 409 CONFLICT for a log-in that is taken. It may do nothing until it is given permissions. */
  create: (body: CreateIdentity) => request.one(IdentityDetail, { method: 'POST', path: '/identities', body }),

  update: (id: number, body: UpdateIdentity) => request.one(IdentityDetail, { method: 'PUT', path: at(id), body }),

  /** 400 BAD_REQUEST for oneself; 422 UNPROCESSABLE_ENTITY while it owns keys. */
  remove: (id: number) => request.one(Done, { method: 'DELETE', path: at(id) }),

  giveRole: (id: number, role: string) =>
    request.one(IdentityRole, { method: 'POST', path: `${at(id)}/roles`, body: { role } }),

  takeRole: (assignment: number) => request.one(Done, { method: 'DELETE', path: `/identities/roles/${assignment}` }),
});
