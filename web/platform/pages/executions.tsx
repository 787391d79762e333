import { useState } from 'preact/hooks';
import type { ExecutionSummary } from '../../../contract/executions';
import { STATUSES } from '../../../contract/status';
import { durationText } from '../../components/time-scale';
import { list } from '../api';
import { useCaller } from '../caller';
import { Instant } from '../parts/instant';
import { PagedList } from '../parts/paged-list';
import { QueryChoice, QueryField } from '../parts/query-field';
import { Status } from '../parts/status';
import type { Column } from '../parts/table';
import { useResource } from '../resource';
import { address, Link, setQuery, type PageProps, pageNumber } from '../router';
import { mayDo } from '../session';
import { ExecutionPage } from './execution';

const ON_PAGE = 50;
/** Parameters of the address that are filters of the API. */
const FILTERS = ['status', 'action_ref', 'rule_ref', 'trigger_ref', 'pack_name'] as const;
/** Those that are folded until one of them is set. */
const MORE_FILTERS = ['parent', 'enforcement', 'correlation_id', 'executor', 'result_contains'] as const;

/** The list, or one execution: `/executions/41`. */
export function Executions({ place }: PageProps) {
  const id = place.segments[1];
  return id === undefined ? <ExecutionList place={place} /> : <ExecutionPage key={id} id={id} place={place} />;
}

/** The executions that match the filters of the address, as they change. */
function ExecutionList({ place }: PageProps) {
  const { query } = place;
  const page = pageNumber(query);
  const filters = Object.fromEntries([...FILTERS, ...MORE_FILTERS].map((name) => [name, query.get(name) ?? undefined]));
  const hasParent = (query.get('parent') ?? '') !== '';
  const isWhole = hasParent || query.get('children') === 'yes';
  const resource = useResource(`executions ${query.toString()}`, { types: ['execution'] }, (signal) =>
    list<ExecutionSummary>(
      '/api/v1/executions',
      { ...filters, top_level_only: !isWhole, per_page: ON_PAGE, page },
      signal,
    ),
  );
  return (
    <>
      <h1>Executions</h1>
      <div class="filters" role="search">
        <QueryChoice place={place} name="status" label="Status" choices={STATUSES} all="any" />
        <QueryField place={place} name="action_ref" label="Action or workflow" placeholder="core.*" />
        <QueryField place={place} name="rule_ref" label="Rule" />
        <QueryField place={place} name="trigger_ref" label="Trigger" />
        <QueryField place={place} name="pack_name" label="Pack" />
        <label class="check">
          <input
            type="checkbox"
            checked={isWhole}
            disabled={hasParent}
            onChange={() => setQuery({ children: isWhole ? undefined : 'yes', page: undefined })}
          />
          tasks of workflows
        </label>
        <MoreFilters place={place} />
      </div>
      <PagedList
        caption="Executions, the newest first"
        resource={resource}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        none={query.size === 0 ? <NothingYet /> : 'No execution matches.'}
        page={page}
      />
    </>
  );
}

/** Results and executors are searched by who may read every execution. */
function MoreFilters({ place }: PageProps) {
  const { user } = useCaller();
  const [isOpened] = useState(MORE_FILTERS.some((name) => place.query.has(name)));
  const isSearchable = mayDo(user, 'executions', 'read');
  return (
    <details class="more" open={isOpened}>
      <summary>More filters</summary>
      <div class="filters">
        <QueryField place={place} name="parent" label="Id of the workflow's execution" />
        <QueryField place={place} name="enforcement" label="Id of the enforcement" />
        <QueryField place={place} name="correlation_id" label="Correlation" placeholder="event:4" />
        {isSearchable && <QueryField place={place} name="executor" label="Id of who requested it" />}
        {isSearchable && <QueryField place={place} name="result_contains" label="Text in the result" />}
      </div>
    </details>
  );
}

const NothingYet = () => (
  <>
    Nothing has run yet: <Link to="/run">run an action or a workflow</Link>, or <Link to="/packs">add a pack</Link>.
  </>
);

const COLUMNS: readonly Column<ExecutionSummary>[] = [
  { title: 'Id', cell: ({ id }) => <Link to={address('executions', id)}>{id}</Link> },
  { title: 'Status', cell: ({ status }) => <Status status={status} /> },
  {
    title: 'Action or workflow',
    isRef: true,
    cell: ({ id, action_ref, workflow_task }) => (
      <Link to={address('executions', id)}>
        {action_ref}
        {workflow_task && ` · ${workflow_task.task_name}`}
      </Link>
    ),
  },
  {
    title: 'Started by',
    cell: startedBy,
    isMinor: true,
  },
  { title: 'Created', cell: ({ created }) => <Instant at={created} />, isMinor: true },
  { title: 'Duration', cell: durationOf, isMinor: true },
];

/** What started it; of a rerun, what it runs again. */
function startedBy({ rule_ref: rule, parent, rerun_of: rerun }: ExecutionSummary): string {
  if (rerun) return `again: ${rerun.execution}, from ${rerun.task}`;
  return rule ?? (parent === null ? 'request' : `execution ${parent}`);
}

function durationOf({ started_at: started, finished_at: finished }: ExecutionSummary): string {
  if (started === undefined || finished === null) return '–';
  return durationText(Date.parse(finished) - Date.parse(started));
}
