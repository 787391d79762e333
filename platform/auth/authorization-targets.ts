import type { AuthorizationTarget } from './constraints';
import type { Transaction } from '../store/database/connection';
import { isDescendant, descendsFromIdentity } from '../store/executions/lineage';
import { findPackRefOf } from '../store/packs/component-packs';
import type { PackRow } from '../store/packs/packs';
import type { Caller } from './caller';

/** What the constraints of grants compare, for each kind of resource. */

type PackIdentity = Pick<PackRow, 'ref' | 'installed_by'> & { readonly id?: number };

/** A pack belongs to the identity that created it. */
export const packTarget = ({ id, ref, installed_by: owner }: PackIdentity): AuthorizationTarget => ({
  ...(id !== undefined && { id }),
  ref,
  packRef: ref,
  owner,
});

export interface ComponentRow {
  readonly id?: number;
  readonly ref: string;
  /** Its pack; the text of its ref does not decide. Null: it belongs to none. */
  readonly pack_ref?: string | null;
  readonly owner_identity?: number | null;
}

/**
 * An action, workflow, trigger, sensor, rule, runtime or permission set. Only a rule has an owner.
 */
export const componentTarget = ({
  id,
  ref,
  pack_ref: packRef = null,
  owner_identity: owner = null,
}: ComponentRow): AuthorizationTarget => ({
  ...(id !== undefined && { id }),
  ref,
  packRef,
  owner,
});

interface EnforcementRow {
  readonly id: number;
  readonly rule: number | null;
  readonly rule_ref: string;
}

/** An enforcement is named by its rule's ref and belongs to the rule's pack. */
export async function enforcementTarget(
  transaction: Transaction,
  { id, rule, rule_ref: ref }: EnforcementRow,
): Promise<AuthorizationTarget> {
  return { id, ref, packRef: await findPackRefOf(transaction, 'rule', rule), owner: null };
}

interface ExecutionRow {
  readonly id: number;
  readonly action: number | null;
  readonly action_ref: string;
  readonly parent: number | null;
  readonly executor: number | null;
}

/**
 * An execution is named by its action's ref, and belongs to the action's pack and to the identity
 * that requested it. That of a deleted action belongs to no pack.
 */
export async function executionTarget(
  transaction: Transaction,
  caller: Caller,
  row: ExecutionRow,
): Promise<AuthorizationTarget> {
  const { id, action, action_ref: ref, executor: owner } = row;
  const packRef = await findPackRefOf(transaction, 'action', action);
  return { id, ref, packRef, owner, scope: await executionScope(transaction, caller, row) };
}

/**
 * `self`: what the caller requested, or the running action itself. `descendants`: what came of it,
 * at any depth.
 */
async function executionScope(
  transaction: Transaction,
  { execution: ownExecution, identity }: Caller,
  { id, parent, executor }: ExecutionRow,
): Promise<'self' | 'descendants' | 'any'> {
  const isSelf = ownExecution === null ? executor === identity : id === ownExecution;
  if (isSelf) return 'self';
  if (parent === null) return 'any';
  const isDescendantOfCaller =
    ownExecution === null
      ? descendsFromIdentity(transaction, id, identity)
      : isDescendant(transaction, id, ownExecution);
  return (await isDescendantOfCaller) ? 'descendants' : 'any';
}

interface InquiryRow {
  readonly id: number;
  readonly assigned_to: number | null;
}

/** An inquiry has the target of its execution, and belongs to its assignee. */
export async function inquiryTarget(
  transaction: Transaction,
  caller: Caller,
  { id, assigned_to: owner }: InquiryRow,
  execution: ExecutionRow,
): Promise<AuthorizationTarget> {
  return { ...(await executionTarget(transaction, caller, execution)), id, owner };
}

interface IdentityRow {
  readonly id: number;
  readonly login: string;
}

/** A worker is named by its name. */
export const workerTarget = ({ id, name }: { readonly id: number; readonly name: string }): AuthorizationTarget => ({
  id,
  ref: name,
  owner: null,
});

/** An identity belongs to itself. */
export const identityTarget = ({ id, login }: IdentityRow): AuthorizationTarget => ({ id, ref: login, owner: id });
