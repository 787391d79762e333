import { requestLines } from '../scenario/sent-requests';
import type { ClaimModel, FailureModel, NodeModel, RunModel, TreeModel } from './run-model';

/** Lines of the requests and of a log in the text: the last ones. */
const SHOWN_LINES = 40;
/** Executions of a tree in the text: those that failed first. */
const SHOWN_NODES = 40;

/**
 * A failed claim as Markdown: what was promised, what was seen instead, where, and the command
 * that runs it again.
 */
export function failureText(claim: ClaimModel, failure: FailureModel, { target, run }: RunModel): string {
  const { id, title, spec, file, seconds, budget } = claim;
  return [
    `# ${id} ${title}`,
    `**Promised:** ${spec}`,
    `**Seen:** ${failure.summary}`,
    [
      `* test: \`${failure.at ?? file}\``,
      `* target: ${target.platform} (${target.kind}), run ${run}`,
      `* took ${seconds.toFixed(1)} s of ${budget} s; ${failure.host}`,
      `* again: \`${failure.rerun}\``,
    ].join('\n'),
    ...section('Error', failure.error),
    ...section('The platform logged', failure.logged),
    ...failure.executions.flatMap(treeSections),
    ...section('Requests', lastLines(requestLines(failure.requests))),
    ...section('Stack', failure.frames.join('\n')),
  ]
    .join('\n\n')
    .concat('\n');
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

function treeSections({ id, nodes, entries, lacks }: TreeModel): string[] {
  const start = nodes[0]?.created ?? entries[0]?.at ?? 0;
  const log = entries.map(
    ({ at, type, execution, payload }) =>
      `${offset(at - start)}  ${type} ${execution}${payload === '{}' ? '' : ` ${payload}`}`,
  );
  return [
    ...section(`Execution ${id}`, [...lacks, ...nodeLines(nodes, start)].join('\n')),
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
  const cause = error === null ? [] : [error.trim().split('\n')[0]!];
  return `${'  '.repeat(depth)}${[`${id} ${name}`, status, [when, ...until].join(' '), ...facts, ...cause].join('  ')}`;
}
