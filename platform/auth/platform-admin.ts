import { DEFAULT_TENANT, type Transaction } from '../store/database/connection';
import {
  findPermissionSetsByRef,
  listPermissionSetsOfRole,
  type EffectivePermissionSet,
} from '../store/identities/grants';
import { DomainError } from '../base/domain-error';
import type { Caller } from './caller';
import { bypassesGrants, callerRights } from './grants';

const grantsPlatformAdmin = ({ grants }: EffectivePermissionSet): boolean =>
  grants.some(({ resource }) => resource === 'tenants');

/**
 * Only a manager of tenants may assign a permission set with the right to manage tenants: the
 * right to manage permissions is not enough. FORBIDDEN.
 */
export async function requireAssignableSet(transaction: Transaction, caller: Caller, set: string): Promise<void> {
  await requirePlatformAdmin(transaction, caller, await findPermissionSetsByRef(transaction, [set]));
}

/** The same for a role, which comes with its sets. */
export async function requireAssignableRole(transaction: Transaction, caller: Caller, role: string): Promise<void> {
  await requirePlatformAdmin(transaction, caller, await listPermissionSetsOfRole(transaction, role));
}

async function requirePlatformAdmin(
  transaction: Transaction,
  caller: Caller,
  sets: readonly EffectivePermissionSet[],
): Promise<void> {
  const platformSet = sets.find(grantsPlatformAdmin);
  if (!platformSet) return;
  const isPlatformTenant = caller.tenant === DEFAULT_TENANT && !bypassesGrants(caller);
  if (isPlatformTenant && (await callerRights(transaction, caller)).allows('tenants', 'manage')) return;
  throw new DomainError('FORBIDDEN', `Permission set '${platformSet.ref}' is not yours to give`);
}
