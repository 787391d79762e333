import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { privateParent } from '../../../platform/embedded/base-directory';
import { testDirectory } from '../../test-directory';

test('the first private directory of a path is found, also of a missing path', () => {
  const made = testDirectory();
  chmodSync(made, 0o755);
  const [open, closed] = [join(made, 'open'), join(made, 'closed')];
  mkdirSync(open, { mode: 0o755 });
  mkdirSync(join(closed, 'below'), { recursive: true });
  chmodSync(closed, 0o700);

  expect(privateParent(join(open, 'not-yet'))).toBeNull();
  expect(privateParent(join(closed, 'below'))).toBe(closed);
});
