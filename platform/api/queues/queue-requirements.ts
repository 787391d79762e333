import type { JsonObject } from '../../../contract/json';
import type { CreateQueue, UpdateQueue } from '../../../contract/queues';
import { componentTarget } from '../../auth/authorization-targets';
import { ownerAfterChange } from '../../auth/author';
import type { Caller } from '../../auth/caller';
import { heldSetRefs, requireDelegable } from '../../auth/delegation';
import { loadPack } from '../../auth/pack-access';
import type { Rights } from '../../auth/rights';
import { parseQueueConfig, QueueConfigError } from '../../core/queue/queue-config';
import type { QueueParameters } from '../../core/queue/secret-parameters';
import { undeclaredSecretsError } from '../../core/secrets/schema-taint';
import { undeclaredSecretsOf } from '../../executor/queues/undeclared-secrets';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import type { ActionRow } from '../../store/packs/actions';
import { patchedValue, type PackRow } from '../../store/packs/packs';
import { packConfigOf } from '../../store/queues/dispatch-tuning';
import { findQueue, type QueueReferences, type QueueRow } from '../../store/queues/queues';
import { currentSchemaOf, parameterSchemaOf } from '../../store/packs/action-schemas';
import { requireNewComponent } from '../http/component-requirements';
import { loadAction } from '../packs/actions';
import { rejectDisclosure } from '../http/stored-parameters';

interface RequestContext {
  readonly transaction: Transaction;
  readonly rights: () => Promise<Rights>;
  readonly caller: Caller;
}

/**
 * What a new queue refers to. FORBIDDEN (pack), BAD_REQUEST (config), CONFLICT, NOT_FOUND
 * (action), FORBIDDEN (action, permission sets), in this order.
 */
export async function newQueueReferences(
  context: RequestContext & { readonly body: CreateQueue; readonly pack: PackRow | null },
): Promise<QueueReferences & { readonly dispatch_action_ref: string }> {
  const { transaction, rights, caller, body, pack } = context;
  await requireNewComponent(transaction, rights, 'queues:create', body, pack);
  requireConfig(body.config ?? {}, body.batch_mode ?? 'single');
  if (await findQueue(transaction, body.ref)) throw new DomainError('CONFLICT', `Queue '${body.ref}' already exists`);
  const action = await loadAction(transaction, body.dispatch_action_ref);
  await requireExecutable(context, action, body.permission_set_refs ?? null);
  const { action_params = {}, batch_mode = 'single', item_schema } = body;
  rejectUndeclaredSecrets(
    transaction,
    { action_params, batch_mode, item_schema: item_schema ?? {} },
    pack?.conf_schema ?? {},
    await currentSchemaOf(transaction, action.ref),
  );
  return {
    pack: pack?.id ?? null,
    pack_ref: pack?.ref ?? null,
    ...actionColumns(action),
    owner_identity: caller.identity,
    saved_by: caller.owner,
    permission_limit: await heldSetRefs(transaction, caller),
  };
}

const FLAGS: readonly string[] = ['enabled', 'accepting_new_items'];

/**
 * What a changed queue refers to; it is checked like a new one in what the change concerns.
 * FORBIDDEN for anything but the flags of a queue with a pack.
 */
