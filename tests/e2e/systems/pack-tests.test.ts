// Spec: a pack's tests run before it is registered, refuse it where they fail, and run again.
import type { Context } from '../../../helpers/scenario/context';
import { systemTest } from '../support/system-test';
import { plainTar } from '../support/raw-tar';
import { uploadRawPack } from '../support/upload-raw-pack';

type PackTestResult = Awaited<ReturnType<Context['client']['packs']['test']>>;

const SHELL_TEST = `. "$(dirname "$0")/../lib/sums.sh"
echo "Passed: 1"
[ "$(add 1 2)" = 3 ] || exit 3
[ -z "$ATTUNE_API_TOKEN" ] && echo "$ATTUNE_PACK_REF has no token" >&2
`;
const PYTHON_TEST = `import os, unittest
class Sums(unittest.TestCase):
    def test_add(self):
        self.assertEqual(sum([1, 2]), 3)
    @unittest.skip("later")
    def test_later(self):
        pass
`;
const NODE_TEST = `const { test } = require('node:test');
const assert = require('node:assert');
test('adds', () => assert.equal(1 + 2, 3));
`;

const filesOf = (ref: string, add = '$1 + $2') => ({
  './pack.yaml': `ref: ${ref}
version: 1.0.0
testing:
  enabled: true
  runners:
    shell: {type: script, entry_point: tests/sums.sh}
    python: {type: unittest, entry_point: tests/test_sums.py}
    node: {type: node, entry_point: tests/sums.test.js, timeout: 20}
`,
  './lib/sums.sh': `add() { echo $((${add})); }\n`,
  './tests/sums.sh': SHELL_TEST,
  './tests/test_sums.py': PYTHON_TEST,
  './tests/sums.test.js': NODE_TEST,
});

const summaryOf = ({ testSuites }: PackTestResult) =>
  testSuites.map(({ name, runnerType, passed, failed, skipped }) => [name, runnerType, passed, failed, skipped]);

systemTest('S0-63 the tests of a pack run at its upload and on request', async (ctx) => {
  const ref = ctx.name('pack');
  const { client } = ctx;

  const { status, body } = await uploadRawPack(ctx.facts, plainTar(filesOf(ref)), false, false);
  ctx.defer(() => client.packs.remove(ref));

  expect(status).toBe(201);
  const { test_result: first, tests_skipped } = body.data as { test_result: PackTestResult; tests_skipped: boolean };
  expect(summaryOf(first)).toEqual([
    ['shell', 'script', 1, 0, 0],
    ['python', 'unittest', 1, 0, 1],
    ['node', 'node', 1, 0, 0],
  ]);
  expect([first.status, first.totalTests, first.passRate, tests_skipped]).toEqual(['passed', 4, 0.75, false]);
  expect(first.testSuites[0]!.testCases[0]!.stderr).toBe(`${ref} has no token\n`);
  expect(first.testSuites[1]!.testCases.map(({ name, status: end }) => [name, end])).toEqual([
    ['test_sums.Sums.test_add', 'passed'],
    ['test_sums.Sums.test_later', 'skipped'],
  ]);
  expect(await client.packs.latestTest(ref)).toMatchObject({ triggerReason: 'install', result: first });
  const second = await client.packs.test(ref);
  expect(summaryOf(second)).toEqual(summaryOf(first));
  const records = await client.packs.tests(ref);
  expect(records.map(({ triggerReason, packVersion, result }) => [triggerReason, packVersion, result])).toEqual([
    ['manual', '1.0.0', second],
    ['install', '1.0.0', first],
  ]);
});

/** By name: how the output is read, the program; its counts, and the error of the first test. */
const SUITES = {
  'one test without counts': ['simple', 'echo done', [1, 0, 0, null]],
  'counts of no test': ['simple', 'echo "Passed: 0"', [0, 1, 0, 'no test ran']],
  'counts of failed tests': ['simple', 'echo "Passed: 1"; echo "Failed: 2"', [1, 2, 0, '2 failed']],
  'passed tests and a code': ['simple', 'echo "Passed: 2"; exit 3', [2, 1, 0, 'The program exited with code 3']],
  'a code alone': ['simple', 'exit 4', [0, 1, 0, 'The program exited with code 4']],
  late: ['simple', 'echo "Passed: 1"; sleep 60', [1, 1, 0, 'The tests did not end within 0.5 seconds']],
  'a plan of no test': ['tap', 'echo 1..0', [0, 1, 0, 'no test ran']],
  'a plan and a code': ['tap', 'echo 1..1; echo "ok 1 - a"; exit 5', [1, 1, 0, 'The program exited with code 5']],
  'no unittest': ['unittest', 'printf "Ran 0 tests in 0.1s\\n\\nOK\\n" >&2', [0, 1, 0, 'no test ran']],
  'no pytest': ['pytest', 'echo "=== no tests ran in 0.01s ==="', [0, 1, 0, 'no test ran']],
} as const;

const filesOfSuites = (ref: string): Record<string, string> => {
  const rows = Object.entries(SUITES);
  const runners = rows.map(
    ([name, [format]], n) => `    ${name}: {entry_point: tests/${n}.sh, result_format: ${format}, timeout: 0.5}\n`,
  );
  return {
    './pack.yaml': `ref: ${ref}\nversion: 1.0.0\ntesting:\n  enabled: true\n  runners:\n${runners.join('')}`,
    ...Object.fromEntries(rows.map(([, [, program]], n) => [`./tests/${n}.sh`, `${program}\n`])),
  };
};

systemTest('S0-63 a suite that ends with a code, late or without a test has failed', async (ctx) => {
  const ref = ctx.name('pack');
  await uploadRawPack(ctx.facts, plainTar(filesOfSuites(ref)), false, true);
  ctx.defer(() => ctx.client.packs.remove(ref));

  const { testSuites } = await ctx.client.packs.test(ref);

  const found = testSuites.map(({ name, passed, failed, skipped, testCases: [first] }) => [
    ...[name, [passed, failed, skipped, first!.errorMessage]],
  ]);
  expect(found).toEqual(Object.entries(SUITES).map(([name, [, , ends]]) => [name, ends]));
});

systemTest('S0-64 a failing test refuses a pack unless forced or skipped', async (ctx) => {
  const ref = ctx.name('pack');
  const { client } = ctx;
  const broken = plainTar(filesOf(ref, '$1 - $2'));

  const refused = await uploadRawPack(ctx.facts, broken, false, false);

  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({
    code: 'BAD_REQUEST',
    details: { reason: 'PACK_TESTS_FAILED', total: 5, passed: 3, failed: 1, failures: [{ suite: 'shell' }] },
  });
  expect(await client.packs.getOrNull(ref)).toBeNull();
  const skipped = await uploadRawPack(ctx.facts, broken, false, true);
  ctx.defer(() => client.packs.remove(ref));
  expect(skipped.body.data).toMatchObject({ test_result: null, tests_skipped: true });
  await expect(client.packs.latestTest(ref)).rejects.toMatchObject({ status: 404 });
  const forced = await uploadRawPack(ctx.facts, broken, true, false);
  expect(forced.body.data).toMatchObject({ test_result: { status: 'failed', failed: 1 }, tests_skipped: false });
  expect(await client.packs.latestTest(ref)).toMatchObject({ triggerReason: 'update', failed: 1 });
});
