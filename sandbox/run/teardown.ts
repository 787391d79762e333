import { dirname } from 'node:path';
import type { Ledger, LedgerState, Resource, RunRecord } from '../ledger/ledger';
import { END_PROCESSES, RELEASE_PORT, REMOVE_DIRECTORY } from '../stack/host-scripts';
import type { Transport } from '../transport/transport';
import type { Remaining } from './report';

/** Removes what a run created, newest first. Returns what remains. */
export async function teardown(transport: Transport, ledger: Ledger, state: LedgerState): Promise<Remaining[]> {
  const leaks: Remaining[] = [];
  for (const resource of state.present) {
    if (await remove(transport, state.run, resource)) ledger.removed(resource);
    else leaks.push(remaining(state.run, resource));
  }
  return leaks;
}

async function remove(transport: Transport, run: RunRecord, { kind, name }: Resource): Promise<boolean> {
  const [script, ...args] = removalOf(run, kind, name);
  const { code } = await transport.run(script, { args });
  return code === 0;
}

function removalOf(run: RunRecord, kind: Resource['kind'], name: string): [script: string, ...args: string[]] {
  if (kind === 'processes') return [END_PROCESSES, name, run.directory];
  if (kind === 'port') return [RELEASE_PORT, dirname(run.directory), name, run.name];
  return [REMOVE_DIRECTORY, name];
}

/** A resource with the command that removes it and the rest of its run. */
export const remaining = (run: RunRecord, resource: Resource): Remaining => ({
  ...resource,
  remove: `npx tuningfork sandbox down ${run.id}`,
});
