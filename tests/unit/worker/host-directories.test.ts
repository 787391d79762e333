import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { closedAncestor } from '../../../platform/worker/isolation/host-directories';
import { testDirectory } from '../../test-directory';

const base = testDirectory();
const [outer, inner] = [join(base, 'outer'), join(base, 'outer', 'inner')];
const path = join(inner, 'path');
beforeEach(() => {
  chmodSync(base, 0o755);
  mkdirSync(path, { recursive: true });
});

test.each([
  [{ outer: 0o755, inner: 0o755 }, null],
  [{ outer: 0o755, inner: 0o700 }, inner],
  [{ outer: 0o711, inner: 0o750 }, inner],
  [{ outer: 0o700, inner: 0o700 }, outer],
])('the outermost directory that others may not enter, with modes %j', (modes, expected) => {
  chmodSync(inner, modes.inner);
  chmodSync(outer, modes.outer);

  expect(closedAncestor(path)).toBe(expected);
});

test('the mode of the directory itself does not count', () => {
  chmodSync(path, 0o700);
  chmodSync(inner, 0o755);
  chmodSync(outer, 0o755);

  expect(closedAncestor(path)).toBeNull();
});
