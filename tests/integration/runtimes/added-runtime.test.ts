import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyProject, type ProjectCopy } from './project-copy';

jest.setTimeout(300_000);
const MANIFEST = 'contract/runtimes.manifest.json';

/** An interpreter that every POSIX host has, and that the platform has no code for. */
const AWK = {
  name: 'awk',
  aliases: [],
  description: 'Awk programs',
  kind: 'managed',
  delivery: 'push',
  versions: [],
  extensions: ['.awk'],
  capabilities: ['pack_files'],
  credentials: {},
  interpreter: { binary: 'awk', args: ['-f'], version_args: ['-W', 'version'] },
  execution_config: { env_vars: {} },
  provision_timeout_seconds: 60,
};
const PROGRAM = 'BEGIN { printf "%d from awk", 6 * 7 }\n';

interface Manifest {
  readonly runtimes: readonly object[];
}

/** One entry of the manifest, and two files: the programs of its arm. */
function addAwk(copy: ProjectCopy): void {
  copy.edit(MANIFEST, (text) => {
    const manifest = JSON.parse(text) as Manifest;
    return JSON.stringify({ ...manifest, runtimes: [...manifest.runtimes, AWK] });
  });
  for (const name of ['version', 'upper'])
    writeFileSync(join(copy.root, `packs/e2e-runtimes/actions/${name}.awk`), PROGRAM);
}

/** A pack with an action of the runtime. Returns its directory. */
function writeAwkPack(copy: ProjectCopy): string {
  const pack = join(copy.root, 'awk-pack');
  mkdirSync(join(pack, 'actions'), { recursive: true });
  writeFileSync(join(pack, 'pack.yaml'), 'ref: sums\nlabel: Sums\nversion: 1.0.0\n');
  writeFileSync(join(pack, 'actions/six.yaml'), 'ref: sums.six\nrunner_type: awk\nentry_point: six.awk\n');
  writeFileSync(join(pack, 'actions/six.awk'), PROGRAM);
  return pack;
}

test('one entry of the manifest and two files add a runtime that runs actions', async () => {
  using copy = copyProject();
  addAwk(copy);

  const written = await copy.run('runtimes', 'write', '--json');
  const writtenAgain = await copy.run('runtimes', 'write');
  const checked = await copy.run('runtimes', 'check');
  const ran = await copy.run('run', 'sums.six', '--pack', writeAwkPack(copy), '--json');

  const files = { written: ['packs/core/runtimes/awk.yaml', 'docs/workers.md'], removed: [] };
  expect(written).toEqual({ code: 0, stdout: `${JSON.stringify(files)}\n`, stderr: '' });
  expect(writtenAgain).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(checked).toEqual({ code: 0, stdout: '12 runtimes in 5 places\n', stderr: '' });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    status: 'completed',
    output: { exit_code: 0, stdout: '42 from awk' },
  });
});
