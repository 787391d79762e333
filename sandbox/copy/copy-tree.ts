import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
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
  });
  const packed = once(pack, 'close') as Promise<[number | null]>;
  const faults: Buffer[] = [];
  pack.stderr.on('data', (chunk: Buffer) => faults.push(chunk));
  Readable.from(files.map((path) => `./${path}\0`)).pipe(pack.stdin);
  await mustRun(transport, 'tar --extract --file=- --directory="$1" --no-same-owner', {
    args: [directory],
    input: pack.stdout,
  });
  const [code] = await packed;
  if (code !== 0) throw new Error(`tar ended with exit code ${code}: ${Buffer.concat(faults).toString().trim()}`);
  return 'tar';
}
