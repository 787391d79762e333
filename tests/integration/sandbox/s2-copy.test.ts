import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cloneOf, commit, git } from './git-clone';
import { webRepository, type SandboxRepository } from './sandbox-cli';

jest.setTimeout(120_000);

const LIST = 'find . -type f ! -path "./e2e/*" | sort';

/** A repository with a submodule `lib`, which has a submodule `inner`. */
function withSubmodules(repository: SandboxRepository): void {
  const add = (directory: string, from: string, path: string): string =>
    git(directory, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', from, path);
  const [inner, lib] = ['inner', 'lib'].map((name) => join(repository.root, '..', name)) as [string, string];
  for (const [directory, name] of [
    [inner, 'inner'],
    [lib, 'lib'],
  ] as const) {
    repository.write(`../${name}/${name}.txt`, `${name}\n`);
    git(directory, 'init', '-q');
    git(directory, 'add', '.');
    git(directory, 'commit', '-qm', 'first');
  }
  add(lib, inner, 'inner');
  git(lib, 'commit', '-qm', 'inner');
  git(repository.root, 'init', '-q');
  add(repository.root, lib, 'vendor/lib');
  git(repository.root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init', '--recursive');
  commit(repository, 'first');
}

test('S2-44 the copy has the files of submodules, and of theirs', async () => {
  using repository = webRepository(LIST, '');
  withSubmodules(repository);
  repository.write('vendor/lib/untracked', 'new\n');
  repository.write('vendor/lib/lib.txt', 'edited\n');

  const { code, report } = await repository.run();

  expect({ code, notices: report.notices }).toEqual({ code: 0, notices: undefined });
  expect(report.test!.stdout_tail).toEqual([
    './.gitmodules',
    './vendor/lib/.gitmodules',
    './vendor/lib/inner/inner.txt',
    './vendor/lib/lib.txt',
    './vendor/lib/untracked',
    './version',
  ]);
});

test.each([
  ['a submodule', 'vendor/lib'],
  ['a submodule of a submodule', 'vendor/lib/inner'],
])('S2-44 %s that is not checked out is named', async (_, path) => {
  using repository = webRepository(LIST, '');
  withSubmodules(repository);
  rmSync(join(repository.root, path), { recursive: true });

  const { code, stderr } = await repository.cli(['run', repository.root]);

  expect(code).toBe(0);
  expect(stderr).toContain(
    `note: submodule ${path} is left out of the copy: it is not checked out; right would be git submodule update --init`,
  );
});

test('S2-44 a repository within, and pointers of git LFS, are named', async () => {
  using repository = webRepository(LIST, '');
  repository.write('.gitattributes', '*.bin filter=lfs\n');
  repository.write('data/a.bin', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
  repository.write('data/b.bin', 'content\n');
  git(repository.root, 'init', '-q');
  git(repository.root, '-c', 'filter.lfs.clean=cat', 'add', '.');
  repository.write('nested/file', '');
  git(join(repository.root, 'nested'), 'init', '-q');
  git(join(repository.root, 'nested'), 'add', '.');
  git(join(repository.root, 'nested'), 'commit', '-qm', 'first');

  const { code, report } = await repository.run();

  expect({ code, notices: report.notices }).toEqual({
    code: 0,
    notices: [
      'nested is left out of the copy: it is a repository of its own, and no submodule',
      'data/a.bin: the copy has pointers of git LFS in the place of the content; right would be git lfs pull',
    ],
  });
});

test('S2-44 a shallow clone that cannot be brought forward is named so', async () => {
  using repository = webRepository('true', '');
  const clone = cloneOf(repository);
  const shallow = join(repository.root, '../shallow');
  git(clone, 'clone', '-q', '--depth', '1', `file://${repository.root}`, shallow);
  git(shallow, 'commit', '-q', '--allow-empty', '-m', 'own');
  commit(repository, 'second');

  const { code, stdout } = await repository.cli(['on-host', shallow, '--json']);

  expect(code).toBe(3);
  expect((JSON.parse(stdout) as { failure: { message: string } }).failure.message).toMatch(
    /^GIT_NOT_FAST_FORWARD: .*; the clone is shallow: git fetch --unshallow/,
  );
});
