// Spec: `why` prints what holds an execution, and what became of the events of a rule.
import { runCommand } from '../../support/commands/command-line';
import type { Context } from '../../../../helpers/scenario/context';
import { inquiryOfRun } from '../../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { childOf, startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('executions.waiting', 'rules.decisions', 'inquiries.ask');

const why = (ctx: Context, ...args: readonly string[]) => runCommand(ctx, ['why', '--target', ctx.facts.url, ...args]);

test('S0-71 the chain of an execution is printed as indented lines', async (ctx) => {
  const id = await startWorkflow(ctx, [inquiryTask({})]);
  const inquiry = await inquiryOfRun(ctx, id, 'gate', 0);
  const gate = await childOf(ctx, id, 'gate');

  const printed = await why(ctx, String(id));
  const asJson = await why(ctx, String(id), '--json');

  const waiting = await ctx.client.executions.waiting(id);
  expect([printed.code, asJson.code]).toEqual([0, 0]);
  expect(printed.stdout).toEqual([
    `execution ${id} is running; its tree changed last at ${waiting.since}`,
    `  execution ${id} waits for execution ${gate.id} of task gate to end`,
    `    execution ${gate.id} waits for a response to inquiry ${inquiry.id}, which is pending`,
  ]);
  expect(JSON.parse(asJson.stdout.join('\n'))).toEqual(waiting);
});

test('S0-71 the decisions of a rule are printed, or that of one event', async (ctx) => {
  const conditions = { expression: 'event.payload.branch == "main"' };
  const { rule, post } = await ctx.webhookRule({ action: 'core.noop', conditions });
  const { event_id: first } = await post({ branch: 'dev' });
  await post({ branch: 'test' });
  const { created } = await ctx.client.events.get(first);

  const all = await why(ctx, rule.ref);
  const one = await why(ctx, rule.ref, '--event', String(first));

  const line = `  event ${first} at ${created}: its criteria are false: event.payload.branch == "main": it was "dev"`;
  expect([all.code, one.code]).toEqual([0, 0]);
  expect(one.stdout).toEqual([`rule ${rule.ref} is enabled`, line]);
  expect([all.stdout.length, all.stdout[2]]).toEqual([3, line]);
});

test('S0-71 a rule that is disabled, or whose timer is past, is said to be so', async (ctx) => {
  const { rule } = await ctx.webhookRule({ action: 'core.noop' });
  await ctx.client.rules.disable(rule.ref);
  const past = { trigger_ref: 'core.datetimetimer', trigger_params: { fire_at: '2026-01-27T10:00:00Z' } };
  const timer = await ctx.client.rules.create({
    ...past,
    ref: `${rule.pack_ref}.past`,
    pack_ref: rule.pack_ref,
    label: 'past',
    action_ref: 'core.noop',
  });

  const [disabled, expired] = [await why(ctx, rule.ref), await why(ctx, timer.ref)];

  const { timer_state: state, timer_reason: reason } = await ctx.client.rules.get(timer.ref);
  const none = '  no event of its trigger is stored';
  expect(disabled.stdout).toEqual([`rule ${rule.ref} is disabled`, none]);
  expect(expired.stdout).toEqual([
    `rule ${timer.ref} is enabled; its timer is expired (${reason}), and does not fire again`,
    none,
  ]);
  expect(state).toBe('expired');
});

test('S0-71 what does not exist ends with exit code 2', async (ctx) => {
  const { rule } = await ctx.webhookRule({ action: 'core.noop' });
  const subjects = [['999999999'], ['none.none'], [rule.ref, '--event', '999999999'], ['word'], ['1', '--event', '1']];

  const ended = await Promise.all(subjects.map((args) => why(ctx, ...args)));

  expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  expect(ended.map(({ stderr }) => /^tuningfork: (\S+ ?\S*)/.exec(stderr)?.[1])).toEqual([
    'NOT_FOUND: GET',
    'NOT_FOUND: GET',
    'NOT_FOUND: event',
    "'word' is",
    '--event is',
  ]);
});
