import { Type } from '@sinclair/typebox';
import {
  PermissionAssignment,
  PermissionSet,
  PermissionSetRole,
  type CreateAssignment,
  type UpdatePermissionSet,
} from '../../contract/permissions';
import { verb } from './operation';
import type { Request } from './request';

const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/** Permission sets: grants by name, given to identities and to roles. 403 FORBIDDEN without the grant for each. */
export const permissions = (request: Request) => ({
  /** Every set of the tenant, the shipped ones too. */
  sets: verb('GET /permissions/sets', (call) => () => request.bare(Type.Array(PermissionSet), call())),

  /** 400 BAD_REQUEST for a grant that there is not. */
  updateSet: verb(
    'PUT /permissions/sets/{id}',
    (call) => (id: number, body: UpdatePermissionSet) => request.one(PermissionSet, call({ id, body })),
  ),

  giveSetToRole: verb(
    'POST /permissions/sets/{id}/roles',
    (call) => (id: number, role: string) => request.one(PermissionSetRole, call({ id, body: { role } })),
  ),

  takeSetFromRole: verb(
    'DELETE /permissions/sets/roles/{id}',
    (call) => (id: number) => request.one(Done, call({ id })),
  ),

  of: verb(
    'GET /identities/{id}/permissions',
    (call) => (id: number) => request.bare(Type.Array(PermissionAssignment), call({ id })),
  ),

  /** 404 NOT_FOUND for an identity or a set that there is not; 409 CONFLICT twice. */
  assign: verb(
    'POST /permissions/assignments',
    (call) => (body: CreateAssignment) => request.one(PermissionAssignment, call({ body })),
  ),

  /** 409 CONFLICT where nobody would be left to manage permissions. */
  unassign: verb('DELETE /permissions/assignments/{id}', (call) => (id: number) => request.one(Done, call({ id }))),
});
