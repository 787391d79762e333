import type { Decision, EventSummary } from '../../../contract/events';
import type { ExecutionSummary } from '../../../contract/executions';
import type { Rule } from '../../../contract/rules';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Client } from '../../client/client';
import { nullOn404 } from '../../client/null-on-not-found';
import { ApiError } from '../../errors';
import { executionTree } from './executions';
import { textOrReason } from './text-or-reason';

/** The last events, and the last executions, that are described. */
const MAX_EVENTS = 10;
const MAX_TREES = 5;

interface RuleRecord {
  readonly rule: Rule;
  readonly stated: StatedDecisions;
  readonly events: readonly EventSummary[];
  /** Of the rule, newest first. */
  readonly executions: readonly ExecutionSummary[];
}

/**
 * A rule with its criteria and its timer, and for each event what every rule decided and which
 * part of its criteria did; then the trees of its executions. Never throws.
 */
export const ruleRecord = (client: Client, ref: string): Promise<string> =>
  textOrReason(`record of rule ${ref}`, async () => {
    const executions = await client.executions.list({ rule_ref: ref });
    const lines = await decisionLines(client, ref, executions);
    const last = executions.sort((a, b) => a.id - b.id).slice(-MAX_TREES);
    const trees = await Promise.all(last.map(({ id }) => executionTree(client, id)));
    return [...lines, ...trees].join('\n');
  });

/** The same without the trees, which the evidence of a test has for all of its rules. */
export const ruleDecisions = (client: Client, ref: string): Promise<string> =>
  textOrReason(`decisions of rule ${ref}`, async () =>
    (await decisionLines(client, ref, await client.executions.list({ rule_ref: ref }))).join('\n'),
  );

async function decisionLines(client: Client, ref: string, executions: readonly ExecutionSummary[]): Promise<string[]> {
  const rule = await client.rules.get(ref);
  const events = await eventsOfRule(client, rule);
  const stated = await readStatedDecisions(client, rule);
  return [describeRule(rule), ...(await describeEvents(client, { rule, stated, events, executions }))];
}

/** Those of its timer, or of its trigger, which other rules may share; oldest first. */
export async function eventsOfRule(client: Client, { ref, pack_ref, trigger_ref }: Rule): Promise<EventSummary[]> {
  const isOwnTrigger = trigger_ref.startsWith(`${pack_ref}.`);
  const events = await client.events.list(isOwnTrigger ? { trigger_ref } : { rule_ref: ref });
  return events.sort((a, b) => a.id - b.id).slice(-MAX_EVENTS);
}

function describeRule({ ref, enabled, trigger_ref, trigger_params, conditions, ...timer }: Rule): string {
  const { timer_state: state, timer_reason: reason, next_fire_at: nextFireAt } = timer;
  return [
    `rule ${ref}  ${enabled ? 'enabled' : 'disabled'}  trigger ${trigger_ref} ${writeJson(trigger_params)}`,
    `  criteria: ${writeJson(conditions)}`,
    ...(state === undefined
      ? []
      : [`  timer: ${state}${reason ? `, ${reason}` : ''}, next fire ${nextFireAt ?? 'none'}`]),
  ].join('\n');
}

async function describeEvents(client: Client, record: RuleRecord): Promise<string[]> {
  if (record.events.length === 0) return ['  no event'];
  return (await Promise.all(record.events.map((event) => describeEvent(client, event, record)))).flat();
}

async function describeEvent(client: Client, { id, created }: EventSummary, record: RuleRecord): Promise<string[]> {
  const { payload } = await client.events.get(id);
  const decisions = await decisionsOfEvent(client, id, record);
  const { ref } = record.rule;
  const stated = record.stated.get(id);
  const lines = [
    ...(stated === undefined || decisions.some(({ rule_ref }) => rule_ref === ref) ? [] : [`    ${ref}: ${stated}`]),
    ...decisions.map((decision) => {
      const own = decision.rule_ref === ref ? stated : undefined;
      return `    ${decision.rule_ref ?? ''}: ${describeStated(own, decision, record)}`;
    }),
  ];
  return [`  event ${id} at ${created}: ${writeJson(payload)}`, ...(lines.length > 0 ? lines : ['    no decision'])];
}

/** By event, what the platform states that became of it and the rule. */
export type StatedDecisions = ReadonlyMap<number, string>;

/** Of the newest events; empty on a target that does not state it. */
export async function readStatedDecisions(client: Client, { ref }: Pick<Rule, 'ref'>): Promise<StatedDecisions> {
  const page = await nullOn404(client.rules.decisions(ref));
  return new Map((page?.items ?? []).map(({ event, text }) => [event, text]));
}

/** The platform's record, or, where it has none, the enforcements of the event. */
export async function decisionsOfEvent(
  client: Client,
  event: number,
  { rule }: Pick<RuleRecord, 'rule'>,
): Promise<Partial<Decision>[]> {
  try {
    return await client.events.decisions(event);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    const enforcements = await client.enforcements.list({ event, rule_ref: rule.ref });
    return enforcements.map(({ id, rule_ref }) => ({ rule_ref, matched: true, enforcement: id }));
  }
}

/** What the platform states of a rule and an event, else the decision; both where they differ. */
export function describeStated(
  stated: string | undefined,
  decision: Partial<Decision>,
  record: Pick<RuleRecord, 'executions'>,
): string {
  if (stated === undefined) return describeDecision(decision, record);
  const hasFired = decision.matched === false && Boolean(decision.enforcement);
  return hasFired ? `${stated}; and yet: ${describeDecision(decision, record)}` : stated;
}

/** Without the rule. */
function describeDecision(decision: Partial<Decision>, { executions }: Pick<RuleRecord, 'executions'>): string {
  const { matched, decided_by: part, code, message, enforcement } = decision;
  const execution = enforcement ? executions.filter((one) => one.enforcement === enforcement).at(-1) : undefined;
  return [
    matched ? 'matched' : 'did not match',
    ...(part ? [`decided by ${part}`] : []),
    ...(code ? [`${code} ${message ?? ''}`.trim()] : []),
    ...(enforcement ? [`enforcement ${enforcement}`] : []),
    ...(execution ? [`execution ${execution.id} ${execution.status}`] : []),
  ].join(', ');
}
