import type { OpenContext } from '../context';
import { messageOf } from '../../errors';
import type { SentRequest, ShownRequest } from '../sent-request';
import { requestLines } from '../sent-requests';
import { describeExecutions, readExecutions, type ExecutionEvidence } from './executions';
import { startedByRules } from './started-by-rules';

/** What a failed test shows beside its errors. */
export interface Evidence {
  /** Of the test's client. */
  readonly requests: readonly SentRequest[];
  /** Those of them that are about what the error names. */
  readonly deciding: readonly ShownRequest[];
  /** Of the executions that the test or its rules started, oldest first. */
  readonly executions: readonly ExecutionEvidence[];
  /** A line for each rule whose executions could not be listed. */
  readonly unlisted: readonly string[];
  /** Errors that the platform logged since the test began. */
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
  return {
    requests,
    deciding,
    executions: await readExecutions(client, roots),
    unlisted,
    logged: platformLog.print(),
    host,
    limitMs: opened.deadline.limitMs(),
  };
}

/** `needsTrees`: the text around it does not contain the trees of the executions. */
export const describeEvidence = (
  { requests, executions, unlisted, logged, host }: Evidence,
  needsTrees: boolean,
): string =>
  [
    ...['', '', requestLines(requests).join('\n'), '', ...describeExecutions(executions, needsTrees)],
    ...(unlisted.length === 0 ? [] : [...unlisted, '']),
    ...(logged === '' ? [] : ['the platform logged since the test began:', logged, '']),
    host,
  ].join('\n');
