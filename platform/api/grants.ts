import type { Target } from '../access/constraints';
import { EVERYTHING, rightsFrom, type Rights } from '../access/rights';
import type { Transaction } from '../store/database';
import { isPlain } from '../store/delegation';
import { assignedSets, namedSets, STANDARD, type Grant, type PermissionSet } from '../store/grants';
import { Refusal } from '../refusal';
import type { Caller } from './context';

/** Looks up what the caller is granted; once is enough for a request. */
export async function rightsOf(transaction: Transaction, caller: Caller): Promise<Rights> {
  if (bypassesGrants(caller)) return EVERYTHING;
  return rightsFrom(transaction, caller.identity, await grantsOf(transaction, caller));
}

export const insufficient = (resource: string, action: string) =>
  new Refusal('FORBIDDEN', `Insufficient permissions: ${resource}:${action}`);

/** Throws FORBIDDEN unless the caller may do this to the target; without one, to any resource of the kind. */
export async function requireGrant(
  transaction: Transaction,
  caller: Caller,
  resource: string,
  action: string,
  target?: Target,
): Promise<void> {
  if (!(await isAllowed(transaction, caller, resource, action, target))) throw insufficient(resource, action);
}

/** Throws FORBIDDEN without any grant for it; answers which targets those that there are cover: what a list leaves out. */
export async function someRight(
  transaction: Transaction,
  caller: Caller,
  resource: string,
  action: string,
): Promise<(target: Target) => boolean> {
  const rights = await rightsOf(transaction, caller);
  if (!rights.some(resource, action)) throw insufficient(resource, action);
  return (target) => rights.allows(resource, action, target);
}

/** The same as an answer. */
export async function isAllowed(
  transaction: Transaction,
  caller: Caller,
  resource: string,
  action: string,
  target?: Target,
): Promise<boolean> {
  return (await rightsOf(transaction, caller)).allows(resource, action, target);
}

/** A worker's token passes every check of a grant. */
export const bypassesGrants = ({ tokenType }: Caller): boolean => tokenType === 'worker';

export interface Effective {
  readonly permissions: { resource: string; actions: string[] }[];
  readonly setRefs: string[];
}

/** The union of the caller's plain grants, as `/auth/me` shows it. Service tokens show none. */
export async function effective(transaction: Transaction, caller: Caller): Promise<Effective> {
  if (caller.tokenType === 'sensor' || bypassesGrants(caller)) return { permissions: [], setRefs: [] };
  const actions = new Map<string, Set<string>>();
  const sets = await setsOf(transaction, caller);
  for (const grant of sets.flatMap(({ grants }) => grants).filter(isPlain)) {
    const known = actions.get(grant.resource) ?? new Set();
    actions.set(grant.resource, new Set([...known, ...grant.actions]));
  }
  return {
    permissions: [...actions].sort().map(([resource, words]) => ({ resource, actions: [...words].sort() })),
    setRefs: sets.map(({ ref }) => ref),
  };
}

/** All that the caller holds, constrained grants among them. */
export async function grantsOf(transaction: Transaction, caller: Caller): Promise<Grant[]> {
  return (await setsOf(transaction, caller)).flatMap(({ grants }) => grants);
}

/**
 * An execution token carries the sets it names and no others; one that does not exist takes the rest with it. A sensor's
 * token carries what its kind is for, whatever its identity was given.
 */
export async function setsOf(transaction: Transaction, caller: Caller): Promise<PermissionSet[]> {
  if (caller.tokenType === 'sensor') return [ofSensor(caller)];
  if (caller.tokenType !== 'execution') return assignedSets(transaction, caller.identity);
  const wanted = [...new Set(caller.permissionSetRefs)].filter((ref) => ref !== STANDARD);
  const found = await namedSets(transaction, wanted);
  if (!wanted.every((ref) => found.some((set) => set.ref === ref))) return [];
  return caller.permissionSetRefs.includes(STANDARD) ? [...found, standardOf(caller)] : found;
}

/** Events of its own triggers, and the keys of the sensor and of its pack. */
function ofSensor({ login, triggerTypes }: Caller): PermissionSet {
  const pack = login.split('.')[0]!;
  const keys = [
    { owner_types: ['sensor'], owner_refs: [login] },
    { owner_types: ['pack'], owner_refs: [pack] },
  ];
  const grants = keys.map((constraints) => ({ resource: 'keys', actions: ['read', 'decrypt'], constraints }));
  return {
    ref: 'sensor',
    grants: [...grants, { resource: 'events', actions: ['create'], constraints: { refs: [...triggerTypes] } }],
  };
}

/** A running action's right to what is its own: keys and artifacts of itself, its pack, and its workflow. */
function standardOf({ standardActionRefs, standardPackRefs }: Caller): PermissionSet {
  const owners = [
    { owner_types: ['action'], owner_refs: [...standardActionRefs] },
    { owner_types: ['pack'], owner_refs: [...standardPackRefs] },
  ];
  const grants = owners.flatMap((constraints) => [
    { resource: 'keys', actions: ['read', 'decrypt'], constraints },
    { resource: 'artifacts', actions: ['create', 'read', 'update', 'delete'], constraints },
  ]);
  return { ref: STANDARD, grants };
}
