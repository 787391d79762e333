// Spec: an output with the key `__inquiry` makes its execution wait for the response.
import { claim } from '../../../helpers/scenario/claim';
import { inquiriesToBe } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';

const NEEDS = ['inquiries.from_actions', 'inquiries.expiry'];

claim('T2.6l', NEEDS, 'a JSON output with `__inquiry` waits, and its result has the response', async (ctx) => {
  await ctx.pack('e2e-values');
  const data = { n: 7, __inquiry: { prompt: `Go on, ${ctx.nonce}?`, timeout_seconds: 1_000 } };
  const parameters = { encoded: Buffer.from(JSON.stringify(data)).toString('base64') };

  const { id } = await ctx.client.executions.execute({ action_ref: ctx.action('print-json'), parameters });
  const [listed] = await until(inquiriesToBe(1, ctx.client, { execution: id }), ctx.deadline);
  const inquiry = await ctx.client.inquiries.get(listed!.id);
  const { status, finished_at } = await ctx.client.executions.get(id);
  await ctx.client.inquiries.respond(inquiry.id, { approved: true });
  const { result } = await waitForStatus(ctx, id);

  expect([status, finished_at ?? null, inquiry.prompt]).toEqual(['running', null, data.__inquiry.prompt]);
  expect(result).toMatchObject({ data: { n: 7 }, response: { approved: true }, __inquiry_id: inquiry.id });
});
