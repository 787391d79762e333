// Spec: an execution has one inquiry, also where its program asks again.
import { createClient } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import { startSleeping } from '../support/sleeping-execution';

const NEEDS = ['inquiries.from_actions', 'rbac', 'sql'];

claim('T2.6q', NEEDS, 'a program that asks again has one inquiry, and asks nothing else', async (ctx) => {
  const { inquiries, auth } = ctx.client;
  const execution = await startSleeping(ctx);
  await until(executionToBe('running', ctx.client, execution), ctx.deadline);
  const { id: identity } = await auth.me();
  const program = { identity, execution, permissionSets: ['core.viewer'] };
  const token = await forgeProgramToken(await readTokenSecret(ctx.facts), program);
  const own = createClient({ baseUrl: ctx.facts.url, token }).inquiries;
  const inquiryWith = (prompt: string) => ({ execution, prompt, wait: true });

  const first = await own.create(inquiryWith('Go on?'));
  const again = await own.create(inquiryWith('Go on?'));
  const refused = [own.create(inquiryWith('Stop?')), inquiries.create(inquiryWith('Go on?'))];

  expect(again).toEqual(first);
  expect(await Promise.all(refused.map((created) => rejectionStatus(created)))).toEqual([409, 400]);
  expect((await inquiries.list({ execution })).map(({ id }) => id)).toEqual([first.id]);
});
