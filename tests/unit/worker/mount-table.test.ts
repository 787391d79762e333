import { mountTable, type SandboxView } from '../../../platform/worker/isolation/mount-table';

const view: SandboxView = {
  root: '/run/root',
  visible: ['/usr', '/var'],
  hidden: ['/var/lib/platform'],
  exposed: ['/var/lib/platform/packs/1'],
  writable: ['/var/lib/platform/artifacts/1'],
  home: '/root',
  uid: 70_001,
  bindKind: 'bind',
  privateBytes: 4_096,
  optionsOf: (path) => (path === '/usr' ? ['nodev'] : []),
};

const lines = (changes: Partial<SandboxView> = {}): string[] =>
  mountTable({ ...view, ...changes })
    .trim()
    .split('\n');
const indexOf = (path: string): number => lines().findIndex((line) => line.split(' ')[1] === `/run/root${path}`);

test('a directory is mounted after those that contain it', () => {
  const order = ['/', '/var', '/var/lib/platform', '/var/lib/platform/packs/1'].map(indexOf);

  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(order).not.toContain(-1);
});

test('host directories are read-only and keep the options of their mount', () => {
  expect(lines().filter((line) => line.startsWith('/usr '))).toEqual([
    '/usr /run/root/usr none rbind,ro,nodev,X-mount.mkdir 0 0',
  ]);
});

test('only the given directories are writable', () => {
  const writable = lines().filter((line) => / none r?bind(?!,ro)/.test(line));

  expect(writable.map((line) => line.split(' ')[0])).toEqual(['/dev', '/var/lib/platform/artifacts/1']);
});

test('a path with blanks stays one field', () => {
  const [line] = lines({ exposed: ['/my packs'] }).filter((each) => each.includes('packs') && each.includes('my'));

  expect(line).toBe('/my\\040packs /run/root/my\\040packs none bind,ro,nosuid,X-mount.mkdir 0 0');
});
