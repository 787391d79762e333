import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningPlatform } from '../../../contract/platform-file';
import { pidsMentioning } from './holder-process';

/** The pid of the embedded PostgreSQL: the first line of its pid file. */
export const serverPid = ({ directory }: RunningPlatform): number =>
  Number(readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

/** Stops all processes of PostgreSQL where they are. Returns a function that continues them. */
export function freezeServer(platform: RunningPlatform): () => void {
  const server = serverPid(platform);
  process.kill(server, 'SIGSTOP'); // first: it starts no more processes
  const pids = [...pidsMentioning(`postgres: tuningfork-${platform.instance_id}: `), server];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => pids.forEach((pid) => process.kill(pid, 'SIGCONT'));
}
