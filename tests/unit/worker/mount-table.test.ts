import { mountTable, type ConfinementView } from '../../../platform/worker/isolation/mount-table';

const view: ConfinementView = {
  visible: ['/usr', '/var'],
  hidden: ['/var/lib/platform'],
  exposed: ['/var/lib/platform/packs/1'],
  writable: ['/var/lib/platform/artifacts/1'],
  home: '/root',
  uid: 70_001,
  bindsAreRecursive: false,
  privateBytes: 4_096,
  optionsOf: (path) => (path === '/usr' ? ['nodev'] : []),
};
const mounts = mountTable(view);

test('a directory is mounted after those that contain it', () => {
  const paths = mounts.map(({ path }) => path);
  const order = ['/', '/var', '/var/lib/platform', '/var/lib/platform/packs/1'].map((path) => paths.indexOf(path));

  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(order).not.toContain(-1);
});

test('host directories are read-only and keep the options of their mount', () => {
  expect(mounts.filter(({ source }) => source === '/usr')).toEqual([
    { source: '/usr', path: '/usr', type: 'bind', options: ['recursive', 'ro', 'nodev'] },
  ]);
});

test('only the given directories are writable', () => {
  const writable = mounts.filter(({ type, options }) => type === 'bind' && !options.includes('ro'));

  expect(writable.map(({ source }) => source)).toEqual(['/dev', '/var/lib/platform/artifacts/1']);
});
