// Spec: the revision of a rerun stays when retention removes what it was compiled for.
import { claim } from '../../../helpers/scenario/claim';
import { waitForInquiry } from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { failingOnce, takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { childOf } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onFailure, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { removeExpired, twoPasses } from '../support/expired-executions';

const NEEDS = ['executions.rerun', 'inquiries.ask', 'retention.passes', 'clock.virtual', 'workflows.revisions'];

claim.time(
  'T2.29a',
  [...NEEDS, 'ledger.shared'],
  'retention keeps the revision of a rerun that was not compiled',
  async (ctx) => {
    await ctx.pack('e2e');
    const { workflows, executions, inquiries } = ctx.client;
    const gate = inquiryTask({}, { next: [onFailure('gone')] });
    const gone = { name: 'gone', action: 'none.gone' }; // without which it cannot be compiled
    const old = [failingOnce(ctx, 'first', {}, onSuccess('gate')), gate, gone];
    const inner = await ctx.workflow(old, { name: 'inner' });
    const outer = await ctx.workflow([{ name: 'nested', action: inner.ref }], { name: 'outer' });
    await workflows.compileRevision(outer.ref, 1);
    const { id } = await workflows.execute(outer.ref, { data: {} });
    await waitForStatus(ctx, id, 'failed');
    const { id: nested } = await childOf(ctx, id, 'nested');
    const rerun = await executions.rerun(nested, { from: 'first' });
    const { inquiry } = await waitForInquiry(ctx, rerun.id);
    const next = { definition: { version: '1.0.0', tasks: [noopTask('other')] } };
    await workflows.update(inner.ref, next);
    await workflows.createRevision(outer.ref, next);
    await workflows.compileRevision(outer.ref, 2);

    await removeExpired(ctx, [id]);
    await twoPasses(ctx); // the plan that pins the revision is removed before it
    await inquiries.respond(inquiry.id, { approved: true });
    await waitForStatus(ctx, rerun.id);
    const again = await executions.rerun(rerun.id, { from: 'gate' });
    const { inquiry: second } = await waitForInquiry(ctx, again.id);
    await inquiries.respond(second.id, { approved: true });
    const ended = await waitForStatus(ctx, again.id);

    expect([rerun, ended].map(({ revision, plan_digest: plan }) => [revision, plan ?? null])).toEqual([
      [1, null],
      [1, null],
    ]);
    expect(await takenOverBy(ctx, again.id)).toEqual(['first completed']);
  },
);
