// Spec: what a rerun took over stays when retention removes the execution that ran it.
import { claim } from '../../../helpers/scenario/claim';
import { waitForInquiry } from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask, onApproval } from '../../../helpers/scenario/resources/inquiry-task';
import { failingOnce, rerunToEnd, runToFailure, takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { childOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { removeExpired } from '../support/expired-executions';

const NEEDS = ['executions.rerun', 'inquiries.ask', 'retention.passes', 'clock.virtual', 'secrets.redaction'];

claim.time('T2.25s', [...NEEDS, 'ledger.shared'], 'retention takes nothing from a rerun', async (ctx) => {
  await ctx.pack('e2e');
  const parameters = { pin: { type: 'string', secret: true } };
  const publish = { publish: [{ kept: '{{ parameters.pin }}' }] };
  const tasks = [
    task(ctx, 'first', 'exit-by-attempt', { exits: '0' }, { ...onSuccess('second'), ...publish }),
    failingOnce(ctx, 'second', {}, onSuccess('gate')),
    inquiryTask({}, { next: [onApproval('last')] }),
    task(ctx, 'last', 'hash-secrets', { secret_a: '{{ workflow.kept }}', from: '{{ task.first.attempt }}' }),
  ];
  const id = await runToFailure(ctx, tasks, { parameters }, { pin: ctx.nonce });
  const first = await childOf(ctx, id, 'first');
  const rerun = await ctx.client.executions.rerun(id, { from: 'second' });
  const { inquiry } = await waitForInquiry(ctx, rerun.id);

  await removeExpired(ctx, [id]);
  await ctx.client.inquiries.respond(inquiry.id, { approved: true });
  const ended = await waitForStatus(ctx, rerun.id);
  const again = await rerunToEnd(ctx, rerun.id, 'last');

  const refused = ctx.client.executions.rerun(id, { from: 'second' });
  await expect(refused).rejects.toMatchObject({ status: 404, body: { details: { path: '/id' } } });
  expect(ended.rerun_of).toEqual({ execution: id, task: 'second' });
  const { taken_over: takenOver } = await ctx.client.executions.tree(rerun.id);
  expect(takenOver).toMatchObject([{ task_name: 'first', status: 'completed', executions: [first.id] }]);
  expect(await takenOverBy(ctx, again.id)).toEqual(['first completed', 'second completed', 'gate completed']);
  const last = await Promise.all([ended, again].map((each) => childOf(ctx, each.id, 'last')));
  expect(last.map(({ config }) => config!.from)).toEqual([1, 1]);
  const sum = { data: { a: sha256OfJson(ctx.nonce) } };
  expect(last.map(({ result }) => result)).toMatchObject([sum, sum]);
  expect(runCounts(ctx, 'first', 'second', 'last')).toMatchObject({ first: 1, second: 2 });
});
