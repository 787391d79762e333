import { DatabaseError } from 'pg';
import { errorMessage } from '../../base/error-details';
import { planTimers } from '../../store/events/timers';
import { recordFileAuthors } from '../../store/packs/workflow-file-authors';
import { isShared } from '../../store/packs/packs';
import { listVisibleRuntimes } from '../../store/packs/runtimes';
import { underSavepoint, type Transaction } from '../../store/database/connection';
import type { ActionFile } from '../read/components';
import { requireIndex } from '../registries/require-index';
import { compileSaved } from '../revisions/compile-revision';
import type { PackFiles } from '../read/pack';
import { findRuntimeByRunnerType } from '../read/runner-types';
import { RefTaken, removeUndeclared, type ComponentTable, type PackRef } from './component-rows';
import { saveAction, savePermissionSet, saveRuntime, saveStandaloneWorkflow, saveTrigger } from './components';
import { queueSaver } from './queues';
import { ReferenceMissing, RuleInvalid, ruleSaver } from './rules';
import { saveSensor } from './sensors';
import type { Saver } from './approval';
import { savePack, type PackOptions, type SavedPack } from './pack';

export interface Registration extends SavedPack {
  /** What was skipped and why, with file and line. */
  readonly warnings: readonly string[];
  /** Number of registered components by kind. */
  readonly counts: Readonly<Record<'actions' | 'sensors' | 'triggers' | 'rules' | 'workflows', number>>;
}

/**
 * Registers a pack's components in the tenant of the transaction, then removes those that the
 * files no longer declare. Ids, configuration and what was created through the API stay. Throws
 * DomainError: 409 CONFLICT (exists, without `force`), 403 FORBIDDEN (the standard pack), 422
 * PACK_INDEX_DRIFT.
 */
export async function registerPack(
  transaction: Transaction,
  files: PackFiles,
  options: PackOptions,
): Promise<Registration> {
  requireIndex(files);
  const { saved, saver } = await approveAndSavePack(transaction, files, options);
  const written = saver?.writes ?? null;
  const components = written === null ? files.components : onlyWritten(files.components, written);
  const loader = new ComponentLoader(transaction, saved.pack, [...components.warnings], saver);
  // The contract's order: standalone workflows, permission sets, runtimes, triggers, actions with
  // their workflows, queues, rules, sensors.
  const workflows = await loader.saveAll(components.workflows, (file) =>
    saveStandaloneWorkflow(transaction, loader.pack, file, loader.saver),
  );
  const permissionSets = await loader.saveAll(components.permissionSets, (file) =>
    savePermissionSet(transaction, loader.pack, file),
  );
  const runtimes = await loader.saveAll(components.runtimes, (file) => saveRuntime(transaction, loader.pack, file));
  const triggers = await loader.saveAll(components.triggers, (file) => saveTrigger(transaction, loader.pack, file));
  const knownRuntimeRows = await listVisibleRuntimes(transaction);
  const actions = await loader.saveAll(components.actions, (file) =>
    saveAction(transaction, loader.pack, file, {
      runtime: loader.runtimeFor(file, knownRuntimeRows),
      fileDigest: options.fileDigests?.get(`actions/${file.entrypoint}`) ?? null,
      saver: loader.saver,
    }),
  );
  const queues = await loader.saveAll(components.queues, queueSaver(transaction, loader.pack, loader.saver));
  const rules = await loader.saveAll(components.rules, ruleSaver(transaction, loader.pack, loader.saver));
  await planTimers(transaction, { pack: loader.pack.id });
  const sensors = await loader.saveAll(components.sensors, (file) =>
    saveSensor(transaction, loader.pack, file, loader.findRuntime(file.runnerType, file, knownRuntimeRows)),
  );
  const actionsAndWorkflows = [...actions, ...workflows];
  if (saver !== null)
    await recordFileAuthors(transaction, {
      pack: loader.pack.id,
      refs: workflowRefs(components),
      savedRefs: actionsAndWorkflows,
      author: saver,
      areAll: written === null,
    });
  if (written === null)
    await removeAllUndeclared(transaction, loader.pack, [
      ['sensor', sensors],
      ['rule', rules],
      ['work_queue', queues],
      ['trigger', triggers],
      ['permission_set', permissionSets],
      ['runtime', runtimes],
      ['action', actionsAndWorkflows],
      ['workflow_definition', actionsAndWorkflows],
    ]);
  await compileSaved(transaction, { pack: loader.pack.id });
  const actionWorkflows = components.actions.filter(({ ref, workflow }) => workflow !== null && actions.includes(ref));
  const counts = countsOf({ actions, sensors, triggers, rules, workflows: [...workflows, ...actionWorkflows] });
  return { ...saved, warnings: loader.warnings, counts };
}

