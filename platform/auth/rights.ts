import type { JsonObject } from '../../contract/json';
import type { Transaction } from '../store/database/connection';
import { listAssignedPermissionSets, type EffectiveGrant } from '../store/identities/grants';
import { isUnconstrained } from '../store/identities/delegation';
import { identityAttributes } from '../store/identities/identities';
import { grantCovers, isSpecificGrant, type AuthorizationTarget } from './constraints';

/** What an identity may do, as of the lookup. */
export interface Rights {
  /** Without a target: on any resource of the kind, which a constrained grant does not allow. */
  allows(resource: string, action: string, target?: AuthorizationTarget): boolean;
  /** Whether it is allowed on every resource of the kind, whatever their targets are. */
  allowsAll(resource: string, action: string): boolean;
  /** Whether there is any grant for it, constrained or not. */
  hasAny(resource: string, action: string): boolean;
}

/** The rights of worker tokens. */
export const ALL_RIGHTS: Rights = { allows: () => true, allowsAll: () => true, hasAny: () => true };

/**
 * Resources that may be private: an unconstrained grant covers neither those of another identity
 * nor private ones; a grant that names them does.
 */
const OWNED_RESOURCES: ReadonlySet<string> = new Set(['packs', 'keys', 'artifacts']);

/** What the sets that are assigned to an identity allow now. */
export async function rightsOfIdentity(transaction: Transaction, identity: number): Promise<Rights> {
  const sets = await listAssignedPermissionSets(transaction, identity);
  return rightsFromGrants(
    transaction,
    identity,
    sets.flatMap(({ grants }) => grants),
  );
}

/**
 * Decides whether grants allow an action: for every guarded route and for every rule's owner.
 * `identity`: whose resources and attributes count; null: of no one.
 */
export async function rightsFromGrants(
  transaction: Transaction,
  identity: number | null,
  grants: readonly EffectiveGrant[],
): Promise<Rights> {
  const usesAttributes = grants.some(({ constraints }) => Object.hasOwn(constraints, 'attributes'));
  const attributes: JsonObject =
    usesAttributes && identity !== null ? await identityAttributes(transaction, identity) : {};
  const subject = { identity, attributes };
  const matchingGrants = (resource: string, action: string) =>
    grants.filter((grant) => grant.resource === resource && grant.actions.includes(action));
  const isPrivateToAnother = (resource: string, { owner = null, visibility, isPrivate }: AuthorizationTarget) =>
    OWNED_RESOURCES.has(resource) && (isPrivate ?? (owner === null ? visibility === 'private' : owner !== identity));
  return {
    allowsAll: (resource, action) =>
      !OWNED_RESOURCES.has(resource) && matchingGrants(resource, action).some(isUnconstrained),
    hasAny: (resource, action) => matchingGrants(resource, action).length > 0,
    allows: (resource, action, target = {}) =>
      matchingGrants(resource, action).some(
        (grant) =>
          grantCovers(grant, target, subject) && (!isPrivateToAnother(resource, target) || isSpecificGrant(grant)),
      ),
  };
}
