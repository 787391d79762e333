import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Action, ActionSearchResult } from '../../../contract/actions';
import type { Execute, Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { change, get, list } from '../api';
import { ApiFailure } from '../api-failure';
import { useCaller } from '../caller';
import { PagedList } from '../parts/paged-list';
import type { Column } from '../parts/table';
import { Problem } from '../parts/problem';
import { QueryField } from '../parts/query-field';
import { SchemaForm, useSchemaForm } from '../parts/schema-form';
import { useResource } from '../resource';
import { address, go, Link, type PageProps, pageNumber } from '../router';
import { mayDo } from '../session';

const ON_PAGE = 50;

/** What can be run, or the form that runs one of them: `/run/core.echo`. */
export function Run({ place }: PageProps) {
  const ref = place.segments[1];
  return ref === undefined ? <Choice place={place} /> : <RunPart key={ref} refOf={ref} place={place} />;
}

/** Actions and workflows by the words of a search. */
function Choice({ place }: PageProps) {
  const { query } = place;
  const q = query.get('q') ?? undefined;
  const page = pageNumber(query);
  const resource = useResource(`run ${query.toString()}`, { types: [] }, (signal) =>
    list<ActionSearchResult>('/api/v1/actions/search', { q, page, page_size: ON_PAGE }, signal),
  );
  return (
    <>
      <h1>Run</h1>
      <div class="filters" role="search">
        <QueryField place={place} name="q" label="Action or workflow" placeholder="words of its name" />
      </div>
      <PagedList
        caption="Actions and workflows"
        resource={resource}
        columns={COLUMNS}
        keyOf={({ ref }) => ref}
        none="No action or workflow has these words."
        page={page}
      />
    </>
  );
}

const COLUMNS: readonly Column<ActionSearchResult>[] = [
  {
    title: 'Ref',
    isRef: true,
    cell: ({ ref, only_as_task: isTask }) => (isTask ? ref : <Link to={address('run', ref)}>{ref}</Link>),
  },
  { title: 'Kind', cell: kindOf },
  { title: 'Name', cell: ({ label }) => label, isMinor: true },
  { title: 'Description', cell: ({ description = '' }) => description, isMinor: true },
];

function kindOf({ is_workflow: isWorkflow, only_as_task: isTask }: ActionSearchResult): string {
  if (isWorkflow) return 'workflow';
  return isTask ? 'action, only as a task of a workflow' : 'action';
}

function RunPart({ refOf, place }: PageProps & { readonly refOf: string }) {
  const { user } = useCaller();
  const from = place.query.get('from');
  const { value, error } = useResource(`run ${refOf} ${from}`, { types: [] }, async (signal) => {
    const [action, earlier] = await Promise.all([
      get<Action>(`/api/v1/actions/${encodeURIComponent(refOf)}`, { signal }),
      from === null ? null : get<Execution>(`/api/v1/executions/${encodeURIComponent(from)}`, { signal }),
    ]);
    return { action, given: earlier?.config ?? {} };
  });
  const mayRun = mayDo(user, 'actions', 'execute');
  return (
    <>
      <p class="path">
        <Link to="/run">Run</Link>
      </p>
      <h1>
        {refOf} <span class="ref">{value?.action.label}</span>
      </h1>
      <Problem error={error} />
      {!value && error === null && <p class="none">Loading…</p>}
      {value?.action.description && <p>{value.action.description}</p>}
      {from !== null && value && (
        <p class="facts">
          The parameters are those of <Link to={address('executions', from)}>execution {from}</Link>; secrets have to be
          given again.
        </p>
      )}
      {user !== null && !mayRun && (
        <p class="none">You may not run actions: the permission actions:execute is missing.</p>
      )}
      {value?.action.only_as_task && <p class="none">It runs only as a task of a workflow.</p>}
      {value && !value.action.only_as_task && mayRun && <RunForm action={value.action} given={value.given} />}
    </>
  );
}

/** Beside the parameters. */
const OPTIONS: JsonObject = {
  timeout_seconds: {
    type: 'number',
    description: 'seconds after which the run ends as timeout; empty: no limit of its own',
  },
};

interface FormProps {
  readonly action: Action;
  readonly given: JsonObject;
}

function RunForm({ action: { ref, param_schema: schema }, given }: FormProps) {
  const form = useSchemaForm({ schema: schema ?? {}, given, root: '/parameters' });
  const options = useSchemaForm({ schema: OPTIONS, root: '' });
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (body: Execute): Promise<void> => {
    setSending(true);
    setError(null);
    try {
      const { id } = await change<Execution>('POST', '/api/v1/executions/execute', body);
      go(address('executions', id));
    } catch (failure) {
      setSending(false);
      setError((isOfParameters(failure) ? form : options).reject(failure));
    }
  };
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const [settings, parameters] = [options.read(), form.read()];
    if (parameters === undefined || settings === undefined) return;
    void run({ action_ref: ref, parameters: parameters as JsonObject, validate: true, ...(settings as object) });
  };
  return (
    <form class="run" aria-label={`Run ${ref}`} onSubmit={submit} noValidate>
      <SchemaForm form={form} legend="Parameters" />
      <SchemaForm form={options} legend="Options" canBeJson={false} />
      <Problem error={error} />
      <button class="main" type="submit" disabled={isSending}>
        Run
      </button>
    </form>
  );
}

const isOfParameters = (failure: unknown): boolean =>
  failure instanceof ApiFailure && failure.fields.some(({ path }) => path.startsWith('/parameters'));
