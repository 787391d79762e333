import { SandboxError } from '../sandbox-error';
import { END_PROCESSES, EXCEEDED_SIZE, WATCH_DISK } from '../stack/host-scripts';
import { mustRun } from '../transport/transport';
import { programMark, type Sandbox } from './sandbox';

const KIB_OF_MIB = 1_024;

/**
 * From here on, the services and the test command are ended on their host once the directory of
 * the run is larger than its limit. What watches it has the directory as its own, by which the
 * teardown finds it.
 */
export async function watchDisk(sandbox: Sandbox): Promise<void> {
  const { unmarked, directory, manifest } = sandbox;
  const limit = String(manifest.disk_limit * KIB_OF_MIB);
  await mustRun(unmarked, WATCH_DISK, { args: [directory, limit, programMark(sandbox), END_PROCESSES] });
}

/** Why the run was ended, where that was its limit; else null, also where its host is lost. */
export async function diskFailure({ unmarked, directory, manifest }: Sandbox): Promise<SandboxError | null> {
  const size = await mustRun(unmarked, EXCEEDED_SIZE, { args: [directory] }).catch(() => '');
  if (size.trim() === '') return null;
  const mebibytes = Math.round(Number(size) / KIB_OF_MIB);
  const limit = `disk_limit is ${manifest.disk_limit}`;
  return new SandboxError(
    'DISK_LIMIT_EXCEEDED',
    `the run held ${mebibytes} MiB, and ${limit}: its processes were ended`,
  );
}
