import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { privateParent } from '../../../platform/embedded/base-directory';

test('the first private directory of a path is found, also of a missing path', () => {
  const made = dirSync({ unsafeCleanup: true });
  chmodSync(made.name, 0o755);
  const [open, closed] = [join(made.name, 'open'), join(made.name, 'closed')];
  mkdirSync(open, { mode: 0o755 });
  mkdirSync(join(closed, 'below'), { recursive: true });
  chmodSync(closed, 0o700);

  expect(privateParent(join(open, 'not-yet'))).toBeNull();
  expect(privateParent(join(closed, 'below'))).toBe(closed);
  made.removeCallback();
});
