import type { OpenContext } from '../context';
import { messageOf } from '../../errors';
import type { SentRequest, ShownRequest } from '../sent-request';
import { requestLines } from '../sent-requests';
import { describeExecutions, readExecutions, type ExecutionEvidence } from './executions';
import { readOwnPlatform } from './own-platform';
import { ruleDecisions } from './rules';
import { startedByRules } from './started-by-rules';

/** The last rules of a test, whose decisions are shown. */
const MOST_RULES = 5;

/** What a failed test shows beside its errors. */
export interface Evidence {
  /** Of the test's client. */
  readonly requests: readonly SentRequest[];
  /** Those of them that are about what the error names. */
  readonly deciding: readonly ShownRequest[];
  /**
   * Of the executions that the test or its rules started, oldest first; then of those of its own
   * platforms.
   */
  readonly executions: readonly ExecutionEvidence[];
  /** What became of the last events of the test's rules, a text for each rule. */
  readonly rules: readonly string[];
  /** A line for each rule, and each own platform, whose executions could not be listed. */
  readonly unlisted: readonly string[];
  /** Errors that the platform logged since the test began, and those of its own platforms. */
  readonly logged: string;
  /** How busy this host was. */
  readonly host: string;
  /** How long the test could take. */
  readonly limitMs: number;
}

/** Reads the evidence of a test that ended by this error. Never throws. */
export async function collectEvidence(opened: OpenContext, error: unknown): Promise<Evidence> {
  const { context, sentRequests, platformLog, rootExecutions, rules } = opened;
  const { client, facts } = context;
  const { ranMs, waitedMs } = opened.processorTime();
  const host = [
    `load factor ${facts.loadFactor.toFixed(1)}`,
    `it may add ${context.hostDelayMs().toFixed(0)} ms to a time`,
    `this process ran for ${ranMs.toFixed(0)} ms and waited ${waitedMs.toFixed(0)} ms for a processor`,
  ].join(', ');
  const requests = sentRequests.all();
  const deciding = sentRequests.deciding(messageOf(error)); // before the reads below
  const { ids, unlisted } = await startedByRules(client, rules);
  const roots = [...new Set([...rootExecutions, ...ids])].sort((a, b) => a - b);
  const decided = await Promise.all(rules.slice(-MOST_RULES).map((ref) => ruleDecisions(client, ref)));
  const own = await Promise.all(opened.ownPlatforms.map(readOwnPlatform));
  return {
    requests,
    deciding,
    executions: [...(await readExecutions(client, roots)), ...own.flatMap(({ executions }) => executions)],
    rules: decided,
    unlisted: [...unlisted, ...own.flatMap((each) => each.unlisted)],
    logged: loggedTexts(platformLog.print(), own),
    host,
    limitMs: opened.deadline.limitMs(),
  };
}

/** Those of several platforms, each below a line about which it is. */
function loggedTexts(ofRun: string, own: readonly { readonly logged: string }[]): string {
  const texts = own.flatMap(({ logged }) => (logged === '' ? [] : [`the test's own platform:\n${logged}`]));
  if (texts.length === 0) return ofRun;
  return [...texts, ...(ofRun === '' ? [] : [`the platform of the run:\n${ofRun}`])].join('\n');
}

/** `needsTrees`: the text around it does not contain the trees of the executions. */
export const describeEvidence = (
  { requests, executions, rules, unlisted, logged, host }: Evidence,
  needsTrees: boolean,
): string =>
  [
    ...['', '', requestLines(requests).join('\n'), '', ...describeExecutions(executions, needsTrees)],
    ...(needsTrees ? rules.flatMap((text) => [text, '']) : []),
    ...(unlisted.length === 0 ? [] : [...unlisted, '']),
    ...(logged === '' ? [] : ['the platform logged since the test began:', logged, '']),
    host,
  ].join('\n');
