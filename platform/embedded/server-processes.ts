import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from '../base/error-details';

/** `cluster_name` of the server: PostgreSQL puts it into the title of each of its processes. */
export const clusterName = (instance: string): string => `tuningfork-${instance}`;

/**
 * Kills what a server that exited has left: its processes hold the shared memory, so that no other
 * server can start on the data, and one in a long statement does not notice the exit.
 */
export function killServerProcesses(instance: string): void {
  const title = `postgres: ${clusterName(instance)}: `;
  for (const pid of readdirSync('/proc')) {
    if (/^\d+$/.test(pid) && readCommandLine(pid).startsWith(title)) kill(Number(pid));
  }
}

/** Empty for a process that has exited. */
function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return '';
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
