import { Type } from '@sinclair/typebox';
import {
  IdentityDetail,
  IdentityRole,
  IdentitySummary,
  type CreateIdentity,
  type UpdateIdentity,
} from '../../../contract/permissions';
import { verb } from '../operation';
import type { Request } from '../request';

const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/** Identities: users and their roles. Each verb: 403 FORBIDDEN without its grant. */
export const identities = (request: Request) => ({
  list: verb('GET /identities', (call) => request.all(IdentitySummary, call())),

  /** 404 NOT_FOUND. */
  get: verb('GET /identities/{id}', (call, id: number) => request.one(IdentityDetail, call({ id }))),

  /** 409 CONFLICT for a login that exists. A new identity has no permissions. */
  create: verb('POST /identities', (call, body: CreateIdentity) => request.one(IdentityDetail, call({ body }))),

  update: verb('PUT /identities/{id}', (call, id: number, body: UpdateIdentity) =>
    request.one(IdentityDetail, call({ id, body })),
  ),

  /**
   * 400 BAD_REQUEST for the caller's own identity; 422 UNPROCESSABLE_ENTITY while it owns keys.
   */
  remove: verb('DELETE /identities/{id}', (call, id: number) => request.one(Done, call({ id }))),

  /** Its tokens are rejected from now on. 400 BAD_REQUEST for the caller's own identity. */
  freeze: verb('POST /identities/{id}/freeze', (call, id: number) => request.one(Done, call({ id }))),
  unfreeze: verb('POST /identities/{id}/unfreeze', (call, id: number) => request.one(Done, call({ id }))),

  addRole: verb('POST /identities/{id}/roles', (call, id: number, role: string) =>
    request.one(IdentityRole, call({ id, body: { role } })),
  ),

  removeRole: verb('DELETE /identities/roles/{id}', (call, id: number) => request.one(Done, call({ id }))),
});
