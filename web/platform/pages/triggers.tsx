import type { JsonObject } from '../../../contract/json';
import type { Trigger, TriggerSummary } from '../../../contract/triggers';
import { JsonTree } from '../../components/json-tree';
import { get, list } from '../api';
import { useCaller } from '../caller';
import { Facts } from '../parts/facts';
import { Loaded } from '../parts/loaded';
import { PagedList } from '../parts/paged-list';
import { QueryField } from '../parts/query-field';
import { RulesTabs } from '../parts/rules-tabs';
import type { Column } from '../parts/table';
import { Webhook } from '../parts/webhook';
import { useResource, type Resource } from '../resource';
import { address, Link, type PageProps, pageNumber } from '../router';
import { mayDo } from '../session';

const ON_PAGE = 50;

/** The triggers, or the one that the address names. */
export function Triggers({ place }: PageProps) {
  const ref = place.segments[1];
  return ref === undefined ? <AllTriggers place={place} /> : <OneTrigger key={ref} triggerRef={ref} />;
}

function AllTriggers({ place }: PageProps) {
  const { query } = place;
  const page = pageNumber(query);
  const q = query.get('q') ?? undefined;
  const resource = useResource(`triggers ${query.toString()}`, { types: [] }, (signal) =>
    list<TriggerSummary>('/api/v1/triggers', { q, page, page_size: ON_PAGE }, signal),
  );
  return (
    <>
      <h1>Triggers</h1>
      <RulesTabs current="/triggers" />
      <div class="filters" role="search">
        <QueryField place={place} name="q" label="Words of its ref or name" />
      </div>
      <PagedList
        caption="Triggers, by ref"
        resource={resource}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        none="No trigger matches."
        page={page}
      />
    </>
  );
}

const COLUMNS: readonly Column<TriggerSummary>[] = [
  { title: 'Trigger', cell: ({ ref }) => <Link to={address('triggers', ref)}>{ref}</Link>, isRef: true },
  { title: 'Webhook', cell: ({ webhook_enabled: isOpen }) => (isOpen ? 'on' : 'off') },
  { title: 'State', cell: ({ enabled }) => (enabled ? 'enabled' : 'disabled') },
  { title: 'Name', cell: ({ label }) => label, isMinor: true },
  { title: 'Description', cell: ({ description }) => description, isMinor: true },
];

interface OneTriggerProps {
  readonly triggerRef: string;
}

function OneTrigger({ triggerRef }: OneTriggerProps) {
  const path = `/api/v1/triggers/${encodeURIComponent(triggerRef)}`;
  const resource = useResource(path, { types: [] }, (signal) => get<Trigger>(path, { signal }));
  return (
    <>
      <h1>{triggerRef}</h1>
      <RulesTabs current="" />
      <Loaded resource={resource}>{(trigger) => <Definition trigger={trigger} resource={resource} />}</Loaded>
    </>
  );
}

interface DefinitionProps {
  readonly trigger: Trigger;
  readonly resource: Resource<Trigger>;
}

function Definition({ trigger, resource }: DefinitionProps) {
  const { user } = useCaller();
  const { ref, label, description, enabled, sensor_ref: sensor } = trigger;
  return (
    <>
      <Facts
        facts={[
          ['Name', label],
          ['Description', description],
          ['State', enabled ? 'enabled' : 'disabled'],
          ['Events from', sensor],
        ]}
      />
      <p class="actions">
        <Link to={`/rules?set=trigger&ref=${encodeURIComponent(ref)}`}>Its rules</Link>
        <Link to={`/events?trigger_ref=${encodeURIComponent(ref)}`}>Its events</Link>
        {mayDo(user, 'rules', 'create') && (
          <Link to={`/rules/new?trigger=${encodeURIComponent(ref)}`} class="button">
            New rule
          </Link>
        )}
      </p>
      <Webhook trigger={trigger} onChanged={resource.reload} />
      <Schema title="Parameters of a rule" schema={trigger.param_schema} />
      <Schema title="Payload of an event" schema={trigger.out_schema} />
    </>
  );
}

const Schema = ({ title, schema }: { readonly title: string; readonly schema: JsonObject | null }) =>
  schema === null || Object.keys(schema).length === 0 ? null : (
    <>
      <h2>{title}</h2>
      <JsonTree value={schema} label={title} />
    </>
  );
