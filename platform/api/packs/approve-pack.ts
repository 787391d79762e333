import { authorOf } from '../../auth/author';
import type { Caller } from '../../auth/caller';
import { requireDelegable, requireGrantable } from '../../auth/delegation';
import { callerRights } from '../../auth/grants';
import type { TenantQuota } from '../../auth/tenant-quota';
import { requireInstallable, requirePackOfRef } from '../../auth/pack-write';
import type { Rights } from '../../auth/rights';
import { requireNameable } from '../../auth/nameable-actions';
import type { WorkflowDefinition } from '../../core/workflow/definition';
import { loadStored } from '../../core/workflow/load/load-stored';
import { namedActions, type NamedAction } from '../../core/workflow/named-actions';
import { namedPermissionSets } from '../../core/workflow/permission-sets';
import type { RuleFile } from '../../packs/read/components';
import type { PackFiles } from '../../packs/read/pack';
import type { PackApproval, Saver } from '../../packs/save/approval';
import type { Transaction } from '../../store/database/connection';
import { findTrigger } from '../../store/events/triggers';
import { findActionToExecute } from '../../store/executions/executions';
import { parseGrants } from '../../store/identities/grants';
import { findPack } from '../../store/packs/packs';

/**
 * What a caller may register: over a pack that it may install, components of no other pack,
 * permission sets only as far as it may grant them, and workflows, rules and work queues of
 * actions that it may execute. FORBIDDEN, NOT_FOUND for an unknown set, TOO_MANY_REQUESTS.
 */
export const approvePack =
  (caller: Caller, tenantQuota: TenantQuota): PackApproval =>
  async (transaction, files, installed, storedBytes) => {
    const rights = await callerRights(transaction, caller);
    if (installed !== null) requireInstallable(rights, installed);
    await requireOwnRefs(transaction, rights, files);
    await requireOwnTriggers(transaction, rights, files);
    const { permissionSets } = files.components;
    for (const { ref, grants } of permissionSets)
      await requireGrantable(transaction, caller, { ref, grants: parseGrants(grants) });
    const declared = new Set(permissionSets.map(({ ref }) => ref));
    const definitions = definitionsOf(files);
    const named = await namedSets(transaction, files, definitions);
    const others = named.filter((ref) => !declared.has(ref));
    await requireDelegable(transaction, caller, others);
    const actions = [...definitions.flatMap(namedActions), ...startersOf(files).map(actionOfStarter)];
    await requireNameable(transaction, rights, files.manifest.ref, actions);
    await tenantQuota.addBytes(transaction, caller.tenant, storedBytes);
    return { ...(await authorOf(transaction, caller)), keepsUnchanged: false, writes: null };
  };

/** The loader skips components of the standard pack with a warning. */
async function requireOwnRefs(transaction: Transaction, rights: Rights, { manifest, components }: PackFiles) {
  const { permissionSets, runtimes, actions, workflows, triggers, queues, rules, sensors } = components;
  for (const { ref } of [permissionSets, runtimes, actions, workflows, triggers, queues, rules, sensors].flat()) {
    if (ref.startsWith('core.')) continue;
    await requirePackOfRef(transaction, rights, 'packs:install', { ref, pack_ref: manifest.ref });
  }
}

/** A sensor takes over the triggers that it lists. */
async function requireOwnTriggers(transaction: Transaction, rights: Rights, { manifest, components }: PackFiles) {
  for (const ref of components.sensors.flatMap(({ triggerRefs }) => triggerRefs)) {
    const trigger = await findTrigger(transaction, ref);
    const owner = trigger?.pack_ref ?? null;
    if (owner === null || owner === manifest.ref || owner === 'core') continue;
    const pack = await findPack(transaction, owner);
    if (pack !== null) requireInstallable(rights, pack);
  }
}

const definitionsOf = ({ components: { actions, workflows } }: PackFiles): WorkflowDefinition[] =>
  [...workflows, ...actions.flatMap(({ workflow }) => workflow ?? [])].flatMap(
    ({ definition, ref }) => loadStored(definition, ref) ?? [],
  );

interface Starter extends Pick<RuleFile, 'ref' | 'actionRef' | 'permissionSetRefs'> {
  readonly kind: 'rule' | 'queue';
}

/** What executes an action without a request. */
const startersOf = ({ components: { queues, rules } }: PackFiles): Starter[] => [
  ...rules.map((rule) => ({ ...rule, kind: 'rule' as const })),
  ...queues.map((queue) => ({ ...queue, kind: 'queue' as const })),
];

const actionOfStarter = ({ kind, ref, actionRef }: Starter): NamedAction => ({
  action: actionRef,
  namedBy: `${kind} '${ref}'`,
});

/**
 * Every permission set that the components name, or inherit from the action that a rule or a work
 * queue runs.
 */
async function namedSets(
  transaction: Transaction,
  files: PackFiles,
  definitions: readonly WorkflowDefinition[],
): Promise<string[]> {
  const { actions } = files.components;
  const starters = startersOf(files);
  const inherited = starters.filter(({ permissionSetRefs }) => permissionSetRefs === null);
  const run = await Promise.all(inherited.map(({ actionRef }) => findActionToExecute(transaction, actionRef)));
  return [
    ...actions.flatMap(({ permissionSetRefs }) => permissionSetRefs),
    ...definitions.flatMap(namedPermissionSets),
    ...starters.flatMap(({ permissionSetRefs }) => permissionSetRefs ?? []),
    ...run.flatMap((action) => action?.permissionSetRefs ?? []),
  ];
}

/** For new files of one component: a definition that did not change keeps its author. */
export const writtenFilesSaver = async (transaction: Transaction, caller: Caller, writes: string): Promise<Saver> => ({
  ...(await authorOf(transaction, caller)),
  keepsUnchanged: true,
  writes,
});
