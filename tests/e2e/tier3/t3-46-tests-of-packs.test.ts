// Spec: the tests of a pack are read from each output, and the latest ones are kept.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { twoPasses } from '../support/expired-executions';
import { uploadSuites, type SuiteProgram } from '../support/pack-suites';
import { SUITE_OUTPUTS } from '../support/suite-outputs';
import { createClient } from '../../../helpers/client/client';
import { currentRunFacts } from '../../../helpers/target/run-facts';

claim('T3.46a', ['core'], 'each test of an output has the status that it says', async (ctx) => {
  const rows = Object.entries(SUITE_OUTPUTS);
  const ref = await uploadSuites(ctx, 'suites', Object.fromEntries(rows.map(([name, [program]]) => [name, program])));

  const { testSuites, ...all } = await ctx.client.packs.test(ref);

  const found = testSuites.map(({ name, testCases, passed, failed, skipped }) => {
    const tests = testCases.map((each) => [each.name, each.status]);
    return [name, { tests, counts: [passed, failed, skipped] }] as const;
  });
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(rows.map(([name, [, tests, counts]]) => [name, { tests, counts }])),
  );
  const [passed, failed, skipped] = [0, 1, 2].map((n) => rows.reduce((sum, [, [, , counts]]) => sum + counts[n]!, 0));
  const totalTests = passed! + failed! + skipped!;
  expect(all).toMatchObject({ passed, failed, skipped, totalTests, status: 'failed' });
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
