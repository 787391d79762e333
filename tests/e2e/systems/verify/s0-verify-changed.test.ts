// Spec: every workflow that a change concerns proves it; a file that none concerns is named.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/commands/command-line';
import type { Context } from '../../../../helpers/scenario/context';
import { copyPack, replaceInFile, type PackCopy } from '../../support/pack-copy';
import type { Parameters } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

const LIMIT_SECONDS = 60;

const git = (directory: string, ...args: readonly string[]): void =>
  void execFileSync('git', ['-C', directory, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });

function commitAll(directory: string): void {
  git(directory, 'add', '--all');
  git(directory, '-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', 'commit', '--quiet', '--message', 'pack');
}

/** A repository with a copy of the example as its only commit. */
function createRepository(ctx: Context): PackCopy {
  const copy = copyPack(ctx, 'examples/greeting');
  git(copy.directory, 'init', '--quiet');
  commitAll(copy.directory);
  return copy;
}

const headOf = (directory: string): string =>
  execFileSync('git', ['-C', directory, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

/** Runs `verify --changed` in a directory. `receipt` is null where it printed none. */
async function verifyChanged(ctx: Context, workingDirectory: string, ...options: string[]) {
  const args = ['verify', '--changed', '--target', ctx.facts.url, ...options];
  const { code, stdout, stderr } = await runCommand(ctx, args, { workingDirectory });
  return { code, stderr, receipt: stdout.length === 0 ? null : (JSON.parse(stdout[0]!) as Parameters) };
}

const LOOP = 'workflows/greet.yaml';

test('S0-41 a changed action is proven by the workflow that names it', LIMIT_SECONDS, async (ctx) => {
  const { ref, directory } = createRepository(ctx);
  replaceInFile(join(directory, 'actions/upper.js'), 'toUpperCase()', "toUpperCase().replace('', '')");

  const { code, receipt } = await verifyChanged(ctx, directory);

  expect({ code, receipt }).toMatchObject({
    code: 0,
    receipt: {
      verdict: 'proven',
      covered: ['actions/upper.js'],
      uncovered: [],
      base: { revision: 'HEAD', commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string },
      loops: [
        {
          file: LOOP,
          covers: ['actions/upper.js'],
          error: null,
          receipt: {
            verdict: 'proven',
            workflow: `${ref}.greet`,
            commit: { id: headOf(directory), has_changes: true },
            assertions: [{ holds: true }, { holds: true }],
          },
        },
      ],
    },
  });
});

/** Moves the action `upper` of a pack to a pack of its own, in a folder of the first one. */
function moveUpperToOtherPack(ctx: Context, { ref, directory }: PackCopy): void {
  const other = ctx.name('other');
  ctx.defer(async () => {
    if ((await ctx.client.packs.getOrNull(other)) !== null) await ctx.client.packs.remove(other);
  });
  mkdirSync(join(directory, 'other/actions'), { recursive: true });
  writeFileSync(join(directory, 'other/pack.yaml'), `ref: ${other}\nlabel: Other\nversion: 1.0.0\n`);
  for (const file of ['actions/upper.yaml', 'actions/upper.js'])
    renameSync(join(directory, file), join(directory, 'other', file));
  for (const file of ['other/actions/upper.yaml', LOOP])
    replaceInFile(join(directory, file), `${ref}.upper`, `${other}.upper`);
}

test('S0-41 a changed action of another pack is proven as it is now', LIMIT_SECONDS, async (ctx) => {
  const copy = createRepository(ctx);
  moveUpperToOtherPack(ctx, copy);
  commitAll(copy.directory);

  replaceInFile(join(copy.directory, 'other/actions/upper.js'), 'text.length', 'text.length + 1');
  replaceInFile(join(copy.directory, 'verify/greet.expect.json'), '27', '28');
  const { code, receipt } = await verifyChanged(ctx, copy.directory);

  expect({ code, receipt }).toMatchObject({
    code: 0,
    receipt: {
      verdict: 'proven',
      covered: ['other/actions/upper.js', 'verify/greet.expect.json'],
      loops: [{ file: LOOP, receipt: { assertions: [{ path: '/result/length', actual: 28 }, { holds: true }] } }],
    },
  });
});

test('S0-41 a change that breaks the output fails, and the value is named', LIMIT_SECONDS, async (ctx) => {
  const { directory } = createRepository(ctx);
  replaceInFile(join(directory, 'actions/upper.js'), 'toUpperCase', 'toLowerCase');
  writeFileSync(join(directory, 'NOTES.md'), 'notes');

  const { code, stderr, receipt } = await verifyChanged(ctx, directory);

  expect({ code, receipt }).toMatchObject({
    code: 1,
    receipt: {
      verdict: 'failed',
      covered: ['actions/upper.js'],
      uncovered: ['NOTES.md'],
      loops: [{ file: LOOP, receipt: { verdict: 'failed' } }],
    },
  });
  expect(stderr).toContain('/result/text\n      expected "HELLO, ADA! / HELLO, GRACE!"');
});

test('S0-41 a workflow that no longer compiles fails with the cause', LIMIT_SECONDS, async (ctx) => {
  const { directory } = createRepository(ctx);
  replaceInFile(join(directory, LOOP), '.upper\n', '.uper\n');

  const { code, receipt } = await verifyChanged(ctx, directory);

  const error = expect.stringContaining('ACTION_NOT_FOUND') as string;
  expect({ code, receipt }).toMatchObject({
    code: 1,
    receipt: { verdict: 'failed', loops: [{ file: LOOP, receipt: null, error }] },
  });
});

test('S0-41 the other loops run where one failed, and no unchanged one', LIMIT_SECONDS, async (ctx) => {
  const { ref, directory } = createRepository(ctx);
  for (const name of ['idle', 'zoom'])
    for (const file of [LOOP, 'verify/greet.inputs.json', 'verify/greet.expect.json'])
      cpSync(join(directory, file), join(directory, file.replace('greet', name)));
  commitAll(directory);
  replaceInFile(join(directory, LOOP), '.upper\n', '.uper\n');
  replaceInFile(join(directory, 'workflows/zoom.yaml'), 'label: Greet', 'label: Zoom');

  const { code, receipt } = await verifyChanged(ctx, directory);

  expect({ code, receipt }).toMatchObject({
    code: 1,
    receipt: {
      verdict: 'failed',
      loops: [
        { file: LOOP, receipt: null, error: expect.stringContaining('ACTION_NOT_FOUND') as string },
        { file: 'workflows/zoom.yaml', error: null, receipt: { verdict: 'proven', workflow: `${ref}.zoom` } },
      ],
    },
  });
});

test('S0-41 a changed file that no workflow concerns is listed, exit 5', LIMIT_SECONDS, async (ctx) => {
  const { directory } = createRepository(ctx);
  writeFileSync(join(directory, 'NOTES.md'), 'notes');

  const alone = await verifyChanged(ctx, directory);
  writeFileSync(join(directory, 'lib.py'), '');
  writeFileSync(join(directory, 'requirements.txt'), '');
  const beside = await verifyChanged(ctx, directory);

  expect(alone).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('NOTHING_PROVEN: no loop covers 1 of 1 changed files') as string,
    receipt: { verdict: 'not proven', covered: [], uncovered: ['NOTES.md'], loops: [] },
  });
  expect(beside).toMatchObject({
    code: 5,
    receipt: {
      verdict: 'not proven',
      covered: ['requirements.txt'],
      uncovered: ['NOTES.md', 'lib.py'],
      loops: [{ receipt: { verdict: 'proven' } }],
    },
  });
});

