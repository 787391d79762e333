import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChangeRepository, POLICY } from './change-repository';

const MANIFEST = 'contract/runtimes.manifest.json';

const runtime = (name: string, more: object = {}) => ({ name, kind: 'managed', credentials: {}, ...more });
const manifest = (...runtimes: readonly object[]): string => JSON.stringify({ runtimes });

const SHELL = runtime('shell', { credentials: { api_key: ['KEY_A', 'KEY_B'] } });
const FILES = {
  'gate/policy.yml': POLICY,
  'platform/start/main.ts': 'start();\n',
  'tests/main.test.ts': 'test();\n',
  [MANIFEST]: manifest(SHELL, runtime('python')),
};

let repository: ChangeRepository;
beforeEach(() => (repository = new ChangeRepository(FILES)));

test('S1-55 a change that is only tests has no other file', async () => {
  repository.write({ 'tests/main.test.ts': 'test(1);\n', 'jest.config.ts': '' });
  const tests = await repository.gate('change', '--label', 'tests-only');
  repository.write({ 'platform/start/main.ts': 'stop();\n' });
  repository.commit();
  repository.write({ 'tests.ts': '' });

  const more = await repository.gate('change', '--label', 'tests-only', '--base', 'HEAD~1');
  const unlabelled = await repository.gate('change', '--base', 'HEAD~1');

  expect(tests).toMatchObject({ code: 0, stdout: 'files that differ from HEAD: 2\nverdict: passed\n' });
  expect({ code: more.code, lines: more.stdout.split('\n') }).toEqual({
    code: 1,
    lines: [
      'TESTS_ONLY_EXCEEDED: platform/start/main.ts is no file of tests or CI: leave it out, or remove the label',
      'TESTS_ONLY_EXCEEDED: tests.ts is no file of tests or CI: leave it out, or remove the label',
      'files that differ from HEAD~1: 4',
      'verdict: failed',
      '',
    ],
  });
  expect(unlabelled.code).toBe(0);
});

test('S1-51 an owner approves other kinds and credentials of runtimes', async () => {
  const other = runtime('shell', { credentials: { api_key: ['KEY_B', 'KEY_A'] } });
  repository.write({ [MANIFEST]: manifest(other, runtime('python', { kind: 'external' })) });

  const unapproved = await repository.gate('change', '--json');
  const byAnother = await repository.gate('change', '--approved-by', 'Eve');
  const byOwner = await repository.gate('change', '--approved-by', 'Eve', 'Grace');

  expect(unapproved.code).toBe(1);
  const finding = { code: 'RUNTIME_CHANGE_NEEDS_OWNER', owners: ['Ada', 'Grace'] };
  expect(JSON.parse(unapproved.stdout)).toMatchObject({
    verdict: 'failed',
    findings: [
      {
        ...finding,
        runtime: 'shell',
        field: 'credentials',
        before: { api_key: ['KEY_A', 'KEY_B'] },
        after: { api_key: ['KEY_B', 'KEY_A'] },
      },
      { ...finding, runtime: 'python', field: 'kind', before: 'managed', after: 'external' },
    ],
  });
  expect(byAnother).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(
      'RUNTIME_CHANGE_NEEDS_OWNER: python kind "managed" → "external": needs --approved-by with one of Ada, Grace\n',
    ) as string,
  });
  expect(byOwner.code).toBe(0);
});

test.each([
  ['another layout', JSON.stringify({ runtimes: [runtime('python'), SHELL] }, null, 2), 0],
  ['a description', manifest({ ...SHELL, description: 'Bash' }, runtime('python')), 0],
  ['a new managed runtime', manifest(SHELL, runtime('python'), runtime('ruby')), 0],
  ['a new external runtime', manifest(SHELL, runtime('python'), runtime('agent', { kind: 'external' })), 1],
  ['a removed runtime with credentials', manifest(runtime('python')), 1],
])('S1-51 the approval is needed for some changes alone: %s', async (_, text, code) => {
  repository.write({ [MANIFEST]: text });

  expect(await repository.gate('change')).toMatchObject({ code, stderr: '' });
});

test('S1-51 a change cannot name its own owner', async () => {
  repository.write({
    'gate/policy.yml': POLICY.replace('Ada', 'Eve'),
    [MANIFEST]: manifest(SHELL, runtime('python', { kind: 'external' })),
  });

  const { code, stdout } = await repository.gate('change', '--approved-by', 'Eve');

  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('Ada, Grace') as string });
});

test('S1-51 a removed manifest needs the approval for each of its runtimes', async () => {
  rmSync(join(repository.directory, MANIFEST));

  const { code, stdout } = await repository.gate('change');

  expect(code).toBe(1);
  expect(stdout).toContain('RUNTIME_CHANGE_NEEDS_OWNER: shell credentials');
});

test.each([
  ['a base that does not exist', ['--base', 'none'], {}, 'REVISION_UNKNOWN: there is no commit none'],
  ['another label', ['--label', 'test-only'], {}, 'Allowed choices are tests-only'],
  ['a broken manifest', [], { [MANIFEST]: '{' }, 'RUNTIME_MANIFEST_INVALID: in the change: SyntaxError'],
  [
    'a manifest without names',
    [],
    { [MANIFEST]: '{ "runtimes": [{ "kind": "external", "credentials": {} }] }' },
    'RUNTIME_MANIFEST_INVALID: in the change: /runtimes/0/name: Expected required property',
  ],
  [
    'a policy without rules',
    [],
    { 'gate/policy.yml': POLICY.replace(/changes:\n.*\n.*\n/, '') },
    'POLICY_INVALID: /changes: expected the rules of a change',
  ],
  [
    'a folder outside the root',
    [],
    { 'gate/policy.yml': POLICY.replace('tests/', '../tests/') },
    'POLICY_INVALID: /changes/tests/0: expected a path below the root',
  ],
])('%s is exit 2', async (_, args, files, message) => {
  repository.write(files);

  const { code, stderr } = await repository.gate('change', ...(args as string[]));

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
