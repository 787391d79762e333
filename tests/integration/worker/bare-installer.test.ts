import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wheelName, buildWheel } from '../../../helpers/fixtures/wheel';
import { BARE_INSTALLER } from '../../../platform/worker/environments/bare-installer';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();
const python = join(directory, 'site', 'bin', 'python');
beforeAll(() => {
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(directory, 'site')]);
  const tiny = { name: 'tiny-thing', version: '1.0.0', source: `__version__ = '1.0.0'\n` };
  writeFileSync(join(directory, wheelName(tiny)), buildWheel(tiny));
});

function install(requirements: string) {
  const file = join(directory, 'requirements.txt');
  writeFileSync(file, requirements);
  const { status, stderr } = spawnSync(python, ['-I', '-c', BARE_INSTALLER, directory, file], { encoding: 'utf8' });
  return { status, stderr };
}

test('a pinned wheel is installed without pip', () => {
  expect(install('# comment\nTiny_Thing == 1.0.0  # pinned\n')).toEqual({ status: 0, stderr: '' });
  const code =
    'import tiny_thing, importlib.metadata; print(tiny_thing.__version__, importlib.metadata.version("tiny-thing"))';
  expect(execFileSync(python, ['-I', '-c', code], { encoding: 'utf8' })).toBe('1.0.0 1.0.0\n');
});

test.each([
  ['tiny-thing==2.0.0', 'No matching distribution found for tiny-thing==2.0.0'],
  ['tiny-thing>=1', 'only name==version'],
])('the requirement %s is rejected by name', (requirement, message) => {
  const { status, stderr } = install(`${requirement}\n`);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
});
