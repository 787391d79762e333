import { dirname } from 'node:path';
import type { Ledger, LedgerState, Resource, RunRecord } from '../ledger/ledger';
import { REMOVE_PROJECT } from '../stack/engine-scripts';
import { END_PROCESSES, RELEASE_PORT, REMOVE_DIRECTORY } from '../stack/host-scripts';
import { SandboxError } from '../sandbox-error';
import type { Transport } from '../transport/transport';
import type { Remaining } from '../../../contract/sandbox-report';

/**
 * Removes what a run created: its processes first, then the newest. Returns what remains. A
 * project is removed before, so that its engine stops the containers, and again after: the client
 * of the engine may have been running.
 */
export async function teardown(transport: Transport, ledger: Ledger, state: LedgerState): Promise<Remaining[]> {
  const leaks: Remaining[] = [];
  for (const resource of state.present.filter(({ kind }) => kind === 'project'))
    await remove(transport, state.run, resource);
  const isProcesses = ({ kind }: Resource) => kind === 'processes';
  const others = state.present.filter((resource) => !isProcesses(resource));
  for (const resource of [...state.present.filter(isProcesses), ...others]) {
    if (await remove(transport, state.run, resource)) ledger.removed(resource);
    else leaks.push(remaining(state.run, resource));
  }
  return leaks;
}

/** Of one removal, ms: a tree may be large. */
const REMOVAL_LIMIT_MS = 300_000;

/** Tries of a removal whose host is lost. */
const MOST_TRIES = 3;

async function remove(transport: Transport, run: RunRecord, { kind, name }: Resource): Promise<boolean> {
  const [script, ...args] = removalOf(run, kind, name);
  for (let tries = 1; ; tries++) {
    try {
      return (await transport.run(script, { args, limitMs: REMOVAL_LIMIT_MS })).code === 0;
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      if (tries === MOST_TRIES) return false;
    }
  }
}

function removalOf(run: RunRecord, kind: Resource['kind'], name: string): [script: string, ...args: string[]] {
  if (kind === 'processes') return [END_PROCESSES, name, run.directory];
  if (kind === 'port') return [RELEASE_PORT, dirname(run.directory), name, run.name];
  if (kind === 'project') return [REMOVE_PROJECT, name];
  return [REMOVE_DIRECTORY, name];
}

/** A resource with the command that removes it and the rest of its run. */
export const remaining = (run: RunRecord, resource: Resource): Remaining => ({
  ...resource,
  remove: `npx tuningfork sandbox down ${run.id}`,
});
