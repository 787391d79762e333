import { copyProject, type ProjectCopy } from './project-copy';

let copy: ProjectCopy;
beforeAll(() => {
  copy = copyProject();
});
afterAll(() => copy[Symbol.dispose]());

const MANIFEST = 'contract/runtimes.manifest.json';
const without =
  (part: string | RegExp) =>
  (text: string): string =>
    text.replace(part, '');

/** Places, a runtime of each, and what removes its name there: a change of a file. */
const REMOVALS = [
  ['packs/core/runtimes', 'perl', 'packs/core/runtimes/perl.yaml', () => null],
  ['packs/core/runtimes', 'ruby', 'packs/core/runtimes/ruby.yaml', without('  - rb\n')],
  [
    'platform/worker/runtimes',
    'native',
    'platform/worker/runtimes/choose-runtime.ts',
    without(/, nativeRuntime(?=\])/),
  ],
  ['contract/runtimes.ts', 'nodejs', 'contract/runtimes.ts', without(/, 'nodejs'(?=\])/)],
  ['packs/e2e-runtimes/actions', 'java', 'packs/e2e-runtimes/actions/version.java', () => null],
  ['docs/workers.md', 'perl', 'docs/workers.md', without(/^\| `perl` .*\n/m)],
] as const;

test.each(REMOVALS)('S1-14 the check names %s where it lacks %s', async (place, runtime, file, remove) => {
  const restore = copy.edit(file, remove);
  const { code, stdout, stderr } = await copy.run('runtimes', 'check', '--json');
  restore();

  expect(code).toBe(2);
  expect(stderr.trimEnd()).toBe(
    `tuningfork: RUNTIME_REGISTRY_DRIFT: ${runtime} is missing in ${place}: run \`npx tuningfork runtimes write\`, or add it`,
  );
  expect(JSON.parse(stdout)).toMatchObject({ drift: [{ runtime, place, is: 'missing' }] });
});

test('S1-14 the check names a runtime that the manifest lacks', async () => {
  const restore = copy.edit(MANIFEST, (text) => text.replace('"name": "perl"', '"name": "pearl"'));
  const { code, stdout } = await copy.run('runtimes', 'check', '--json');
  restore();

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    drift: [
      { runtime: 'pearl', place: 'packs/core/runtimes', is: 'missing' },
      { runtime: 'perl', place: 'packs/core/runtimes', is: 'unknown' },
      { runtime: 'pearl', place: 'docs/workers.md', is: 'missing' },
      { runtime: 'perl', place: 'docs/workers.md', is: 'unknown' },
    ],
  });
});

test('S1-14 the check passes where every place agrees with the manifest', async () => {
  expect(await copy.run('runtimes', 'check')).toEqual({ code: 0, stdout: '11 runtimes in 5 places\n', stderr: '' });
});
