import { execFile } from 'node:child_process';
import { DomainError } from '../../domain-error';
import { createLimiter } from '../../limiter';
import { packError } from '../pack-errors';
import type { UnpackOutcome } from './unpack-program';

/** What one archive may use: several times what the largest pack needs. */
const LIMITS = { processorSeconds: 10, heapMib: 128, dataMib: 1_024 } as const;
/** More than one, so that a slow archive does not delay a small one. */
const AT_ONCE = 2;

const limiter = createLimiter(AT_ONCE);

/** The platform's own program, and the search path of its packages. */
export interface PlatformProgram {
  readonly path: string;
  readonly modules: string;
}

export interface UnpackOptions {
  readonly program: PlatformProgram;
  /** Ends the process; its reason is thrown. */
  readonly signal: AbortSignal;
  readonly limits?: { readonly processorSeconds: number; readonly heapMib: number; readonly dataMib: number };
}

/**
 * Unpacks an archive in a process of its own, and returns the pack's root. What `unpackArchive`
 * throws; PACK_LIMIT for an archive that needs too much processor time or memory.
 */
export function unpackInProcess(archive: string, into: string, options: UnpackOptions): Promise<string> {
  return limiter(options.signal, async () => {
    const outcome = await runUnpackProgram(archive, into, options);
    if ('root' in outcome) return outcome.root;
    const { code, message, details } = outcome.rejected;
    throw new DomainError(code, message, details);
  });
}

/** A shell sets what Node.js cannot set for a child; a lower limit of the host stays. */
const LIMITED = 'ulimit -t "$1" 2>/dev/null; ulimit -d "$2" 2>/dev/null; shift 2; exec "$@"';

function runUnpackProgram(
  archive: string,
  into: string,
  { program, signal, limits = LIMITS }: UnpackOptions,
): Promise<UnpackOutcome> {
  const node = [
    process.execPath,
    `--max-old-space-size=${limits.heapMib}`,
    program.path,
    'unpack-archive',
    archive,
    into,
  ];
  const shell = ['-c', LIMITED, 'sh', String(limits.processorSeconds), String(limits.dataMib * 1_024), ...node];
  const env = { PATH: process.env.PATH ?? '', NODE_PATH: program.modules };
  const options = { signal, killSignal: 'SIGKILL', env } as const;
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', shell, options, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as UnpackOutcome);
      else if (signal.aborted) reject(signal.reason as Error);
      else if (LIMIT_SIGNALS.includes(error.signal)) reject(tooExpensive());
      else reject(new Error(`the archive could not be unpacked: ${stderr}`, { cause: error }));
    });
  });
}

/** The kernel's signals at the limits, and Node.js's where it cannot allocate. */
const LIMIT_SIGNALS: readonly unknown[] = ['SIGXCPU', 'SIGKILL', 'SIGABRT', 'SIGTRAP', 'SIGILL'];

const tooExpensive = () => packError('PACK_LIMIT', 'the archive needs too much processor time or memory', 'pack');
