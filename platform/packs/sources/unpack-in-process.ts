import { DomainError } from '../../base/domain-error';
import { createLimiter } from '../../base/async/limiter';
import { UnpackProcess, type PlatformProgram, type UnpackLimits } from './unpack-process';
import type { UnpackReply, UnpackRequest } from './unpack-program';
import { writeJson } from '../../../contract/json-text/write-json';

/** What one archive may use: several times what the largest pack needs. */
const LIMITS: UnpackLimits & IdleLimits = {
  processorSeconds: 10,
  heapMib: 128,
  dataMib: 1_024,
  keptSeconds: 5,
  usedSeconds: 1,
};
/** More than one, so that a slow archive does not delay a small one. */
const AT_ONCE = 2;

const limiter = createLimiter(AT_ONCE);

/** How long a process is kept for the next archive. */
interface IdleLimits {
  readonly keptSeconds: number;
  /** Of its processor time: the next archive has the rest of `processorSeconds`. */
  readonly usedSeconds: number;
}

export interface UnpackOptions {
  readonly program: PlatformProgram;
  /** Ends the process; its reason is thrown. */
  readonly signal: AbortSignal;
  readonly limits?: UnpackLimits & IdleLimits;
}

/**
 * Unpacks an archive in a process of its own, and returns the pack's root. What `unpackArchive`
 * throws; PACK_LIMIT for an archive that needs too much processor time or memory. The process
 * unpacks further archives as long as they follow each other.
 */
export function unpackInProcess(archive: string, into: string, options: UnpackOptions): Promise<string> {
  return limiter(options.signal, async () => {
    const reply = await unpackInKept({ archive, into }, options);
    if ('root' in reply) return reply.root;
    const { code, message, details } = reply.rejected;
    throw new DomainError(code, message, details);
  });
}

/** A process that waits for an archive. */
interface Idle {
  readonly unpacker: UnpackProcess;
  readonly timer: NodeJS.Timeout;
}

/** By the program and the limits of the processes. */
const idle = new Map<string, Idle[]>();
const keyOf = ({ program, limits = LIMITS }: UnpackOptions): string => writeJson([program, limits]);

/** One that has ended meanwhile, or ends at its limits, leaves the archive to a new process. */
async function unpackInKept(request: UnpackRequest, options: UnpackOptions): Promise<UnpackReply> {
  const kept = takeKept(options);
  try {
    if (kept !== undefined) return await unpackWith(kept, request, options);
  } catch {
    options.signal.throwIfAborted();
  }
  return unpackWith(new UnpackProcess(options.program, options.limits ?? LIMITS), request, options);
}

function takeKept(options: UnpackOptions): UnpackProcess | undefined {
  const waiting = idle.get(keyOf(options))?.pop();
  clearTimeout(waiting?.timer);
  return waiting?.unpacker;
}

async function unpackWith(
  unpacker: UnpackProcess,
  request: UnpackRequest,
  options: UnpackOptions,
): Promise<UnpackReply> {
  const { signal } = options;
  const kill = (): void => unpacker.kill();
  signal.addEventListener('abort', kill, { once: true });
  unpacker.setReferenced(true);
  try {
    const reply = await unpacker.unpack(request);
    keep(unpacker, reply.usedMs, options);
    return reply;
  } catch (error) {
    unpacker.kill();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function keep(unpacker: UnpackProcess, usedMs: number, options: UnpackOptions): void {
  const { keptSeconds, usedSeconds } = options.limits ?? LIMITS;
  unpacker.setReferenced(false);
  if (usedMs > usedSeconds * 1_000) return unpacker.end();
  const waiting = idle.get(keyOf(options)) ?? [];
  idle.set(keyOf(options), waiting);
  const timer = setTimeout(() => {
    waiting.splice(waiting.indexOf(entry), 1);
    unpacker.end();
  }, keptSeconds * 1_000).unref();
  const entry: Idle = { unpacker, timer };
  waiting.push(entry);
}
