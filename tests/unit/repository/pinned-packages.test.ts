import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test('the package pins each of its direct dependencies', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );

  expect(loose).toEqual([]);
  expect(Object.keys(dependencies).length).toBeGreaterThan(10);
});
