import type { Transaction } from '../store/database';
import { assignedSets, namedSets, type PermissionSet } from '../store/grants';
import { Refusal } from '../refusal';
import type { Caller } from './context';
import { notFound } from './errors';
import { bypassesGrants, grantsOf, isPlain } from './grants';

/** What every execution may be given: no set of that name exists. */
const STANDARD = 'standard';

/**
 * Refuses to hand on what the caller does not hold: each set must be theirs, or grant nothing that they are not granted.
 * Throws NOT_FOUND for a set that does not exist, FORBIDDEN for one that is not theirs to give.
 */
export async function requireDelegable(
  transaction: Transaction,
  caller: Caller,
  refs: readonly string[] | null | undefined,
): Promise<void> {
  const wanted = [...new Set(refs)].filter((ref) => ref !== STANDARD);
  if (wanted.length === 0) return;
  const found = await namedSets(transaction, wanted);
  const missing = wanted.find((ref) => !found.some((set) => set.ref === ref));
  if (missing !== undefined) throw notFound(`Permission set '${missing}'`);
  if (bypassesGrants(caller)) return;
  const theirs = await assignedTo(transaction, caller);
  const held = await rightsOf(transaction, caller);
  const foreign = found.find((set) => !theirs.has(set.ref) && !rightsIn(set).every((right) => held.has(right)));
  if (foreign) throw new Refusal('FORBIDDEN', `Permission set '${foreign.ref}' is not yours to give`);
}

async function assignedTo(transaction: Transaction, caller: Caller): Promise<ReadonlySet<string>> {
  if (caller.tokenType === 'execution') return new Set(caller.permissionSetRefs);
  return new Set((await assignedSets(transaction, caller.identity)).map(({ ref }) => ref));
}

async function rightsOf(transaction: Transaction, caller: Caller): Promise<ReadonlySet<string>> {
  const grants = (await grantsOf(transaction, caller)).filter(isPlain);
  return new Set(grants.flatMap(({ resource, actions }) => actions.map((action) => `${resource}:${action}`)));
}

const rightsIn = ({ grants }: PermissionSet): string[] =>
  grants.flatMap(({ resource, actions }) => actions.map((action) => `${resource}:${action}`));
