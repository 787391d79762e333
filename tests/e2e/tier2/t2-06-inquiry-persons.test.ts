// Spec: an inquiry is listed for its person, who alone responds.
import { createClient } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import {
  expectWaiting,
  PENDING,
  startWithInquiry,
  stateOfInquiry,
} from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { listedWith, pendingPage } from '../../../helpers/scenario/resources/inquiry-lists';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];

claim('T2.6d', NEEDS, 'lists show pending inquiries once, and a response ends its own only', async (ctx) => {
  await ctx.pack('e2e');
  const me = await createTestUser(ctx, null);
  const start = (name: string) => startWithInquiry(ctx, [inquiryTask({ assigned_to: me.id })], name);
  const flows = [await start('one'), await start('two'), await start('three')] as const;
  const [one, two, three] = flows.map(({ inquiry }) => inquiry.id);

  const pages = [await pendingPage(me, 0), await pendingPage(me, 1), await pendingPage(me, 2)];
  await me.client.inquiries.respond(two!, { approved: true });
  await waitForStatus(ctx, flows[1].id);

  expect(pages.map(({ ids }) => ids)).toEqual([[three, two], [two, one], [one]]);
  const facts = [1, 1, 2].map((page) => `3 rows, page ${page} of size 2`);
  expect(pages.map((page) => page.facts)).toEqual(facts);
  expect(await pendingPage(me, 0)).toEqual({ ids: [three, one], facts: '2 rows, page 1 of size 2' });
  expect(await listedWith(me, 'pending')).toEqual([three, one].map((id) => [id, false]));
  expect(await listedWith(me, 'responded')).toEqual([[two, true]]);
  for (const waiting of [flows[0], flows[2]]) await expectWaiting(ctx, waiting);
});

/** A client with the token of a program that the identity executes, and others have written. */
async function programOf({ facts }: Context, { id: identity }: { readonly id: number }) {
  const token = await forgeProgramToken(await readTokenSecret(facts), { identity, permissionSets: ['core.admin'] });
  return createClient({ baseUrl: facts.url, token });
}

claim('T2.6i', NEEDS, 'only the person that an inquiry is assigned to responds', async (ctx) => {
  const [me, other] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  const { id, inquiry } = await startWithInquiry(ctx, [inquiryTask({ assigned_to: me.id })]);
  const respond = ({ inquiries }: Context['client']) => inquiries.respond(inquiry.id, { approved: true });
  const update = ({ inquiries }: Context['client']) => inquiries.update(inquiry.id, { response: { approved: true } });
  const program = ctx.canProve('sql') ? [await programOf(ctx, me)] : [];

  for (const way of ctx.canProve('inquiries.response_schema') ? [respond, update] : [respond])
    for (const client of [ctx.client, other.client, ...program])
      await expect(way(client)).rejects.toMatchObject({ status: 403 });
  expect(await stateOfInquiry(ctx, inquiry)).toEqual(PENDING);
  await ctx.client.inquiries.update(inquiry.id, { assigned_to: other.id });
  await expect(respond(me.client)).rejects.toMatchObject({ status: 403 });
  await respond(other.client);

  await waitForStatus(ctx, id);
});
