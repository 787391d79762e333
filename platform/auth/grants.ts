import { ALL_RIGHTS, rightsFromGrants, type Rights } from './rights';
import type { Transaction } from '../store/database/connection';
import { isUnconstrained } from '../store/identities/delegation';
import {
  listAssignedPermissionSets,
  findPermissionSetsByRef,
  STANDARD_PERMISSION_SET_REF,
  type EffectivePermissionSet,
} from '../store/identities/grants';
import { findPackRefOfSensor } from '../store/packs/component-packs';
import { DomainError } from '../base/domain-error';
import type { Caller } from './caller';

/**
 * Looks up what the caller is granted; once per request is enough. `assignedSets`: those of its
 * identity, if they have been read already.
 */
export async function callerRights(
  transaction: Transaction,
  caller: Caller,
  assignedSets?: readonly EffectivePermissionSet[],
): Promise<Rights> {
  if (bypassesGrants(caller)) return ALL_RIGHTS;
  const sets = await callerPermissionSets(transaction, caller, assignedSets);
  return rightsFromGrants(
    transaction,
    caller.owner,
    sets.flatMap(({ grants }) => grants),
  );
}

export const insufficientPermissions = (resource: string, action: string) =>
  new DomainError('FORBIDDEN', `Insufficient permissions: ${resource}:${action}`);

/** A worker token passes every check of a grant. */
export const bypassesGrants = ({ tokenType }: Caller): boolean => tokenType === 'worker';

interface EffectivePermissions {
  readonly permissions: { resource: string; actions: string[] }[];
  readonly setRefs: string[];
}

/**
 * The union of the caller's unconstrained grants, as `/auth/me` shows it. Service tokens show
 * none.
 */
export async function effectivePermissions(transaction: Transaction, caller: Caller): Promise<EffectivePermissions> {
  if (caller.tokenType === 'sensor' || bypassesGrants(caller)) return { permissions: [], setRefs: [] };
  const actions = new Map<string, Set<string>>();
  const sets = await callerPermissionSets(transaction, caller);
  for (const grant of sets.flatMap(({ grants }) => grants).filter(isUnconstrained)) {
    const known = actions.get(grant.resource) ?? new Set();
    actions.set(grant.resource, new Set([...known, ...grant.actions]));
  }
  return {
    permissions: [...actions].sort().map(([resource, actionNames]) => ({ resource, actions: [...actionNames].sort() })),
    setRefs: sets.map(({ ref }) => ref),
  };
}

/**
 * An execution token holds the sets that it names and no others; none, if one of them does not
 * exist. A sensor token holds the grants of its type, whatever its identity holds.
 */
export async function callerPermissionSets(
  transaction: Transaction,
  caller: Caller,
  assignedSets?: readonly EffectivePermissionSet[],
): Promise<readonly EffectivePermissionSet[]> {
  if (caller.tokenType === 'sensor') return [await sensorPermissionSet(transaction, caller)];
  if (caller.tokenType !== 'execution') return assignedSets ?? listAssignedPermissionSets(transaction, caller.identity);
  const namedRefs = [...new Set(caller.permissionSetRefs)].filter((ref) => ref !== STANDARD_PERMISSION_SET_REF);
  const found = await findPermissionSetsByRef(transaction, namedRefs);
  if (!namedRefs.every((ref) => found.some((set) => set.ref === ref))) return [];
  return caller.permissionSetRefs.includes(STANDARD_PERMISSION_SET_REF)
    ? [...found, standardPermissionSet(caller)]
    : found;
}

/** The pack of the sensor whose token it is; null: it has none, or the token is no sensor's. */
export async function packOfSensor(
  transaction: Transaction,
  { tokenType, login, sensorPackRef }: Caller,
): Promise<string | null> {
  if (tokenType !== 'sensor') return null;
  const registered = await findPackRefOfSensor(transaction, login);
  return registered === undefined ? sensorPackRef : registered;
}

/** Events of its own triggers, and the keys of the sensor and of its pack. */
async function sensorPermissionSet(transaction: Transaction, caller: Caller): Promise<EffectivePermissionSet> {
  const { login, triggerTypes } = caller;
  const pack = await packOfSensor(transaction, caller);
  const keys = [
    { owner_types: ['sensor'], owner_refs: [login] },
    { owner_types: ['pack'], owner_refs: pack === null ? [] : [pack] },
  ];
  const grants = keys.map((constraints) => ({ resource: 'keys', actions: ['read', 'decrypt'], constraints }));
  return {
    ref: 'sensor',
    grants: [...grants, { resource: 'events', actions: ['create'], constraints: { refs: [...triggerTypes] } }],
  };
}

/** The keys and artifacts of a running action, its pack, and its workflow. */
function standardPermissionSet({ standardActionRefs, standardPackRefs }: Caller): EffectivePermissionSet {
  const owners = [
    { owner_types: ['action'], owner_refs: [...standardActionRefs] },
    { owner_types: ['pack'], owner_refs: [...standardPackRefs] },
  ];
  const grants = owners.flatMap((constraints) => [
    { resource: 'keys', actions: ['read', 'decrypt'], constraints },
    { resource: 'artifacts', actions: ['create', 'read', 'update', 'delete'], constraints },
  ]);
  return { ref: STANDARD_PERMISSION_SET_REF, grants };
}
