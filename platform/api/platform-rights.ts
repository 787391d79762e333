import { DEFAULT_TENANT, type Transaction } from '../store/database';
import { namedSets, setsOfRole, type PermissionSet } from '../store/grants';
import { Refusal } from '../refusal';
import type { Caller } from './context';
import { bypassesGrants, isAllowed } from './grants';

const isOfPlatform = ({ grants }: PermissionSet): boolean => grants.some(({ resource }) => resource === 'tenants');

/**
 * The right to manage tenants is handed on by who has it, and not by whoever may manage permissions. Throws FORBIDDEN for a
 * set with that right, given by anybody else.
 */
export async function requireToHandOn(transaction: Transaction, caller: Caller, set: string): Promise<void> {
  await requirePlatformAdmin(transaction, caller, await namedSets(transaction, [set]));
}

/** The same for a role, which comes with its sets. */
export async function requireToGiveRole(transaction: Transaction, caller: Caller, role: string): Promise<void> {
  await requirePlatformAdmin(transaction, caller, await setsOfRole(transaction, role));
}

async function requirePlatformAdmin(
  transaction: Transaction,
  caller: Caller,
  sets: readonly PermissionSet[],
): Promise<void> {
  const ofPlatform = sets.find(isOfPlatform);
  if (!ofPlatform) return;
  const mayGive = caller.tenant === DEFAULT_TENANT && !bypassesGrants(caller);
  if (mayGive && (await isAllowed(transaction, caller, 'tenants', 'manage'))) return;
  throw new Refusal('FORBIDDEN', `Permission set '${ofPlatform.ref}' is not yours to give`);
}
