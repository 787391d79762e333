import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../../contract/json';
import type { Transaction } from '../store/database/connection';
import { canDelegate, missingRight } from '../store/identities/delegation';
import {
  listAssignedPermissionSets,
  listPermissionSetGrants,
  findPermissionSetsByRef,
  STANDARD_PERMISSION_SET_REF,
  type EffectiveGrant,
  type EffectivePermissionSet,
} from '../store/identities/grants';
import { identityAttributes } from '../store/identities/identities';
import { DomainError, notFound } from '../base/domain-error';
import type { Caller } from './caller';
import { meetsAttributes } from './constraints';
import { bypassesGrants, callerPermissionSets, callerRights } from './grants';

/**
 * FORBIDDEN unless the caller holds each of the permission sets, or all the grants of it.
 * NOT_FOUND for a set that does not exist.
 */
export async function requireDelegable(
  transaction: Transaction,
  caller: Caller,
  refs: readonly string[] | null | undefined,
): Promise<void> {
  const namedRefs = [...new Set(refs)].filter((ref) => ref !== STANDARD_PERMISSION_SET_REF);
  if (namedRefs.length === 0) return;
  const foundSets = await findPermissionSetsByRef(transaction, namedRefs);
  const missingRef = namedRefs.find((ref) => !foundSets.some((set) => set.ref === ref));
  if (missingRef !== undefined) throw notFound(`Permission set '${missingRef}'`);
  await requireHeld(transaction, caller, foundSets);
}

/** The same for sets that were named before: those that no longer exist grant nothing. */
export async function requireStillDelegable(
  transaction: Transaction,
  caller: Caller,
  refs: readonly string[],
): Promise<void> {
  await requireHeld(transaction, caller, await findPermissionSetsByRef(transaction, refs));
}

async function requireHeld(
  transaction: Transaction,
  caller: Caller,
  foundSets: readonly EffectivePermissionSet[],
): Promise<void> {
  if (foundSets.length === 0 || bypassesGrants(caller)) return;
  const heldSets = await callerPermissionSets(transaction, caller);
  const setNotHeld = foundSets.find((set) => !canDelegate(heldSets, set));
  if (setNotHeld) throw new DomainError('FORBIDDEN', `Permission set '${setNotHeld.ref}' is not yours to give`);
}

/**
 * FORBIDDEN unless the caller may grant what a permission set is about to contain: what it holds
 * itself, or anything but tenants where it manages permissions. A set that it holds may stay.
 */
export async function requireGrantable(
  transaction: Transaction,
  caller: Caller,
  { ref, grants }: EffectivePermissionSet,
): Promise<void> {
  if (bypassesGrants(caller)) return;
  const heldSets = await callerPermissionSets(transaction, caller);
  if (heldSets.some((held) => held.ref === ref && isDeepStrictEqual(held.grants, grants))) return;
  const missing = (await ungrantableTo(transaction, caller, heldSets))(grants);
  if (missing !== null)
    throw new DomainError('FORBIDDEN', `Permission set '${ref}' grants ${missing}, which is not yours to give`);
}

/**
 * Returns a function that finds a right in grants that the caller may not grant; null: it may
 * grant them. It may grant what it holds for every resource, or anything but tenants where it
 * manages permissions.
 */
async function ungrantableTo(
  transaction: Transaction,
  caller: Caller,
  heldSets: readonly EffectivePermissionSet[],
): Promise<(grants: readonly EffectiveGrant[]) => string | null> {
  const managesPermissions = (await callerRights(transaction, caller)).allows('permissions', 'manage');
  return (grants) =>
    missingRight(heldSets, managesPermissions ? grants.filter(({ resource }) => resource === 'tenants') : grants);
}

