import { packageSearchPath, searchPathRoot } from '../../../platform/base/directories';

test.each([
  ['a checkout', '/src/tuningfork', '/src/tuningfork/node_modules'],
  [
    'an installed package',
    '/app/node_modules/tuningfork',
    '/app/node_modules/tuningfork/node_modules:/app/node_modules',
  ],
])('the programs of %s find its packages', (_, root, searchPath) => {
  expect(packageSearchPath(root)).toBe(searchPath);
  expect(searchPathRoot(searchPath)).toBe(root);
});
