import { useMemo, useState } from 'preact/hooks';
import type { EntryModel, NodeModel, TreeModel } from '../../helpers/run-report/run-model';
import { firstTroubled } from '../components/attempts';
import { Graph, type GraphProps } from '../components/graph';
import { signOfStatus } from '../components/status';
import { durationText } from '../components/time-scale';
import { Timeline } from '../components/timeline';

/** Entries of a log that are shown at once. */
const SHOWN_ENTRIES = 200;

/** An execution with its descendants: graph, timeline, and what is known of the chosen one. */
export function Tree({ tree, isOpen }: { readonly tree: TreeModel; readonly isOpen: boolean }) {
  const { id, nodes, entries, lacks } = tree;
  const [chosenId, choose] = useState(() => firstTroubled(nodes)?.id ?? id);
  const chosen = nodes.find((node) => node.id === chosenId);
  const workflow = useMemo(() => workflowOf(nodes, chosenId), [nodes, chosenId]);
  const root = nodes[0];
  return (
    <details open={isOpen}>
      <summary>
        Execution {id}
        {root &&
          ` · ${root.label} · ${root.status} · ${nodes.length === 1 ? 'no descendants' : `${nodes.length - 1} descendants`}`}
      </summary>
      {lacks.map((lack) => (
        <p key={lack}>{lack}</p>
      ))}
      {workflow !== null && <Path nodes={nodes} workflow={workflow} choose={choose} />}
      {workflow !== null && <Graph nodes={nodes} workflow={workflow} choose={choose} />}
      {nodes.length > 0 && <Timeline nodes={nodes} chosen={chosenId} choose={choose} />}
      {chosen && <Details node={chosen} />}
      <Log entries={entries} start={root?.created ?? entries[0]?.at ?? 0} chosen={chosenId} isWhole={chosenId === id} />
    </details>
  );
}

/** The execution itself, if it has children; else the one around it; null: neither. */
function workflowOf(nodes: readonly NodeModel[], id: number): number | null {
  const at = nodes.findIndex((node) => node.id === id);
  const node = nodes[at];
  if (!node) return null;
  return (nodes[at + 1]?.depth ?? 0) > node.depth ? id : (parentOf(nodes, at)?.id ?? null);
}

const parentOf = (nodes: readonly NodeModel[], at: number): NodeModel | undefined =>
  nodes.slice(0, at).findLast(({ depth }) => depth === nodes[at]!.depth - 1);

/** The workflow whose tasks the graph shows, after those around it. */
function Path({ nodes, workflow, choose }: GraphProps) {
  const path: NodeModel[] = [];
  let node = nodes.find(({ id }) => id === workflow);
  while (node) {
    path.unshift(node);
    node = parentOf(nodes, nodes.indexOf(node));
  }
  return (
    <p class="path">
      Tasks of{' '}
      {path.map(({ id, label }, n) => (
        <>
          {n > 0 && ' › '}
          <button type="button" class="link" aria-current={id === workflow} onClick={() => choose(id)}>
            {label}
          </button>
        </>
      ))}
    </p>
  );
}

function Details({ node }: { readonly node: NodeModel }) {
  const { id, label, action, status, created, started, finished, facts, error, stdout, stderr } = node;
  const { sign, tone } = signOfStatus(status);
  const times = [
    ...(started === null ? ['never started'] : [`waited ${durationText(started - created)}`]),
    ...(started === null || finished === null ? [] : [`ran ${durationText(finished - started)}`]),
  ];
  return (
    <div class="details">
      <p>
        <span class={tone}>{sign}</span> <strong>{label}</strong> execution {id} · {action} ·{' '}
        {[status, ...times, ...facts].join(' · ')}
      </p>
      {error !== null && <pre class="error">{error}</pre>}
      <Stream name="stdout" text={stdout} />
      <Stream name="stderr" text={stderr} />
    </div>
  );
}

const Stream = ({ name, text }: { readonly name: string; readonly text: string }) =>
  text === '' ? null : (
    <>
      <h4>{name}</h4>
      <pre>{text}</pre>
    </>
  );

interface LogProps {
  readonly entries: readonly EntryModel[];
  readonly start: number;
  readonly chosen: number;
  /** Of all executions, and not of the chosen one alone. */
  readonly isWhole: boolean;
}

function Log({ entries, start, chosen, isWhole }: LogProps) {
  const own = isWhole ? entries : entries.filter(({ execution }) => execution === chosen);
  if (own.length === 0) return null;
  return (
    <details>
      <summary>
        Log{isWhole ? '' : ` of execution ${chosen}`}: {own.length} entries
      </summary>
      <table class="log">
        <thead>
          <tr>
            <th scope="col">after</th>
            <th scope="col">entry</th>
            <th scope="col">execution</th>
            <th scope="col">payload</th>
          </tr>
        </thead>
        <tbody>
          {own.slice(-SHOWN_ENTRIES).map(({ at, type, execution, payload }, n) => (
            <tr key={n}>
              <td>{((at - start) / 1_000).toFixed(3)} s</td>
              <td>{type}</td>
              <td>{execution}</td>
              <td>
                <code>{payload === '{}' ? '' : payload}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
