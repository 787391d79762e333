import type { Transaction } from '../store/database';
import { assignedSets, namedSets, type Grant, type PermissionSet } from '../store/grants';
import { Refusal } from '../refusal';
import type { Caller } from './context';

/** Of an execution token: what a running action may do with keys and artifacts of its own. No set of that name exists. */
const STANDARD = 'standard';

const BYPASSES: ReadonlySet<Caller['tokenType']> = new Set(['sensor', 'worker']);

/** Throws FORBIDDEN unless the caller may do this to any resource of the kind. A constrained grant is not that right. */
export async function requireGrant(
  transaction: Transaction,
  caller: Caller,
  resource: string,
  action: string,
): Promise<void> {
  if (await isAllowed(transaction, caller, resource, action)) return;
  throw new Refusal('FORBIDDEN', `Insufficient permissions: ${resource}:${action}`);
}

/** The same as an answer. */
export async function isAllowed(
  transaction: Transaction,
  caller: Caller,
  resource: string,
  action: string,
): Promise<boolean> {
  if (bypassesGrants(caller)) return true;
  return (await grantsOf(transaction, caller)).some(
    (grant) => grant.resource === resource && grant.actions.includes(action) && isPlain(grant),
  );
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

export const isPlain = ({ constraints }: Grant): boolean => Object.keys(constraints).length === 0;

/** All that the caller holds, constrained grants among them. */
export async function grantsOf(transaction: Transaction, caller: Caller): Promise<Grant[]> {
  return (await setsOf(transaction, caller)).flatMap(({ grants }) => grants);
}

/** An execution token carries the sets it names and no others; one that does not exist takes the rest with it. */
async function setsOf(transaction: Transaction, caller: Caller): Promise<PermissionSet[]> {
  if (caller.tokenType !== 'execution') return assignedSets(transaction, caller.identity);
  const wanted = [...new Set(caller.permissionSetRefs)].filter((ref) => ref !== STANDARD);
  const found = await namedSets(transaction, wanted);
  return wanted.every((ref) => found.some((set) => set.ref === ref)) ? found : [];
}