/** The one component that the saver has written: an action or a workflow. */
function onlyWritten(components: PackFiles['components'], written: string): PackFiles['components'] {
  const isWritten = ({ ref }: { readonly ref: string }) => ref === written;
  return {
    ...components,
    permissionSets: [],
    runtimes: [],
    triggers: [],
    queues: [],
    rules: [],
    sensors: [],
    actions: components.actions.filter(isWritten),
    workflows: components.workflows.filter(isWritten),
  };
}

const workflowRefs = ({ actions, workflows }: PackFiles['components']): string[] =>
  [...workflows, ...actions.flatMap(({ workflow }) => workflow ?? [])].map(({ ref }) => ref);

const countsOf = (
  saved: Readonly<Record<keyof Registration['counts'], readonly unknown[]>>,
): Registration['counts'] => ({
  actions: saved.actions.length,
  sensors: saved.sensors.length,
  triggers: saved.triggers.length,
  rules: saved.rules.length,
  workflows: saved.workflows.length,
});

/** The pack's row, and who saves its components; throws as `registerPack`. */
async function approveAndSavePack(
  transaction: Transaction,
  files: PackFiles,
  options: PackOptions,
): Promise<{ saved: SavedPack; saver: Saver | null }> {
  let saver: Saver | null = null;
  const saved = await savePack(transaction, files.manifest, options, async (installed) => {
    saver = (await options.approve?.(transaction, files, installed, options.storedBytes)) ?? null;
  });
  return { saved, saver };
}

/** Removes what the files no longer declare, in this order. */
async function removeAllUndeclared(
  transaction: Transaction,
  pack: PackRef,
  declared: readonly (readonly [ComponentTable, readonly string[]])[],
): Promise<void> {
  for (const [table, refs] of declared) await removeUndeclared(transaction, table, pack, refs);
}

type ComponentFile = { readonly ref: string; readonly location?: string };

/**
 * Saves the components of one registration. One that the database rejects is skipped with a
 * warning.
 */
export class ComponentLoader {
  constructor(
    private readonly transaction: Transaction,
    readonly pack: PackRef & { readonly tenant: number },
    readonly warnings: string[],
    readonly saver: Saver | null,
  ) {}

  /**
   * Saves all together or, where one of them fails, each alone. Returns the refs of those that are
   * saved.
   */
  async saveAll<T extends ComponentFile>(files: readonly T[], save: (file: T) => Promise<void>): Promise<string[]> {
    const writable = files.filter((file) => !this.skipReadOnly(file));
    const earlierWarnings = this.warnings.length;
    if ((await this.trySave(writable, save)) === null) return writable.map(({ ref }) => ref);
    this.warnings.length = earlierWarnings;
    const refs: string[] = [];
    for (const file of writable) {
      const reason = await this.trySave([file], save);
      if (reason === null) refs.push(file.ref);
      else this.skip(file, reason);
    }
    return refs;
  }

  runtimeFor(file: ActionFile, knownRuntimeRows: Awaited<ReturnType<typeof listVisibleRuntimes>>) {
    return file.workflow === null ? this.findRuntime(file.runnerType, file, knownRuntimeRows) : null;
  }

  findRuntime(
    runnerType: string,
    file: ComponentFile,
    knownRuntimeRows: Awaited<ReturnType<typeof listVisibleRuntimes>>,
  ) {
    const runtime = findRuntimeByRunnerType(runnerType, knownRuntimeRows);
    if (runtime === undefined) {
      this.warnings.push(`${file.location ?? file.ref}: no runtime is called ${runnerType}; ${file.ref} has none`);
    }
    return runtime ?? null;
  }

  /** Returns whether it is skipped. */
  private skipReadOnly(file: ComponentFile): boolean {
    const isReadOnly = file.ref.startsWith('core.') && !isShared(this.pack);
    if (isReadOnly) this.skip(file, 'pack core is read-only');
    return isReadOnly;
  }

  /** Saves all or none. Returns the reason why it saved none. */
  private async trySave<T>(files: readonly T[], save: (file: T) => Promise<void>): Promise<string | null> {
    if (files.length === 0) return null;
    try {
      await underSavepoint(this.transaction, async () => {
        for (const file of files) await save(file);
      });
      return null;
    } catch (error) {
      const isPackError = [RefTaken, ReferenceMissing, RuleInvalid].some((type) => error instanceof type);
      if (!isPackError && !isDataError(error)) throw error;
      return isPackError ? errorMessage(error) : 'the database rejected it';
    }
  }

  private skip(file: ComponentFile, why: string): void {
    this.warnings.push(`${file.location ?? file.ref}: ${why}; the file is skipped`);
  }
}

/** A value that a column rejects (class 22) or that violates a constraint (class 23). */
const isDataError = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
