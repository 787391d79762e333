import { Type } from '@sinclair/typebox';
import {
  PermissionAssignment,
  PermissionSet,
  PermissionSetRole,
  type CreateAssignment,
  type UpdatePermissionSet,
} from '../../../contract/permissions';
import { verb } from '../operation';
import type { Request } from '../request';

const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/**
 * Permission sets: named grants, assigned to identities and roles. Each verb: 403 FORBIDDEN
 * without its grant.
 */
export const permissions = (request: Request) => ({
  /** Every set of the tenant, including the built-in ones. */
  sets: verb('GET /permissions/sets', (call) => request.body(Type.Array(PermissionSet), call())),

  /** 400 BAD_REQUEST for an unknown grant. */
  updateSet: verb('PUT /permissions/sets/{id}', (call, id: number, body: UpdatePermissionSet) =>
    request.one(PermissionSet, call({ id, body })),
  ),

  addSetToRole: verb('POST /permissions/sets/{id}/roles', (call, id: number, role: string) =>
    request.one(PermissionSetRole, call({ id, body: { role } })),
  ),

  removeSetFromRole: verb('DELETE /permissions/sets/roles/{id}', (call, id: number) => request.one(Done, call({ id }))),

  assignments: verb('GET /identities/{id}/permissions', (call, id: number) =>
    request.body(Type.Array(PermissionAssignment), call({ id })),
  ),

  /** 404 NOT_FOUND for an unknown identity or set; 409 CONFLICT for a repeated assignment. */
  assign: verb('POST /permissions/assignments', (call, body: CreateAssignment) =>
    request.one(PermissionAssignment, call({ body })),
  ),

  /** 409 CONFLICT for the last assignment with the right to manage permissions. */
  unassign: verb('DELETE /permissions/assignments/{id}', (call, id: number) => request.one(Done, call({ id }))),
});