test('S0-41 a base takes in the commits after it, and nothing is no change', LIMIT_SECONDS, async (ctx) => {
  const { directory } = createRepository(ctx);
  replaceInFile(join(directory, 'verify/greet.inputs.json'), ' / ', ' + ');
  replaceInFile(join(directory, 'verify/greet.expect.json'), ' / ', ' + ');
  commitAll(directory);

  const unchanged = await verifyChanged(ctx, directory);
  const sinceBase = await verifyChanged(ctx, directory, '--base', 'HEAD~1');

  expect(unchanged).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('NOTHING_PROVEN: no file has changed') as string,
    receipt: { verdict: 'not proven', covered: [], uncovered: [], loops: [] },
  });
  expect(sinceBase).toMatchObject({
    code: 0,
    receipt: { base: { revision: 'HEAD~1' }, covered: ['verify/greet.expect.json', 'verify/greet.inputs.json'] },
  });
});

test('S0-41 without a repository or a commit nothing starts, exit 2', async (ctx) => {
  const { directory } = createRepository(ctx);
  const outside = mkdtempSync(join('/tmp', 'outside-'));
  ctx.defer(() => Promise.resolve(rmSync(outside, { recursive: true })));

  const unknown = await verifyChanged(ctx, directory, '--base', 'no-such-branch');
  const noRepository = await verifyChanged(ctx, outside);

  expect(unknown).toMatchObject({
    code: 2,
    receipt: null,
    stderr: expect.stringContaining('REVISION_UNKNOWN: there is no commit no-such-branch') as string,
  });
  expect(noRepository).toMatchObject({
    code: 2,
    receipt: null,
    stderr: expect.stringContaining('NO_REPOSITORY: . is in no working tree of git') as string,
  });
});
