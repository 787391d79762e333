import { EXIT_CODES } from '../../contract/errors';
import { findingsOf, type GateFinding } from '../../tools/gate/findings';
import { verdictOf, type CheckVerdict, type Verdict } from '../../tools/gate/verdict';
import { columns } from '../../helpers/report/columns';
import { annotation, markdownTable } from '../../helpers/report/github';
import { appendStepSummary } from '../../helpers/append-step-summary';
import { usageError } from '../failures';
import { readPolicy, today, type GateFlags } from './gate-files';
import { readJobResults, resultArguments, type ResultFlags } from './read-results';
import { readFlakes } from './run/gate-flake';
import { printNotice } from '../line-printer';

/** Parsed options. */
export interface GateCheckFlags extends GateFlags, ResultFlags {
  readonly flakes: string;
  readonly github?: true;
}

/**
 * Prints the verdict of a run by the required checks and the list of flakes. Exit 1: a check
 * failed or is missing, or the list breaks a rule; 5: no test of any check was proven.
 */
export function gateCheck({ policy: path, flakes, json, github, ...given }: GateCheckFlags): void {
  const { policy } = readPolicy(path);
  const results = resultArguments(given);
  if (results.length === 0) throw usageError('give the results with --results or --report');
  const verdict = verdictOf(policy, readJobResults(results, policy), today(), readFlakes(flakes));
  const findings = findingsOf(verdict);
  process.stdout.write(json ? `${JSON.stringify({ ...verdict, findings })}\n` : verdictText(verdict, findings));
  if (github || process.env.GITHUB_ACTIONS === 'true') {
    const lines = findings.map(({ level, code, text }) => `${annotation(level, { title: code }, text)}\n`);
    (json ? process.stderr : process.stdout).write(lines.join(''));
  }
  process.exitCode = exitOf(verdict);
  const unwritten = appendStepSummary(process.env, summaryText(verdict, findings));
  if (unwritten !== null) printNotice(unwritten);
}

function exitOf({ verdict, checks }: Verdict): number {
  const results = checks.flatMap(({ jobs }) => Object.values(jobs));
  if (results.every((result) => result === 'absent')) return EXIT_CODES.notProven;
  return verdict === 'passed' ? EXIT_CODES.done : EXIT_CODES.testFailed;
}

const jobText = ({ jobs }: CheckVerdict): string =>
  Object.entries(jobs)
    .map(([job, result]) => `${job} ${result}`)
    .join(', ');

const COUNTS = ['required_failures', 'required_missing', 'advisory_failures', 'quarantined_failures'] as const;

const verdictText = (verdict: Verdict, findings: readonly GateFinding[]): string =>
  [
    ...columns(verdict.checks.map((check) => [check.id, check.state, check.result, jobText(check)])),
    ...findings.map(({ code, text }) => `${code}: ${text}`),
    COUNTS.map((name) => `${name}: ${verdict[name]}`).join(', '),
    `verdict: ${verdict.verdict}`,
    '',
  ].join('\n');

const summaryText = (verdict: Verdict, findings: readonly GateFinding[]): string =>
  [
    `### Gate: ${verdict.verdict}`,
    '',
    markdownTable(
      ['check', 'state', 'result', 'jobs'],
      verdict.checks.map((check) => [check.id, check.state, check.result, jobText(check)]),
    ),
    ...findings.map(({ code, text }) => `- \`${code}\` ${text}`),
    '',
  ].join('\n');
