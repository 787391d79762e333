// Spec: an inquiry that its program waits for ends with the execution, whatever ends that.
import { claim, type TimeContext } from '../../../helpers/scenario/claim';
import { inquiriesToBe } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';

/** A limit beyond the one that passes. */
const LATER = { timeout_seconds: 1_000 };

/** What ends the execution: parameters and fields of its request, and what is done; its status. */
const ENDS: Readonly<
  Record<string, readonly [parameters: object, request: object, act: (ctx: TimeContext, id: number) => unknown, string]>
> = {
  'its exit code': [{ exit_code: 3 }, LATER, () => null, 'failed'],
  'its limit': [
    { release: '/nowhere/else' },
    { timeout_seconds: 500 },
    ({ client }) => client.clock.advance({ by: 501, settle: false }),
    'failed',
  ],
  'a cancel': [{ release: '/nowhere/else' }, LATER, ({ client }, id) => client.executions.cancel(id), 'cancelled'],
};

const NEEDS = ['inquiries.from_actions', 'runtimes.node', 'ledger.shared', 'executions.cancel', 'clock.virtual'];

claim.time('T2.6p', NEEDS, 'an inquiry is cancelled with its execution, whatever ends that', async (ctx) => {
  await ctx.pack('e2e-api');
  const { inquiries, executions } = ctx.client;
  const rows = Object.entries(ENDS).map(async ([name, [more, request, act, status]]) => {
    const parameters = { ...ctx.ledgerInput(name.replaceAll(' ', '-')), prompt: 'Go on?', ...more };
    const { id } = await executions.execute({ action_ref: ctx.action('ask-from-script'), parameters, ...request });
    const [created] = await until(inquiriesToBe(1, ctx.client, { execution: id }), ctx.deadline);
    await act(ctx, id);
    await waitForStatus(ctx, id, status as 'failed' | 'cancelled');
    const late = inquiries.respond(created!.id, { approved: true });
    await expect(late).rejects.toMatchObject({ status: ctx.facts.choices.secondAnswerStatus });
    return [name, (await inquiries.get(created!.id)).status] as const;
  });

  const ended = Object.fromEntries(await Promise.all(rows));

  expect(ended).toEqual(Object.fromEntries(Object.keys(ENDS).map((name) => [name, 'cancelled'])));
});
