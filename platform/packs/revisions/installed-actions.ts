import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledAction, InstalledActions } from '../../core/workflow/compile/compile';
import type { Transaction } from '../../store/database/connection';
import { sha256Hex } from '../../store/database/sha256';
import { listActionRefs, listActionSources, type ActionSource } from '../../store/packs/action-sources';
import type { PinnedAction } from '../../store/packs/pinned-actions';
import { checkEntryPoint } from '../read/entry-point';
import { findCallCycle, type CallCycle } from './call-cycle';
import { writeJson } from '../../../contract/json-text/write-json';

/** The workflow that names actions; an id of 0 is none that is stored. */
interface CallingWorkflow {
  readonly workflow: number;
  readonly ref: string;
}

type Installed = InstalledActions & {
  readonly pins: readonly PinnedAction[];
  /** Of the caller. */
  readonly cycle: CallCycle;
};

/**
 * The actions of these refs as they are installed, and what to pin so that they stay so. The
 * digest of a workflow that calls the caller back, or is the caller, leaves the last plans of both
 * out: each compile of the one would change that of the other.
 */
export async function findInstalledActions(
  transaction: Transaction,
  refs: readonly string[],
  caller: CallingWorkflow,
): Promise<Installed> {
  const found = await listActionSources(transaction, refs);
  const nested = found.flatMap((source) => (source.nested === null ? [] : [source.ref]));
  const cycle = await findCallCycle(transaction, caller.ref, nested);
  const cycleDigest = cycle.members.size === 0 ? null : sha256Hex(writeJson(cycle.contents));
  const callsBack = (workflow: number) => workflow === caller.workflow || cycle.members.has(workflow);
  const sources = found.map((source) =>
    source.nested !== null && callsBack(source.nested.workflow) ? { ...source, workflowDigest: cycleDigest } : source,
  );
  const byRef = new Map<string, InstalledAction>();
  for (const source of sources) byRef.set(source.ref, await installedAction(source));
  const pins = sources
    .filter(({ isBuiltIn, nested }) => !isBuiltIn || nested !== null)
    .map(({ ref, storage, columns, author, nested }) => ({ ref, storage, columns: { ...columns, ...author }, nested }));
  return { byRef, pins, cycle, refs: byRef.size < refs.length ? await listActionRefs(transaction) : [] };
}

async function installedAction(source: ActionSource): Promise<InstalledAction> {
  const { storage, entrypoint, fileDigest } = source;
  if (source.isBuiltIn) return { digest: digestOf(source, null) };
  const directory = storage === null ? null : join(storage, 'actions');
  const path = `actions/${entrypoint}`;
  if (directory !== null && (await checkEntryPoint(directory, entrypoint)).is === 'file') {
    const actual = sha256Hex(await readFile(join(directory, entrypoint)));
    if (fileDigest !== null && fileDigest !== actual) return { changedFile: path, expected: fileDigest, actual };
    return { digest: digestOf(source, actual) };
  }
  return isScript(source) && fileDigest === null ? { digest: digestOf(source, null) } : { missingFile: path };
}

const digestOf = ({ ref, columns, filesDigest, workflowDigest }: ActionSource, file: string | null): string =>
  sha256Hex(writeJson({ ref, columns, filesDigest, workflowDigest, file }));

/** The shell runs an entry point that is no file as a script; the name of one is a file. */
const isScript = ({ runtime, isAdhoc, entrypoint }: ActionSource): boolean =>
  runtime === 'shell' && (isAdhoc || !/^[\w./-]+\.(sh|bash)$/.test(entrypoint));