export async function queueChangeReferences(
  context: RequestContext & {
    /** With the stored secrets in the place of markers. */
    readonly body: UpdateQueue;
    /** The parameters as the caller gave them. */
    readonly given: JsonObject | undefined;
    readonly queue: QueueRow;
  },
): Promise<QueueReferences> {
  const { transaction, rights, caller, body, queue } = context;
  if (Object.entries(body).some(([name, value]) => !FLAGS.includes(name) && value !== undefined)) requireAdhoc(queue);
  if (body.config !== undefined || body.batch_mode !== undefined)
    requireConfig(body.config ?? queue.config, body.batch_mode ?? queue.batch_mode);
  const packRef = patchedValue(body.pack_ref);
  const pack = packRef ? await loadPack(transaction, packRef) : null;
  if (pack)
    await requireNewComponent(transaction, rights, 'queues:create', { ref: queue.ref, pack_ref: pack.ref }, pack);
  const inPack = packRef === undefined ? {} : { pack: pack?.id ?? null, pack_ref: pack?.ref ?? null };
  const { dispatch_action_ref, action_params, permission_set_refs } = body;
  const concernsAction = [dispatch_action_ref, action_params, permission_set_refs].some((field) => field !== undefined);
  const isKept = !concernsAction && !(queue.owner_gone && queue.is_adhoc);
  const action = isKept ? null : await loadAction(transaction, dispatch_action_ref ?? queue.dispatch_action_ref);
  const parameters = { queue, body, pack: inPack.pack === undefined ? queue.pack : inPack.pack };
  if (action === null) {
    await rejectChangedSecrets(transaction, parameters, await currentSchemaOf(transaction, queue.dispatch_action_ref));
    return inPack;
  }
  await requireExecutable(
    context,
    action,
    permission_set_refs === undefined ? queue.permission_set_refs : permission_set_refs,
  );
  const stored = queue.action_params;
  rejectDisclosure('action_params', {
    stored,
    schema: await parameterSchemaOf(transaction, queue.dispatch_action_ref),
    given: context.given,
    newSchema: await parameterSchemaOf(transaction, action.ref),
  });
  await rejectChangedSecrets(transaction, parameters, await currentSchemaOf(transaction, action.ref));
  const owner = (await ownerAfterChange(transaction, caller, queue)) ?? caller.identity;
  return {
    ...inPack,
    ...actionColumns(action),
    owner_identity: owner,
    owner_gone: false,
    saved_by: caller.owner,
    permission_limit: await heldSetRefs(transaction, caller),
  };
}

const actionColumns = ({ id, ref }: ActionRow) => ({ dispatch_action: id, dispatch_action_ref: ref });

/** FORBIDDEN for a queue that belongs to a pack: its files define it. */
export function requireAdhoc({ ref, is_adhoc }: QueueRow): void {
  if (!is_adhoc) throw new DomainError('FORBIDDEN', `Queue '${ref}' is managed by its pack`);
}

/**
 * FORBIDDEN unless the caller may give these sets, or the action's own. Whether the owner may
 * execute the action is checked whenever an execution is requested; a running action, whose token
 * allows less than its identity, must be allowed now.
 */
async function requireExecutable(
  { transaction, rights, caller }: RequestContext,
  action: ActionRow,
  permissionSets: readonly string[] | null,
): Promise<void> {
  if (caller.tokenType === 'execution' && !(await rights()).allows('actions', 'execute', componentTarget(action)))
    throw new DomainError('FORBIDDEN', 'Insufficient permissions: actions:execute');
  await requireDelegable(transaction, caller, permissionSets ?? action.default_execution_permission_set_refs);
}

const PARAMETER_FIELDS = ['action_params', 'batch_mode', 'dispatch_action_ref', 'item_schema', 'pack_ref'] as const;

/** A queue as the change leaves it. That of a pack keeps what its files define. */
async function rejectChangedSecrets(
  transaction: Transaction,
  { queue, body, pack }: { readonly queue: QueueRow; readonly body: UpdateQueue; readonly pack: number | null },
  paramSchema: JsonObject | null,
): Promise<void> {
  if (!queue.is_adhoc || PARAMETER_FIELDS.every((field) => body[field] === undefined)) return;
  const changed: QueueParameters = {
    action_params: body.action_params ?? queue.action_params,
    batch_mode: body.batch_mode ?? queue.batch_mode,
    item_schema: body.item_schema ?? queue.item_schema,
  };
  rejectUndeclaredSecrets(transaction, changed, (await packConfigOf(transaction, pack)).conf_schema, paramSchema);
}

/**
 * VALIDATION_ERROR where a secret of the pack or of an item would get into a parameter that is not
 * secret.
 */
function rejectUndeclaredSecrets(
  transaction: Transaction,
  queue: QueueParameters,
  configSchema: JsonObject,
  paramSchema: JsonObject | null,
): void {
  const paths = undeclaredSecretsOf(transaction, queue, configSchema, paramSchema);
  if (paths.length === 0) return;
  throw new DomainError('VALIDATION_ERROR', undeclaredSecretsError(paths).error, { path: 'action_params' });
}

function requireConfig(config: JsonObject, batchMode: 'single' | 'batch'): void {
  try {
    parseQueueConfig(config, batchMode);
  } catch (error) {
    if (!(error instanceof QueueConfigError)) throw error;
    throw new DomainError('BAD_REQUEST', error.message, { path: error.path });
  }
}
