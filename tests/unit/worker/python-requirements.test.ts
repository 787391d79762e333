import { parseRequirements, requirementRemedy } from '../../../platform/worker/environments/python-requirements';

const HASHES = ' --hash=sha256:1e61c3 --hash=sha256:8abb2f';

test.each([
  ['pip-compile', `six==1.16.0${HASHES}`, 'six==1.16.0'],
  ['poetry export', `six==1.16.0 ; python_version >= "3.9" and python_version < "4.0"${HASHES}`, null],
  ['uv export', `colorama==0.4.6 ; sys_platform == 'win32'${HASHES}`, `colorama==0.4.6 ; sys_platform == 'win32'`],
  ['pipenv requirements', `six==1.16.0; python_version >= '2.7'${HASHES}`, `six==1.16.0; python_version >= '2.7'`],
  ['extras', 'uvicorn[standard,http2] >=0.20, <1.0', null],
  ['a version of its builder', 'torch==2.1.0+cpu --hash sha256:ab', 'torch==2.1.0+cpu'],
  ['no version', 'requests', null],
])('a line of %s is a requirement', (_tool, line, text) => {
  expect(parseRequirements([line])).toEqual({
    requirements: [{ name: /^[a-z]+/.exec(line)![0], text: text ?? line.replace(HASHES, '') }],
    rejected: null,
  });
});

test.each([
  'tiny @ https://example.test/x.whl --hash=sha256:ab',
  'six==1.16.0 --hash=../x',
  'six==1.16.0 --hash=sha256:ab --index-url=http://x',
  'six==${VERSION}',
  '-r other.txt',
  'six==1.16.0 --global-option="x"',
  'six==1.16.0 ; python_version >= "3" --config-settings a=b',
])('%s is none', (line) => {
  expect(parseRequirements(['one==1.0', line])).toEqual({
    requirements: [{ name: 'one', text: 'one==1.0' }],
    rejected: line,
  });
});

test('a line of a megabyte is read at once', () => {
  expect(parseRequirements([`one==1.0 ;${' --hash=x'.repeat(100_000)} $`]).rejected).not.toBeNull();
});

test.each([
  ['-r base.txt', /^write the lines of that file here/],
  ['-c constraints.txt', /^write the lines of that file here/],
  ['--extra-index-url https://x.test/simple', /--no-emit-index-url/],
  ['-e .', /uv export --no-emit-project/],
  ['./libs/ours', /--no-emit-project/],
  ['ours @ https://x.test/ours.whl', /contain its wheel in the pack/],
  ['six==$VERSION', /^give names with versions/],
])('what would be right in the place of %s', (line, remedy) => {
  expect(requirementRemedy(line)).toMatch(remedy);
});
