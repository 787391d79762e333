import { sql } from 'kysely';
import { DatabaseError } from 'pg';
import { isShared } from '../store/packs';
import { knownRuntimes } from '../store/runtimes';
import type { Transaction } from '../store/database';
import type { ActionFile } from './components';
import type { PackFiles } from './read-pack';
import { runtimeOf } from './runner-types';
import {
  RefTaken,
  removeVanished,
  saveAction,
  savePermissionSet,
  saveRuntime,
  saveStandAlone,
  type Declared,
  type Holder,
} from './save-components';
import { EndMissing, removeVanishedRules, saveRule, saveTrigger } from './save-rules';
import { removeVanishedSensors, saveSensor } from './save-sensors';
import { savePack, type PackOptions, type SavedPack } from './save-pack';

export interface Registration extends SavedPack {
  /** What was left out and why, with file and line. */
  readonly warnings: readonly string[];
  /** How many of each kind are known now. */
  readonly counts: Readonly<Record<'actions' | 'sensors' | 'triggers' | 'rules' | 'workflows', number>>;
}

/**
 * Makes a pack's files known, in the tenant of the transaction: permission sets, runtimes, workflows, triggers, actions,
 * rules, sensors; then removes what vanished from the files. Ids, configuration and what was made through the API stay. Throws Refusal: 409
 * CONFLICT (exists, not `force`), 403 FORBIDDEN (a pack we ship).
 */
export async function register(
  transaction: Transaction,
  { manifest, components }: PackFiles,
  options: PackOptions,
): Promise<Registration> {
  const saved = await savePack(transaction, manifest, options);
  const load = new Load(transaction, saved.pack, [...components.warnings]);
  // The contract's order: stand-alone workflows, permission sets, runtimes, triggers, actions with their workflows, rules, sensors.
  const workflows = await load.each(components.workflows, (file) => saveStandAlone(transaction, load.pack, file));
  const permissionSets = await load.each(components.permissionSets, (file) =>
    savePermissionSet(transaction, load.pack, file),
  );
  const runtimes = await load.each(components.runtimes, (file) => saveRuntime(transaction, load.pack, file));
  const triggers = await load.each(components.triggers, (file) => saveTrigger(transaction, load.pack, file));
  const known = await knownRuntimes(transaction);
  const actions = await load.each(components.actions, (file) =>
    saveAction(transaction, load.pack, file, load.runtimeFor(file, known)),
  );
  const rules = await load.each(components.rules, (file) => saveRule(transaction, load.pack, file));
  const sensors = await load.each(components.sensors, (file) =>
    saveSensor(transaction, load.pack, file, load.runtimeNamed(file.runnerType, file, known)),
  );
  await removeVanishedSensors(transaction, load.pack, sensors);
  await removeVanishedRules(transaction, load.pack, { triggers, rules });
  await removeVanished(transaction, load.pack, declaredBy(workflows, permissionSets, runtimes, actions));
  const bodies = components.actions.filter(({ ref, workflow }) => workflow !== null && actions.includes(ref));
  const counts = {
    actions: actions.length,
    sensors: sensors.length,
    triggers: triggers.length,
    rules: rules.length,
    workflows: workflows.length + bodies.length,
  };
  return { ...saved, warnings: load.warnings, counts };
}

const declaredBy = (
  workflows: readonly string[],
  permissionSets: readonly string[],
  runtimes: readonly string[],
  actions: readonly string[],
): Declared => ({
  permissionSets,
  runtimes,
  actions: [...actions, ...workflows],
  workflows: [...actions, ...workflows],
});

type File = { readonly ref: string; readonly at?: string };

/** One registration: a component that the database refuses is left out with a warning, and the rest goes on. */
export class Load {
  constructor(
    private readonly transaction: Transaction,
    readonly pack: Holder & { readonly tenant: number },
    readonly warnings: string[],
  ) {}

  /** Saves each under a savepoint of its own; answers the refs of those that were saved. */
  async each<T extends File>(files: readonly T[], save: (file: T) => Promise<void>): Promise<string[]> {
    const refs: string[] = [];
    for (const file of files) {
      if (await this.one(file, save)) refs.push(file.ref);
    }
    return refs;
  }

  runtimeFor(file: ActionFile, known: Awaited<ReturnType<typeof knownRuntimes>>) {
    return file.workflow === null ? this.runtimeNamed(file.runnerType, file, known) : null;
  }

  runtimeNamed(runnerType: string, file: File, known: Awaited<ReturnType<typeof knownRuntimes>>) {
    const runtime = runtimeOf(runnerType, known);
    if (runtime === undefined) {
      this.warnings.push(`${file.at ?? file.ref}: no runtime is called ${runnerType}; ${file.ref} has none`);
    }
    return runtime ?? null;
  }

  private async one<T extends File>(file: T, save: (file: T) => Promise<void>): Promise<boolean> {
    if (file.ref.startsWith('core.') && !isShared(this.pack)) return this.skip(file, 'pack core is read-only');
    await sql`savepoint component`.execute(this.transaction);
    try {
      await save(file);
      await sql`release savepoint component`.execute(this.transaction);
      return true;
    } catch (error) {
      const isOurs = error instanceof RefTaken || error instanceof EndMissing;
      if (!isOurs && !isRefusal(error)) throw error;
      await sql`rollback to savepoint component`.execute(this.transaction);
      return this.skip(file, isOurs ? error.message : 'the database refused it');
    }
  }

  private skip(file: File, why: string): false {
    this.warnings.push(`${file.at ?? file.ref}: ${why}; the file is skipped`);
    return false;
  }
}

/** A value that a column does not take (class 22) or a constraint that it breaks (class 23). */
const isRefusal = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
