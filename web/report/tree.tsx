import { useMemo, useState } from 'preact/hooks';
import type { PageTree } from '../../helpers/run-report/page-run';
import type { EntryModel, NodeModel } from '../../helpers/run-report/run-model';
import { firstTroubled } from '../components/attempts';
import { EntriesTable } from '../components/entries-table';
import { LongText } from '../components/long-text';
import { NodeSummary } from '../components/node-summary';
import { workflowOf } from '../components/surroundings';
import { WorkflowView } from '../components/workflow-view';
import { NamedDocument } from './named-document';
import { NamedText } from './named-text';

/** Entries of a log that are shown at once. */
const SHOWN_ENTRIES = 200;

/** An execution with its descendants: graph, timeline, and what is known of the chosen one. */
export function Tree({ tree, isOpen }: { readonly tree: PageTree; readonly isOpen: boolean }) {
  const { id, nodes, graphs, entries, reasons, lacks } = tree;
  const [chosenId, choose] = useState(() => firstTroubled(nodes)?.id ?? id);
  const chosen = nodes.find((node) => node.id === chosenId);
  const root = nodes[0];
  const workflow = useMemo(() => workflowOf(nodes, chosenId), [nodes, chosenId]);
  const view = { nodes, workflow, graph: workflow === null ? undefined : graphs[workflow] };
  return (
    <details open={isOpen}>
      <summary>
        Execution {id}
        {root && ` · ${root.label} · ${root.status} · ${descendantsText(nodes.length - 1)}`}
      </summary>
      {lacks.map((lack) => (
        <p key={lack}>{lack}</p>
      ))}
      {reasons.length > 0 && <LongText text={reasons.join('\n')} />}
      <WorkflowView {...view} chosen={chosenId} choose={choose} />
      {chosen && <Details key={chosenId} node={chosen} />}
      <Log entries={entries} start={root?.created ?? entries[0]?.at ?? 0} chosen={chosenId} isWhole={chosenId === id} />
    </details>
  );
}

const descendantsText = (count: number): string =>
  count === 1 ? '1 descendant' : `${count === 0 ? 'no' : count} descendants`;

const Details = ({ node }: { readonly node: NodeModel }) => (
  <div class="details">
    <NodeSummary node={node}>
      <strong>{node.label}</strong> execution {node.id}
    </NodeSummary>
    <NamedDocument name="input" json={node.input} />
    <NamedDocument name="result" json={node.result} />
    <NamedText name="stdout" text={node.stdout} />
    <NamedText name="stderr" text={node.stderr} />
  </div>
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
        Log{isWhole ? '' : ` of execution ${chosen}`}: {own.length === 1 ? '1 entry' : `${own.length} entries`}
      </summary>
      <EntriesTable entries={own.slice(-SHOWN_ENTRIES)} start={start} />
    </details>
  );
}
