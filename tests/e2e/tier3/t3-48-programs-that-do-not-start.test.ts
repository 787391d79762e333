// Spec: a program that cannot be started fails its execution with the code of the cause.
import { mapConcurrently } from '../../../helpers/in-parallel';
import { claim } from '../../../helpers/scenario/claim';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['ledger.shared', 'executions.log'];

/** Actions of the pack, and the codes of what they lack. */
const CODES = {
  'not-executable': 'ACTION_NOT_EXECUTABLE',
  'missing-interpreter': 'RUNTIME_BINARY_MISSING',
} as const;

claim('T3.48d', NEEDS, 'a program that cannot start fails with the code of its cause', async (ctx) => {
  await ctx.pack('e2e-broken');

  const ended = await mapConcurrently(Object.keys(CODES), 2, async (action) => {
    const { result } = await runToEnd(ctx, action, {}, 'failed');
    const { code, error } = result as Parameters;
    return [action, { code, error }] as const;
  });

  const expected = Object.entries(CODES).map(([action, code]) => {
    const error = expect.stringMatching(`^Action execution failed: ${code}: .*${action}, `) as string;
    return [action, { code, error }];
  });
  expect(Object.fromEntries(ended)).toEqual(Object.fromEntries(expected));
});
