import { DomainError } from '../../base/domain-error';
import { createLimiter } from '../../base/async/limiter';
import type { EnvironmentRuntime } from '../../../contract/runtimes';
import { PackProcess, type PackProcessLimits, type PlatformProgram } from './pack-process';
import type { PackReply, PackRequest, PackResults } from './pack-program';
import { writeJson } from '../../../contract/json-text/write-json';

/**
 * What one archive, or the files of one pack, may use: the heap is what one YAML file of the
 * largest size can need, all else is several times what the largest pack needs.
 */
const LIMITS: PackProcessLimits & IdleLimits = {
  processorSeconds: 10,
  heapMib: 512,
  dataMib: 1_024,
  keptSeconds: 5,
  usedSeconds: 3,
};
/** More than one, so that a slow pack does not delay a small one. */
const AT_ONCE = 2;

const limiter = createLimiter(AT_ONCE);

/** How long a process is kept for the next request. */
interface IdleLimits {
  readonly keptSeconds: number;
  /** Of its processor time: the next request has the rest of `processorSeconds`. */
  readonly usedSeconds: number;
}

export interface PackProcessOptions {
  readonly program: PlatformProgram;
  /** Ends the process; its reason is thrown. */
  readonly signal: AbortSignal;
  readonly limits?: PackProcessLimits & IdleLimits;
}

/** Unpacks an archive, and returns the pack's root. Throws what `unpackArchive` throws. */
export const unpackInProcess = (archive: string, into: string, options: PackProcessOptions): Promise<string> =>
  inPackProcess({ kind: 'unpack', archive, into }, options);

/** `readPack`, of a pack that is not built in. */
export const readPackInProcess = (directory: string, options: PackProcessOptions): Promise<PackResults['pack']> =>
  inPackProcess({ kind: 'pack', directory }, options);

export const readManifestInProcess = (
  directory: string,
  options: PackProcessOptions,
): Promise<PackResults['manifest']> => inPackProcess({ kind: 'manifest', directory }, options);

/** Returns what `requiredEnvironments` does. */
export const requiredEnvironmentsInProcess = async (
  directory: string,
  options: PackProcessOptions,
): Promise<ReadonlyMap<EnvironmentRuntime, string>> =>
  new Map(await inPackProcess({ kind: 'environments', directory }, options));

export const readWorkflowFilesInProcess = (
  directory: string,
  pack: string,
  options: PackProcessOptions,
): Promise<PackResults['workflows']> => inPackProcess({ kind: 'workflows', directory, pack }, options);

/**
 * Does one request in a process of its own, so that it costs the caller's process neither time
 * nor memory. PACK_LIMIT for one that needs too much of them. The process does further requests
 * as long as they follow each other.
 */
function inPackProcess<Kind extends PackRequest['kind']>(
  request: PackRequest & { readonly kind: Kind },
  options: PackProcessOptions,
): Promise<PackResults[Kind]> {
  return limiter(options.signal, async () => {
    const reply = await requestKept(request, options);
    if ('result' in reply) return reply.result as PackResults[Kind];
    const { code, message, details } = reply.rejected;
    throw new DomainError(code, message, details);
  });
}

/** A process that waits for a request. */
interface Idle {
  readonly process: PackProcess;
  readonly timer: NodeJS.Timeout;
}

/** By the program and the limits of the processes. */
const idle = new Map<string, Idle[]>();
const keyOf = ({ program, limits = LIMITS }: PackProcessOptions): string => writeJson([program, limits]);

/** One that has ended meanwhile, or ends at its limits, leaves the request to a new process. */
async function requestKept(request: PackRequest, options: PackProcessOptions): Promise<PackReply> {
  const kept = takeKept(options);
  try {
    if (kept !== undefined) return await requestFrom(kept, request, options);
  } catch {
    options.signal.throwIfAborted();
  }
  return requestFrom(new PackProcess(options.program, options.limits ?? LIMITS), request, options);
}

function takeKept(options: PackProcessOptions): PackProcess | undefined {
  const waiting = idle.get(keyOf(options))?.pop();
  clearTimeout(waiting?.timer);
  return waiting?.process;
}

async function requestFrom(
  process: PackProcess,
  request: PackRequest,
  options: PackProcessOptions,
): Promise<PackReply> {
  const { signal } = options;
  const kill = (): void => process.kill();
  signal.addEventListener('abort', kill, { once: true });
  process.setReferenced(true);
  try {
    const reply = await process.request(request);
    keep(process, reply.usedMs, options);
    return reply;
  } catch (error) {
    process.kill();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function keep(process: PackProcess, usedMs: number, options: PackProcessOptions): void {
  const { keptSeconds, usedSeconds } = options.limits ?? LIMITS;
  process.setReferenced(false);
  if (usedMs > usedSeconds * 1_000) return process.end();
  const waiting = idle.get(keyOf(options)) ?? [];
  idle.set(keyOf(options), waiting);
  const timer = setTimeout(() => {
    waiting.splice(waiting.indexOf(entry), 1);
    process.end();
  }, keptSeconds * 1_000).unref();
  const entry: Idle = { process, timer };
  waiting.push(entry);
}
