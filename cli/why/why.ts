import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { writeJson } from '../../contract/json-text/write-json';
import type { Client } from '../../helpers/client/client';
import { waitingLines } from '../../helpers/scenario/evidence/waiting-lines';
import { CommandError, usageError } from '../failures';
import { withNamedPlatform } from '../run/command-platform';
import { throwUsageAt } from '../run/rejection';
import { interruptible } from '../stop-cause';
import { decisionLines } from './why-lines';

/** Parsed options: those that were not given are absent. */
export interface WhyFlags {
  readonly event?: number;
  readonly target?: string;
  readonly json?: true;
}

/** A response, and its lines. */
interface Answer {
  readonly response: object;
  readonly lines: readonly string[];
}

/** Prints why an execution waits, or what became of the events of a rule. */
export async function why(subject: string, { event, target, json }: WhyFlags): Promise<void> {
  const read = readerOf(subject, event);
  await interruptible('nothing was changed', (stop) =>
    withNamedPlatform(target, stop, async (client) => {
      const { response, lines } = await read(client);
      process.stdout.write(`${json ? writeJson(response) : terminalText(lines.join('\n'))}\n`);
    }),
  );
}

const EXECUTION = /^[1-9]\d{0,14}$/;
const RULE = /^[^.\s]+\.\S+$/;

function readerOf(subject: string, event: number | undefined): (client: Client) => Promise<Answer> {
  if (RULE.test(subject)) return (client) => readDecisions(client, subject, event);
  if (!EXECUTION.test(subject)) {
    throw usageError(
      `'${subject}' is neither the id of an execution nor the ref of a rule: tuningfork why 41, or why pack.rule`,
    );
  }
  if (event === undefined) return (client) => readWaiting(client, Number(subject));
  throw usageError('--event is for a rule: tuningfork why pack.rule --event 7');
}

async function readWaiting(client: Client, id: number): Promise<Answer> {
  await requireCapability(client, 'executions.waiting');
  const response = await client.executions.waiting(id).catch(throwUsageAt(404));
  return { response, lines: waitingLines(response) };
}

/** The newest page, or the one event: not one of the rule's trigger is a usage error. */
async function readDecisions(client: Client, ref: string, event: number | undefined): Promise<Answer> {
  await requireCapability(client, 'rules.decisions');
  const filter = event === undefined ? {} : { event };
  const response = await client.rules.decisions(ref, filter).catch(throwUsageAt(404));
  if (event !== undefined && response.items.length === 0) {
    throw usageError(`NOT_FOUND: event ${event} is not one of the trigger of rule '${ref}'`);
  }
  return { response, lines: decisionLines(await client.rules.get(ref), response.items) };
}

/** A platform without the route responds 404 as well. */
async function requireCapability(client: Client, name: string): Promise<void> {
  const manifest = await client.capabilities.getOrNull();
  if (manifest?.capabilities[name]) return;
  throw new CommandError(`NOT_ENABLED: this platform has no ${name}`, EXIT_CODES.notProvisioned);
}
