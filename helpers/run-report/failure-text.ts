import { requestLines } from '../scenario/sent-requests';
import type { ClaimModel, FailureModel, NodeModel, RunModel, TreeModel } from './run-model';
import { firstLine } from '../line-of-text';

/** Lines of the requests and of a log in the text: the last ones. */
const SHOWN_LINES = 40;
/** Executions of a tree in the text: those that failed first. */
const SHOWN_NODES = 40;
/** Places of the platform's sources. */
const SHOWN_CANDIDATES = 6;
/** Executions with their tree and log: the newest ones, and those that the error names. */
const SHOWN_TREES = 5;

/**
 * A failed claim as Markdown. First the promise, what was seen, the limit and the last change of
 * an execution; then the error, the requests that decided it, what the platform logged, the
 * executions and all requests.
 */
export function failureText(claim: ClaimModel, failure: FailureModel, { target, run }: RunModel): string {
  const { id, title, spec, file } = claim;
  return [
    `# Broken: ${title}`,
    `**Seen:** ${failure.summary}`,
    [
      `* claim ${id}, at \`${failure.at ?? file}\``,
      `* of the promise: ${spec}`,
      `* ${limitText(claim, failure)}`,
      ...lastChange(claim, failure).map((line) => `* ${line}`),
      ...candidateLine(failure),
      `* target: ${target.platform} (${target.kind}), run ${run}; host: ${failure.host}`,
      `* again: \`${failure.rerun}\``,
    ].join('\n'),
    ...section('Error', failure.error),
    ...section('Deciding requests', decidingText(failure)),
    ...section('What the rules decided', (failure.rules ?? []).join('\n')),
    ...section('The platform logged', failure.logged),
    ...executionSections(failure),
    ...section('Requests', lastLines(requestLines(failure.requests))),
    ...section('Stack', failure.frames.join('\n')),
  ]
    .join('\n\n')
    .concat('\n');
}

const candidateLine = ({ candidates = [] }: FailureModel): string[] =>
  candidates.length === 0
    ? []
    : [
        `* look first at ${candidates
          .slice(0, SHOWN_CANDIDATES)
          .map((place) => `\`${place}\``)
          .join(', ')}`,
      ];

/** Each with its bodies below it; then the number of the others. */
function decidingText({ requests, deciding = [] }: FailureModel): string {
  const start = requests[0]?.at ?? 0;
  const shown = deciding.map(({ at, method, path, query, status, sent, received }) =>
    [
      `${offset(at - start)}  ${method} ${path}${query} returned ${status}`,
      ...(sent === null ? [] : [`    sent: ${sent}`]),
      ...(received === null ? [] : [`    received: ${received}`]),
    ].join('\n'),
  );
  const left = requests.length - deciding.length;
  return [...shown, ...(shown.length > 0 && left > 0 ? [`… ${left} other requests`] : [])].join('\n');
}

/** Whether the limit of the test decided. */
function limitText({ seconds, budget }: ClaimModel, { error, limitSeconds }: FailureModel): string {
  const took = `${seconds.toFixed(1)} s (expected: ${budget} s)`;
  if (limitSeconds === null) return `failed after ${took}`;
  const isReached = /^(WAIT_TIMED_OUT|the test ran past its deadline)/m.test(error);
  return isReached
    ? `its limit of ${limitSeconds.toFixed(1)} s decided: it failed after ${took}`
    : `failed after ${took}, before its limit of ${limitSeconds.toFixed(1)} s`;
}

/** The newest instant of its executions; under a virtual clock, it is none of the test. */
function lastChange({ to, time }: ClaimModel, { executions }: FailureModel): string[] {
  const changes = executions.flatMap(({ nodes, entries }) => [
    ...entries.map(({ at, type, execution }) => ({ at, text: `${type} of execution ${execution}` })),
    ...nodes.map(({ id, created }) => ({ at: created, text: `execution ${id} was requested` })),
  ]);
  const [first, ...others] = changes;
  if (!first) return [];
  const last = others.reduce((newest, change) => (change.at >= newest.at ? change : newest), first);
  const since =
    to === null || time === 'virtual time' ? '' : `, ${((to - last.at) / 1_000).toFixed(1)} s before its end`;
  return [`last change: ${last.text}${since}`];
}

const section = (title: string, text: string): string[] => (text === '' ? [] : [`## ${title}`, fenced(text)]);

/** Longer than any fence in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([fence]) => fence.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function lastLines(lines: readonly string[]): string {
  const left = lines.length - SHOWN_LINES;
  return [...(left > 0 ? [`… ${left} more before`] : []), ...lines.slice(-SHOWN_LINES)].join('\n');
}

/** Of many executions, most are shown by one line each. */
function executionSections({ error, executions }: FailureModel): string[] {
  const named = new Set([...error.matchAll(/execution (\d+)/g)].map(([, id]) => Number(id)));
  const isShown = ({ id }: TreeModel, n: number): boolean => n >= executions.length - SHOWN_TREES || named.has(id);
  const others = executions.filter((tree, n) => !isShown(tree, n));
  return [
    ...executions.filter(isShown).flatMap(treeSections),
    ...section('Earlier executions', others.map(({ id, nodes }) => rootLine(id, nodes)).join('\n')),
  ];
}

const rootLine = (id: number, [root]: readonly NodeModel[]): string =>
  root ? nodeLine(root, root.created) : `${id} not shown by the target`;

function treeSections({ id, nodes, entries, reasons, lacks }: TreeModel): string[] {
  const start = nodes[0]?.created ?? entries[0]?.at ?? 0;
  const log = entries.map(
    ({ at, type, execution, payload }) =>
      `${offset(at - start)}  ${type} ${execution}${payload === '{}' ? '' : ` ${payload}`}`,
  );
  return [
    ...section(`Execution ${id}`, [...lacks, ...nodeLines(nodes, start)].join('\n')),
    ...section(`What execution ${id} waits for`, reasons.join('\n')),
    ...section(`Log of execution ${id}`, lastLines(log)),
  ];
}

const offset = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`.padStart(10);

function nodeLines(nodes: readonly NodeModel[], start: number): string[] {
  const shown = nodes.length <= SHOWN_NODES ? nodes : [...nodes].sort(troubledFirst).slice(0, SHOWN_NODES);
  return [
    ...nodes.filter((node) => shown.includes(node)).map((node) => nodeLine(node, start)),
    ...(shown.length < nodes.length ? [`… ${nodes.length - shown.length} others`] : []),
  ];
}

const troubledFirst = (one: NodeModel, other: NodeModel): number => rank(one) - rank(other);
const rank = ({ status, hasEnded }: NodeModel): number => (status === 'completed' ? 2 : hasEnded ? 0 : 1);

function nodeLine(
  { depth, id, label, index, status, started, finished, facts, error }: NodeModel,
  start: number,
): string {
  const when = started === null ? 'never started' : `from ${offset(started - start).trim()}`;
  const until = finished === null ? [] : [`to ${offset(finished - start).trim()}`];
  const name = `${label}${index === null ? '' : `[${index}]`}`;
  const cause = error === null ? [] : [firstLine(error)];
  return `${'  '.repeat(depth)}${[`${id} ${name}`, status, [when, ...until].join(' '), ...facts, ...cause].join('  ')}`;
}
