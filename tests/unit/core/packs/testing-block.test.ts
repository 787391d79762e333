import type { Json } from '../../../../contract/json';
import { parseTesting } from '../../../../platform/core/packs/testing-block';

const withRunner = (runner: Json) => parseTesting({ enabled: true, runners: { all: runner } });
const ENTRY = { entry_point: 'tests/all.sh' };

test('a runner has the defaults of its type', () => {
  const runners = {
    shell: { type: 'shell', ...ENTRY },
    python: { type: 'unittest', entry_point: 'tests/test_sums.py', timeout: 2.5 },
    suite: { type: 'pytest', entry_point: 'tests/test_sums.py' },
    js: { type: 'nodejs', entry_point: 'tests/sums.test.js' },
    tap: { ...ENTRY, result_format: 'tap' },
  };

  expect(parseTesting({ enabled: true, runners })).toEqual({
    is: 'enabled',
    suites: [
      { name: 'shell', runner: 'script', entryPoint: 'tests/all.sh', timeoutSeconds: 300, format: 'simple' },
      { name: 'python', runner: 'unittest', entryPoint: 'tests/test_sums.py', timeoutSeconds: 2.5, format: 'unittest' },
      { name: 'suite', runner: 'pytest', entryPoint: 'tests/test_sums.py', timeoutSeconds: 300, format: 'pytest' },
      { name: 'js', runner: 'node', entryPoint: 'tests/sums.test.js', timeoutSeconds: 300, format: 'tap' },
      { name: 'tap', runner: 'script', entryPoint: 'tests/all.sh', timeoutSeconds: 300, format: 'tap' },
    ],
  });
});

test.each([
  [undefined, 'absent'],
  [null, 'absent'],
  [{}, 'disabled'],
  [{ enabled: false, runners: 7 }, 'disabled'],
  [{ enabled: 'true', runners: { all: ENTRY } }, 'disabled'],
])('the block %j is %s', (block, is) => {
  expect(parseTesting(block)).toEqual({ is });
});

test.each<[Json, string]>([
  [7, 'testing'],
  [[], 'testing'],
  [{ enabled: true }, 'testing.runners'],
  [{ enabled: true, runners: {} }, 'testing.runners'],
  [{ enabled: true, runners: [ENTRY] }, 'testing.runners'],
  [
    { enabled: true, runners: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`r${i}`, ENTRY])) },
    'testing.runners',
  ],
  [{ enabled: true, runners: { all: 7 } }, 'testing.runners.all'],
  [{ enabled: true, runners: { '': ENTRY } }, 'testing.runners.'],
])('the block %j is refused at %s', (block, path) => {
  expect(parseTesting(block)).toMatchObject({ is: 'invalid', path });
});

test.each<[Json, string]>([
  [{ ...ENTRY, type: 'jest' }, 'type'],
  [{ ...ENTRY, type: 'constructor' }, 'type'],
  [{ ...ENTRY, type: 7 }, 'type'],
  [{}, 'entry_point'],
  [{ entry_point: '' }, 'entry_point'],
  [{ entry_point: '/bin/sh' }, 'entry_point'],
  [{ entry_point: 'tests/../../other/x.sh' }, 'entry_point'],
  [{ entry_point: '-c' }, 'entry_point'],
  [{ entry_point: 'a\nb.sh' }, 'entry_point'],
  [{ entry_point: 'a\0.sh' }, 'entry_point'],
  [{ entry_point: 'a'.repeat(1_025) }, 'entry_point'],
  [{ ...ENTRY, timeout: 0 }, 'timeout'],
  [{ ...ENTRY, timeout: 601 }, 'timeout'],
  [{ ...ENTRY, timeout: '5' }, 'timeout'],
  [{ ...ENTRY, result_format: 'xml' }, 'result_format'],
])('the runner %j is refused at its %s', (runner, key) => {
  expect(withRunner(runner)).toMatchObject({ is: 'invalid', path: `testing.runners.all.${key}` });
});
