import { readNodeManifest } from '../../../platform/worker/environments/node-manifest';

const read = (manifest: object) => readNodeManifest(JSON.stringify(manifest));

test('npm gets what a program needs, and nothing for development', () => {
  const { manifest } = read({
    name: 'Any Name',
    private: true,
    scripts: { prepare: 'husky' },
    dependencies: { ms: '^2.1.3', mine: 'npm:@scope/mine@^1.0.0' },
    optionalDependencies: { fsevents: '2.3.3' },
    devDependencies: { '@corp/eslint-config': 'file:../eslint-config', jest: '29.7.0' },
    peerDependencies: { react: 'workspace:*', vue: '^3.0.0' },
    peerDependenciesMeta: { vue: { optional: true } },
    overrides: { ms: '$ms', debug: { ms: '2.0.0' } },
  });

  expect(manifest).toEqual({
    production: {
      dependencies: { ms: '^2.1.3', mine: 'npm:@scope/mine@^1.0.0' },
      optionalDependencies: { fsevents: '2.3.3' },
      peerDependencies: { vue: '^3.0.0' },
      peerDependenciesMeta: { vue: { optional: true } },
      overrides: { ms: '$ms', debug: { ms: '2.0.0' } },
    },
    requirements: [
      { name: 'ms', text: 'ms@^2.1.3' },
      { name: 'mine', text: 'mine@npm:@scope/mine@^1.0.0' },
      { name: 'fsevents', text: 'fsevents@2.3.3' },
      { name: 'vue', text: 'vue@^3.0.0' },
    ],
    leftOut: ['react@workspace:*'],
  });
});

test.each([
  ['a list of workspaces', { workspaces: ['packages/*'], dependencies: { ours: '*' } }, 'workspaces'],
  ['workspaces as yarn writes them', { workspaces: { packages: ['packages/*'] } }, 'workspaces'],
  ['a path', { dependencies: { ours: 'file:packages/ours' } }, 'ours@file:packages/ours'],
  ['a link', { dependencies: { ours: 'link:../ours' } }, 'ours@link:../ours'],
  ['a package of the workspace', { dependencies: { ours: 'workspace:^' } }, 'ours@workspace:^'],
  ['a repository', { optionalDependencies: { ours: 'corp/ours' } }, 'ours@corp/ours'],
  [
    'a repository for what a package needs',
    { overrides: { a: { b: 'git+https://x.test/b' } } },
    'b@git+https://x.test/b',
  ],
  ['a directory', { dependencies: { ours: '..' } }, 'ours@..'],
  ['an archive', { dependencies: { ours: 'ours-1.0.0.tgz' } }, 'ours@ours-1.0.0.tgz'],
  ['a version that is no text', { dependencies: { ms: 2 } }, 'ms@2'],
  ['a version of a catalog', { dependencies: { ms: 'catalog:' } }, 'ms@catalog:'],
  ['a list of names', { dependencies: ['ms'] }, 'dependencies'],
])('refused: %s', (_what, manifest, part) => {
  expect(read(manifest).refused).toEqual({ part, remedy: expect.stringMatching(/^(give|a pack is one package)/) });
});

test.each(['{', '[]', '"ms"', ''])('what is no object of JSON is refused: %s', (text) => {
  expect(readNodeManifest(text)).toMatchObject({
    manifest: null,
    refused: { part: expect.stringMatching(/^what is/) },
  });
});
