import { preparePackageLock } from '../../../platform/worker/environments/package-lock';

const prepare = (lock: object) =>
  preparePackageLock(Buffer.from(JSON.stringify(lock)), { packDirectory: '/nowhere', registry: null, peers: {} });

test('a directory for development only is left out with its link', async () => {
  const ms = { version: '2.1.3', resolved: 'https://registry.test/ms-2.1.3.tgz' };
  const { text, rejected } = await prepare({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { ms: '2.1.3' }, devDependencies: { config: 'file:../config' } },
      '../config': { version: '1.0.0', dev: true },
      'node_modules/config': { resolved: '../config', link: true },
      'node_modules/ms': ms,
    },
  });

  expect({ rejected, packages: Object.keys((JSON.parse(text) as { packages: object }).packages) }).toEqual({
    rejected: null,
    packages: ['', 'node_modules/ms'],
  });
});

test('a link that a program needs is rejected, also beside one for development', async () => {
  const { rejected } = await prepare({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { ours: 'file:../ours' } },
      '../ours': { version: '1.0.0' },
      'node_modules/ours': { resolved: '../ours', link: true },
    },
  });

  expect(rejected).toBe('../ours@"1.0.0"');
});
