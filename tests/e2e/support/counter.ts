import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { ruleRecord } from '../../../helpers/scenario/evidence/rules';
import type { Condition } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { ruleOfTrigger } from '../../../helpers/scenario/resources/timer-rule';

/** One read of the number by a process of the sensor; `atMs`: epoch ms by the target's clock. */
interface CounterRead {
  /** A random name. */
  readonly process: string;
  readonly atMs: number;
}

/** A number that the sensor `counter` of the test's own `e2e-sensors` reads, and its rule. */
export interface Counter {
  readonly rule: Rule;
  /** Sets the number, or with `crash` ends the process of the sensor. */
  set(content: number | 'crash'): void;
  /** Oldest first. */
  reads(): CounterRead[];
}

const CHANGE = { from: '{{ event.payload.from }}', to: '{{ event.payload.to }}' };

/** Creates the number 0 and its enabled rule, which passes each change to `echo-params`. */
export async function createCounter(ctx: Context, label: string): Promise<Counter> {
  const file = `${ctx.ledger.path}.${label}`;
  writeFileSync(file, '0');
  const trigger = `${await ctx.ownPack()}.counted`;
  const rule = await ruleOfTrigger(ctx, trigger, { file }, { label, enabled: true, actionParams: CHANGE });
  const reads = (): CounterRead[] => {
    if (!existsSync(`${file}.reads`)) return [];
    const lines = readFileSync(`${file}.reads`, 'utf8').split('\n').slice(0, -1); // the last one may be incomplete
    return lines.map((line) => {
      const [process = '', micros] = line.split(' ');
      return { process, atMs: Number(micros) / 1_000 + ctx.facts.aheadMs };
    });
  };
  return { rule, set: (content) => writeFileSync(file, String(content)), reads };
}

/** The sensor has read the number `n` times after the first `before` reads. */
export const readsToBe = (n: number, { client }: Context, counter: Counter, before = 0): Condition<true> =>
  predicateToHold(
    `${n} reads of the number of ${counter.rule.ref}`,
    () => counter.reads().length >= before + n,
    () => ruleRecord(client, counter.rule.ref),
  );

/** Between two reads by a process that runs, ms, on a busy host too. */
const READS_STOP_MS = 500;

/** No process of the sensor reads the number any more. */
export function readsToStop({ client }: Context, counter: Counter): Condition<true> {
  let last = { count: -1, at: 0 };
  const haveStopped = () => {
    const count = counter.reads().length;
    if (count !== last.count) last = { count, at: performance.now() };
    return performance.now() - last.at >= READS_STOP_MS;
  };
  const name = `no process to read the number of ${counter.rule.ref}`;
  return predicateToHold(name, haveStopped, () => ruleRecord(client, counter.rule.ref));
}

/** Another process than this one has read the number. */
export const otherProcessToRead = ({ client }: Context, counter: Counter, known: string): Condition<true> =>
  predicateToHold(
    `another process to read the number of ${counter.rule.ref}`,
    () => counter.reads().some(({ process }) => process !== known),
    () => ruleRecord(client, counter.rule.ref),
  );

/** The payloads of the rule's events, oldest first, with the ref and the id of their source. */
export async function changesOf({ client }: Context, { rule }: Counter) {
  const events = (await client.events.list({ rule_ref: rule.ref })).sort((a, b) => a.id - b.id);
  return Promise.all(
    events.map(async ({ id }) => {
      const { payload, source_ref, source } = await client.events.get(id);
      return { payload, source: [source_ref, source] };
    }),
  );
}

/** What the processes of the rule's executions received, oldest first. */
export async function receivedChanges({ client }: Context, { rule }: Counter): Promise<JsonObject[]> {
  const executions = (await client.executions.list({ rule_ref: rule.ref })).sort((a, b) => a.id - b.id);
  return Promise.all(executions.map(async ({ id }) => echoedParameters(await client.executions.get(id))));
}
