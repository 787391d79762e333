import { Type } from '@sinclair/typebox';
import {
  PermissionAssignment,
  PermissionSet,
  PermissionSetRole,
  type CreateAssignment,
  type UpdatePermissionSet,
} from '../../contract/permissions';
import type { Request } from './request';

const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/** Permission sets: grants by name, given to identities and to roles. 403 FORBIDDEN without the grant for each. */
export const permissions = (request: Request) => ({
  /** Every set of the tenant, the shipped ones too. */
  sets: () => request.bare(Type.Array(PermissionSet), { method: 'GET', path: '/permissions/sets' }),

  /** 400 BAD_REQUEST for a grant that there is not. */
  updateSet: (id: number, body: UpdatePermissionSet) =>
    request.one(PermissionSet, { method: 'PUT', path: `/permissions/sets/${id}`, body }),

  giveSetToRole: (id: number, role: string) =>
    request.one(PermissionSetRole, { method: 'POST', path: `/permissions/sets/${id}/roles`, body: { role } }),

  of: (identity: number) =>
    request.bare(Type.Array(PermissionAssignment), { method: 'GET', path: `/identities/${identity}/permissions` }),

  /** 404 NOT_FOUND for an identity or a set that there is not; 409 CONFLICT twice. */
  assign: (body: CreateAssignment) =>
    request.one(PermissionAssignment, { method: 'POST', path: '/permissions/assignments', body }),

  /** 409 CONFLICT where nobody would be left to manage permissions. */
  unassign: (assignment: number) =>
    request.one(Done, { method: 'DELETE', path: `/permissions/assignments/${assignment}` }),
});
