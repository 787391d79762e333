// Spec: the tests of a pack are read from each output, and the latest ones are kept.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { twoPasses } from '../support/expired-executions';
import { uploadSuites, type SuiteProgram } from '../support/pack-suites';
import { createClient } from '../../../helpers/client/client';
import { currentRunFacts } from '../../../helpers/target/run-facts';

type Row = readonly [program: SuiteProgram, tests: readonly (readonly [string, string])[]];

const print = (...lines: string[]): string => `cat <<'END'\n${lines.join('\n')}\nEND`;

/** By suite: its program, and each test that it reports with its status. */
const SUITES: Readonly<Record<string, Row>> = {
  plain: [
    ['tap', print('1..2', 'ok 1 - a', 'not ok 2 - b')],
    [
      ['a', 'passed'],
      ['b', 'failed'],
    ],
  ],
  skipped: [
    ['tap', print('1..2', 'ok 1 - a # SKIP no', 'ok 2 - b')],
    [
      ['a', 'skipped'],
      ['b', 'passed'],
    ],
  ],
  planned: [
    ['tap', print('1..3', 'ok 1 - a # TODO', 'not ok 2 - b # TODO later', 'ok 3')],
    [
      ['a', 'passed'],
      ['b', 'skipped'],
      ['test', 'passed'],
    ],
  ],
  nested: [
    ['tap', print('    ok 1 - a', '    not ok 2 - b', '    1..2', 'not ok 1 - all', '1..1')],
    [
      ['a', 'passed'],
      ['b', 'failed'],
    ],
  ],
  block: [['tap', print('not ok 1 - a', '  ---', '  ok 2 - no test', '  ...', '1..1')], [['a', 'failed']]],
};

claim('T3.46a', ['core'], 'each test of an output has the status that it says', async (ctx) => {
  const programs = Object.fromEntries(Object.entries(SUITES).map(([name, [program]]) => [name, program]));
  const ref = await uploadSuites(ctx, 'suites', programs);

  const { testSuites, ...all } = await ctx.client.packs.test(ref);

  const found = testSuites.map(({ name, testCases }) => [name, testCases.map((each) => [each.name, each.status])]);
  expect(found).toEqual(Object.entries(SUITES).map(([name, [, tests]]) => [name, tests]));
  const tests = Object.values(SUITES).flatMap(([, ofSuite]) => ofSuite);
  const count = (status: string) => tests.filter(([, each]) => each === status).length;
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  expect(all).toMatchObject({ ...counts, totalTests: tests.length, status: 'failed' });
});

const PASSING: Readonly<Record<string, SuiteProgram>> = { only: ['simple', 'echo "Passed: 1"'] };

const KEPT = ['core', 'retention.passes', 'clock.virtual'];

claim.time('T3.46b', KEPT, 'retention keeps the latest tests of each pack', async (ctx) => {
  const { packs } = ctx.client;
  const refs = [await uploadSuites(ctx, 'one', PASSING), await uploadSuites(ctx, 'other', PASSING)];
  for (const ref of [refs[0]!, ...refs]) await packs.test(ref);
  const before = await Promise.all(refs.map((ref) => packs.tests(ref)));
  const { url, token } = currentRunFacts();
  const { targets } = await createClient({ baseUrl: url, token }).retention.get();

  await ctx.time.pass(targets.pack_test_executions.max_age_seconds! + 1);
  await twoPasses(ctx);
  const isOne = async () => (await packs.tests(refs[0]!)).length < 2;
  await until(predicateToHold('the earlier tests to be removed', isOne), ctx.deadline);

  expect(before.map((records) => records.length)).toEqual([2, 1]);
  const after = await Promise.all(refs.map((ref) => packs.tests(ref)));
  expect(after).toEqual(before.map(([latest]) => [latest]));
});
