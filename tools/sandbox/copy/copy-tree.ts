import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mustRun, type Transport } from '../transport/transport';

/** How the files were sent. */
export type CopyMethod = 'tar';

/** Copies files of a tree into a directory of the host, with their modes. */
export async function copyTree(
  transport: Transport,
  root: string,
  files: readonly string[],
  directory: string,
): Promise<CopyMethod> {
  const pack = spawn('tar', ['--create', '--file=-', '--null', '--verbatim-files-from', '--files-from=-'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a signal of the terminal is for the runner
  });
  const packed = once(pack, 'close') as Promise<[number | null]>;
  const faults: Buffer[] = [];
  pack.stderr.on('data', (chunk: Buffer) => faults.push(chunk));
  // It may end before it has read all names, which its exit code shows.
  const named = pipeline(Readable.from(files.map((path) => `./${path}\0`)), pack.stdin).catch(() => undefined);
  try {
    const options = { args: [directory], input: pack.stdout, limitMs: null };
    await mustRun(transport, 'tar --extract --file=- --directory="$1" --no-same-owner', options);
  } catch (error) {
    pack.kill('SIGKILL'); // what ended the other side ends this one
    throw error;
  }
  await named;
  const [code] = await packed;
  if (code !== 0) throw new Error(`tar ended with exit code ${code}: ${Buffer.concat(faults).toString().trim()}`);
  return 'tar';
}
