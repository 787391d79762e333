import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { resolvePackDirectory } from '../../../platform/packs/sources/pack-roots';
import { testDirectory } from '../../test-directory';

const scratch = testDirectory();
const root = join(scratch, 'root');
const outside = join(scratch, 'outside');
mkdirSync(root);
mkdirSync(join(outside, 'pack'), { recursive: true });
symlinkSync(outside, join(root, 'linked'));

const resolveDirectory = (path: string) =>
  resolvePackDirectory(path, { directory: join(scratch, 'data'), packRoots: [root] });

const ABOVE = 'start the platform in a directory above it, set PLATFORM_PACK_ROOTS, or upload the pack as an archive';

test.each([
  ['a directory outside the roots', outside, ABOVE],
  ['a missing directory outside the roots', join(scratch, 'none'), ABOVE],
  ['a path through a link out of the roots', join(root, 'linked', 'pack'), ABOVE],
  ['a relative path', './packs/demo', 'give an absolute path'],
])('the rejection of %s has a hint', async (_what, path, hint) => {
  await expect(resolveDirectory(path)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: `${path} is not below a directory that packs may be registered from`,
    details: { reason: 'PATH_FORBIDDEN', path: 'path', hint },
  });
});
