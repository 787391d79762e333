import type { JsonObject } from '../../contract/json';
import type { Transaction } from '../store/database';
import { isPlain } from '../store/delegation';
import { assignedSets, namedSets, STANDARD, type Grant, type PermissionSet } from '../store/grants';
import { attributesOf } from '../store/identities';
import { Refusal } from '../refusal';
import { covers, type Target } from './constraints';
import type { Caller } from './context';

const BYPASSES: ReadonlySet<Caller['tokenType']> = new Set(['sensor', 'worker']);

/** What a caller may do, as it stood when it was asked for. */
export interface Rights {
  /** Without a target: to any resource of the kind, which a constrained grant is not the right to. */
  allows(resource: string, action: string, target?: Target): boolean;
  /** Grants for this action that cover the target. */
  grantsFor(resource: string, action: string, target: Target): readonly Grant[];
  /** There is some grant for it, constrained or not. */
  some(resource: string, action: string): boolean;
  /** A service token: it passes every check of a grant. */
  readonly bypass: boolean;
}

/** Looks up what the caller is granted; once is enough for a request. */
export async function rightsOf(transaction: Transaction, caller: Caller): Promise<Rights> {
  const bypass = bypassesGrants(caller);
  const grants = bypass ? [] : await grantsOf(transaction, caller);
  const constrainsCaller = grants.some(({ constraints }) => Object.hasOwn(constraints, 'attributes'));
  const attributes: JsonObject = constrainsCaller ? await attributesOf(transaction, caller.identity) : {};
  const subject = { identity: caller.identity, attributes };
  const of = (resource: string, action: string) =>
    grants.filter((grant) => grant.resource === resource && grant.actions.includes(action));
  const grantsFor = (resource: string, action: string, target: Target) =>
    of(resource, action).filter((grant) => covers(grant, target, subject));
  return {
    bypass,
    grantsFor,
    allows: (resource, action, target = {}) => bypass || grantsFor(resource, action, target).length > 0,
    some: (resource, action) => bypass || of(resource, action).length > 0,
  };
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

/** Service tokens pass every grant check. */
export const bypassesGrants = ({ tokenType }: Caller): boolean => BYPASSES.has(tokenType);

export interface Effective {
  readonly permissions: { resource: string; actions: string[] }[];
  readonly setRefs: string[];
}

/** The union of the caller's plain grants, as `/auth/me` shows it. Service tokens show none. */
export async function effective(transaction: Transaction, caller: Caller): Promise<Effective> {
  if (bypassesGrants(caller)) return { permissions: [], setRefs: [] };
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

/** An execution token carries the sets it names and no others; one that does not exist takes the rest with it. */
export async function setsOf(transaction: Transaction, caller: Caller): Promise<PermissionSet[]> {
  if (caller.tokenType !== 'execution') return assignedSets(transaction, caller.identity);
  const wanted = [...new Set(caller.permissionSetRefs)].filter((ref) => ref !== STANDARD);
  const found = await namedSets(transaction, wanted);
  if (!wanted.every((ref) => found.some((set) => set.ref === ref))) return [];
  return caller.permissionSetRefs.includes(STANDARD) ? [...found, standardOf(caller)] : found;
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
