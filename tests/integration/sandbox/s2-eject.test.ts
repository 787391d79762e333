import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { cloneOf } from './git-clone';
import { webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

const PROGRAM = 'e2e/run-on-host.cjs';

/** Runs the program of a clone, for which this project does not exist. */
function runProgram(clone: string, ...args: string[]) {
  const home = join(clone, '..');
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: join(home, 'tmp'), XDG_STATE_HOME: join(home, 'state') };
  return spawnSync(process.execPath, [join(clone, PROGRAM), ...args], { cwd: home, env, encoding: 'utf8' });
}

test('S2-37 the program of a repository runs its clone without this project', async () => {
  using repository = webRepository('echo tested; exit 7', '');
  const ejected = await repository.cli(['eject', repository.root, '--json']);
  const clone = cloneOf(repository);

  const { status, stdout } = runProgram(clone, '--json');

  const report = JSON.parse(stdout) as SandboxReport;
  expect(JSON.parse(ejected.stdout)).toEqual({ file: join(repository.root, PROGRAM), changed: true });
  expect({ status, schema: report.schema, test: report.test }).toMatchObject({
    status: 1,
    schema: 'sandbox-report/1',
    test: { exit_code: 7, stdout_tail: ['tested'] },
  });
  expect(repository.leftBehind()).toEqual([]);
});

test('S2-37 it ends as the command does where it starts nothing', async () => {
  using repository = webRepository('true', '');
  await repository.cli(['eject', repository.root]);
  const clone = cloneOf(repository);
  writeFileSync(join(clone, 'e2e/e2e.yml'), 'name: NOT A SLUG\n');

  const [unknown, invalid, help] = [runProgram(clone, '--keep'), runProgram(clone), runProgram(clone, '--help')];

  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('Usage: node e2e/run-on-host.cjs')]);
  expect([invalid.status, invalid.stderr]).toEqual([2, expect.stringContaining('MANIFEST_NAME')]);
  expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('Exit codes: 0')]);
});

test('S2-37 it is written once, and no other file is replaced', async () => {
  using repository = webRepository('true', '');
  const path = join(repository.root, PROGRAM);
  await repository.cli(['eject', repository.root]);
  const again = await repository.cli(['eject', repository.root, '--json']);
  const mode = statSync(path).mode & 0o777;
  writeFileSync(path, 'of its author\n');

  const refused = await repository.cli(['eject', repository.root]);

  expect([JSON.parse(again.stdout), mode]).toEqual([{ file: path, changed: false }, 0o755]);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/^tuningfork: EJECT_FILE_EXISTS: .*rename it\n$/),
  ]);
  expect([readFileSync(path, 'utf8'), existsSync(`${path}.new`)]).toEqual(['of its author\n', false]);
});
