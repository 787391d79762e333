import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { packError } from '../pack-errors';
import type { PackReply, PackRequest } from './pack-program';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';

/** The platform's own program, and the search path of its packages. */
export interface PlatformProgram {
  readonly path: string;
  readonly modules: string;
}

/** What a process that unpacks archives and reads packs may use. */
export interface PackProcessLimits {
  readonly processorSeconds: number;
  readonly heapMib: number;
  readonly dataMib: number;
}

/** A shell sets what Node.js cannot set for a child; a lower limit of the host stays. */
const LIMITED = 'ulimit -t "$1" 2>/dev/null; ulimit -d "$2" 2>/dev/null; shift 2; exec "$@"';

/** The kernel's signals at the limits, and Node.js's where it cannot allocate. */
const LIMIT_SIGNALS: readonly unknown[] = ['SIGXCPU', 'SIGKILL', 'SIGABRT', 'SIGTRAP', 'SIGILL'];

const running = new Set<PackProcess>();
/** No process outlives the platform; one that is killed closes stdin, which ends them. */
const killAll = (): void => running.forEach((packProcess) => packProcess.kill());
let isExitWatched = false;

/** A process that does one request after the other. While it is idle, it keeps no one alive. */
export class PackProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly replies: AsyncIterator<string>;
  private readonly stderr: Promise<string>;
  /** The signal that ended it; a program that could not be started has an error. */
  private readonly ended: Promise<unknown>;

  constructor(program: PlatformProgram, limits: PackProcessLimits) {
    const node = [process.execPath, `--max-old-space-size=${limits.heapMib}`, program.path, 'read-packs'];
    const shell = ['-c', LIMITED, 'sh', String(limits.processorSeconds), String(limits.dataMib * 1_024), ...node];
    const env = { PATH: process.env.PATH ?? '', NODE_PATH: program.modules };
    this.child = spawn('/bin/sh', shell, { env, stdio: 'pipe' });
    this.child.stdin.on('error', () => undefined); // it has ended, which the missing reply shows
    this.replies = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.stderr = text(this.child.stderr);
    this.ended = once(this.child, 'close').then(
      ([, signal]) => signal as unknown,
      (error: unknown) => error,
    );
    void this.ended.then(() => running.delete(this));
    if (!isExitWatched) process.once('exit', killAll);
    isExitWatched = true;
    running.add(this);
  }

  /** PACK_LIMIT where a limit ended the process; Error where it failed. */
  async request(request: PackRequest): Promise<PackReply> {
    this.child.stdin.write(`${writeJson(request)}\n`);
    const reply = await this.replies.next();
    if (!reply.done) return parseJsonText(reply.value) as PackReply;
    const end = await this.ended;
    const [what, done] = request.kind === 'unpack' ? ['archive', 'unpacked'] : ['pack', 'read'];
    if (LIMIT_SIGNALS.includes(end))
      throw packError('PACK_LIMIT', `the ${what} needs too much processor time or memory`, 'pack');
    throw new Error(`the ${what} could not be ${done}: ${await this.stderr}`, { cause: end });
  }

  /** Whether this process is to run for its sake. */
  setReferenced(isReferenced: boolean): void {
    const { stdin, stdout, stderr } = this.child;
    for (const handle of [this.child, ...([stdin, stdout, stderr] as unknown as Socket[])])
      if (isReferenced) handle.ref();
      else handle.unref();
  }

  /** Ends it after its last request. */
  end(): void {
    this.child.stdin.end();
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
