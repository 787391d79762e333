import type { OpenContext } from '../context';
import { requestLines, type SentRequest } from '../sent-requests';
import { describeExecutions, readExecutions, type ExecutionEvidence } from './executions';

/** What a failed test shows beside its errors. */
export interface Evidence {
  /** Of the test's client. */
  readonly requests: readonly SentRequest[];
  /** Of the executions that the test started, oldest first. */
  readonly executions: readonly ExecutionEvidence[];
  /** Errors that the platform logged since the test began. */
  readonly logged: string;
  /** How busy this host was. */
  readonly host: string;
  /** How long the test could take. */
  readonly limitMs: number;
}

/** Reads the evidence of a test. Never throws. */
export async function collectEvidence(opened: OpenContext): Promise<Evidence> {
  const { context, sentRequests, platformLog, rootExecutions } = opened;
  const { client, facts } = context;
  const { ranMs, waitedMs } = opened.processorTime();
  const host = [
    `load factor ${facts.loadFactor.toFixed(1)}`,
    `slack ${context.slackMs('run').toFixed(0)} ms`,
    `this process ran for ${ranMs.toFixed(0)} ms and waited ${waitedMs.toFixed(0)} ms for a processor`,
  ].join(', ');
  const requests = sentRequests.all();
  return {
    requests,
    executions: await readExecutions(client, rootExecutions),
    logged: platformLog.print(),
    host,
    limitMs: opened.deadline.limitMs(),
  };
}

/** `needsTrees`: the text around it does not contain the trees of the executions. */
export const describeEvidence = ({ requests, executions, logged, host }: Evidence, needsTrees: boolean): string =>
  [
    ...['', '', requestLines(requests).join('\n'), '', ...describeExecutions(executions, needsTrees)],
    ...(logged === '' ? [] : ['the platform logged since the test began:', logged, '']),
    host,
  ].join('\n');
