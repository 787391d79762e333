import { parseRequirementsFile } from '../../../platform/packs/requirements-file';

test('requirements are separated from the two options for own wheels', () => {
  const text = '# ours\n--no-index\n--find-links ./wheels/\n\none==1.0 # pinned\ntwo==2.0 \\\n  --hash=sha256:ab\n';

  expect(parseRequirementsFile(text)).toEqual({
    lines: ['one==1.0', 'two==2.0 --hash=sha256:ab'],
    wheelDirectory: 'wheels',
    noIndex: true,
  });
});

test.each([
  ['pip-compile', 'six==1.16.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via dateutil\ntwo==2.0\n'],
  ['the same of Windows', 'six==1.16.0 \\\r\n    --hash=sha256:aa \\\r\n    --hash=sha256:bb\r\ntwo==2.0\r\n'],
  ['a comment that ends with a backslash', '# from C:\\\nsix==1.16.0 --hash=sha256:aa --hash=sha256:bb\ntwo==2.0'],
])('lines as %s writes them', (_tool, text) => {
  expect(parseRequirementsFile(text).lines).toEqual(['six==1.16.0 --hash=sha256:aa --hash=sha256:bb', 'two==2.0']);
});

test('a file without options names no directory', () => {
  expect(parseRequirementsFile('one==1.0\n')).toEqual({ lines: ['one==1.0'], wheelDirectory: null, noIndex: false });
});

test.each([
  '--find-links /srv/wheels',
  '--find-links ../wheels',
  '--find-links wheels/../../other',
  '--find-links .',
  '--find-links http://127.0.0.1/wheels',
  '--find-links file:///srv/wheels',
  '--find-links',
])('%s names no directory of the pack and remains a requirement', (line) => {
  expect(parseRequirementsFile(line)).toEqual({ lines: [line], wheelDirectory: null, noIndex: false });
});

test('lines that say what holds anyway are left out, and no other index', () => {
  const text =
    '-i https://pypi.org/simple\n--index-url=https://pypi.org/simple/\n--only-binary :all:\n--prefer-binary\nsix\n';
  expect(parseRequirementsFile(text).lines).toEqual(['six']);

  const others = ['-i https://pypi.org.x.test/simple', '--extra-index-url https://pypi.org/simple', '--pre'];
  expect(parseRequirementsFile(others.join('\n')).lines).toEqual(others);
});