interface AttributeChange {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/**
 * FORBIDDEN unless the caller may grant what depends on the attributes that change, of its own
 * identity too: the grants, of any permission set, whose constraints read one of them. It may
 * grant what it holds for every resource, or anything but tenants where it manages permissions.
 */
export async function requireAssignableAttributes(
  transaction: Transaction,
  caller: Caller,
  { before, after }: AttributeChange,
): Promise<void> {
  const names = Object.keys({ ...before, ...after });
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  if (changed.length === 0 || bypassesGrants(caller)) return;
  const dependent = setsReading(await listPermissionSetGrants(transaction), changed);
  if (dependent.length === 0) return;
  const heldSets = await callerPermissionSets(transaction, caller);
  const ungrantable = await ungrantableTo(transaction, caller, heldSets);
  for (const { ref, grants } of dependent) {
    const missing = ungrantable(grants);
    if (missing === null) continue;
    const decide = `The attributes ${changed.join(', ')} decide about ${missing} in permission set '${ref}'`;
    throw new DomainError('FORBIDDEN', `${decide}, which is not yours to give`);
  }
}

/** Of each set, the grants with a constraint that reads one of the attributes. */
const setsReading = (sets: readonly EffectivePermissionSet[], names: readonly string[]): EffectivePermissionSet[] =>
  sets
    .map(({ ref, grants }) => ({
      ref,
      grants: grants.filter(({ constraints: { attributes } }) =>
        names.some((name) => isObject(attributes) && Object.hasOwn(attributes, name)),
      ),
    }))
    .filter(({ grants }) => grants.length > 0);

/** The stored permission sets that the caller holds: those of its token, or of its identity. */
export async function heldSetRefs(transaction: Transaction, caller: Caller): Promise<string[]> {
  const sets = await callerPermissionSets(transaction, caller);
  return sets.map(({ ref }) => ref).filter((ref) => ref !== STANDARD_PERMISSION_SET_REF);
}

/**
 * What limits the permissions of what the caller requests, for itself. Null for an identity, whose
 * current permissions limit them anyway.
 */
export const permissionLimit = async (transaction: Transaction, caller: Caller): Promise<string[] | null> =>
  caller.tokenType === 'access' ? null : heldSetRefs(transaction, caller);

/**
 * FORBIDDEN unless the caller holds every permission that the identity holds: only then may the
 * caller set its password or issue a token for it. A set that both have opens less to the caller
 * where a grant depends on attributes of the identity.
 */
export async function requireImpersonable(transaction: Transaction, caller: Caller, identity: number): Promise<void> {
  const setNotHeld = await setNotHeldOf(transaction, caller, identity);
  if (setNotHeld !== null)
    throw new DomainError('FORBIDDEN', `Identity ${identity} holds '${setNotHeld.ref}', which is not yours to give`);
}

/** Whether the caller holds the set, or all its grants; false for one that does not exist. */
export async function holdsSet(transaction: Transaction, caller: Caller, ref: string): Promise<boolean> {
  const heldSets = await callerPermissionSets(transaction, caller);
  const found = await findPermissionSetsByRef(transaction, [ref]);
  return found.length > 0 && found.every((set) => canDelegate(heldSets, set));
}

/** Whether `requireImpersonable` lets the caller pass. */
export const isImpersonable = async (transaction: Transaction, caller: Caller, identity: number): Promise<boolean> =>
  (await setNotHeldOf(transaction, caller, identity)) === null;

/** A set of the identity that the caller may not give; null: it may give all. */
async function setNotHeldOf(
  transaction: Transaction,
  caller: Caller,
  identity: number,
): Promise<EffectivePermissionSet | null> {
  if (identity === caller.identity && caller.tokenType === 'access') return null;
  const sets = await listAssignedPermissionSets(transaction, identity);
  if (sets.length === 0) return null;
  const heldSets = await callerPermissionSets(transaction, caller);
  const [own, others] = [
    caller.owner === null ? {} : await identityAttributes(transaction, caller.owner),
    await identityAttributes(transaction, identity),
  ];
  const opensMore = (grant: EffectiveGrant) => meetsAttributes(grant, others) && !meetsAttributes(grant, own);
  const isNotHeld = (set: EffectivePermissionSet) =>
    !canDelegate(heldSets, set) || missingRight(heldSets, set.grants.filter(opensMore)) !== null;
  return sets.find(isNotHeld) ?? null;
}
