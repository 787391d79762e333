import type { ActionSummary } from '../../../contract/actions';
import type { Pack, PackSummary } from '../../../contract/packs';
import type { RuleSummary } from '../../../contract/rules';
import type { TriggerSummary } from '../../../contract/triggers';
import { get, list } from '../api';
import { AddPack } from '../parts/add-pack';
import { Environments } from '../parts/environments';
import { Facts } from '../parts/facts';
import { Instant } from '../parts/instant';
import { Loaded } from '../parts/loaded';
import { PagedList } from '../parts/paged-list';
import { Table, type Column } from '../parts/table';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { mayDo } from '../session';
import { address, Link, type PageProps, pageNumber } from '../router';

const ON_PAGE = 50;
/** The API's largest page of a list. */
const WHOLE = 100;

/** The packs, or the one that the address names. */
export function Packs({ place }: PageProps) {
  const ref = place.segments[1];
  return ref === undefined ? <AllPacks place={place} /> : <OnePack key={ref} packRef={ref} />;
}

function AllPacks({ place: { query } }: PageProps) {
  const { user } = useCaller();
  const page = pageNumber(query);
  const resource = useResource(`packs ${page}`, { types: [] }, (signal) =>
    list<PackSummary>('/api/v1/packs', { page, page_size: ON_PAGE }, signal),
  );
  return (
    <>
      <h1>Packs</h1>
      <PagedList
        caption="Packs"
        resource={resource}
        columns={PACK_COLUMNS}
        keyOf={({ id }) => id}
        none="No pack is registered."
        page={page}
      />
      {mayDo(user, 'packs', 'install') && <AddPack onAdded={resource.reload} />}
    </>
  );
}

const PACK_COLUMNS: readonly Column<PackSummary>[] = [
  { title: 'Pack', cell: ({ ref }) => <Link to={address('packs', ref)}>{ref}</Link>, isRef: true },
  { title: 'Name', cell: ({ label }) => label },
  { title: 'Version', cell: ({ version }) => version },
  { title: 'Description', cell: ({ description }) => description, isMinor: true },
  { title: 'Updated', cell: ({ updated }) => <Instant at={updated} />, isMinor: true },
];

interface OnePackProps {
  readonly packRef: string;
}

function OnePack({ packRef }: OnePackProps) {
  const resource = useResource(`pack ${packRef}`, { types: [] }, (signal) =>
    get<Pack>(`/api/v1/packs/${encodeURIComponent(packRef)}`, { signal }),
  );
  return (
    <>
      <p class="path">
        <Link to="/packs">Packs</Link>
      </p>
      <h1>{packRef}</h1>
      <Loaded resource={resource}>
        {({ label, description, version, tags, dependencies, created, updated }) => (
          <Facts
            facts={[
              ['Name', label],
              ['Description', description],
              ['Version', version],
              ['Tags', tags.join(', ')],
              ['Needs', dependencies.join(', ')],
              ['Created', <Instant key="created" at={created} />],
              ['Updated', <Instant key="updated" at={updated} />],
            ]}
          />
        )}
      </Loaded>
      {resource.value && (
        <>
          <h2>Environments</h2>
          <Environments packRef={packRef} />
          <Part packRef={packRef} name="actions" title="Actions and workflows" columns={ACTION_COLUMNS} />
          <Part packRef={packRef} name="triggers" title="Triggers" columns={TRIGGER_COLUMNS} />
          <Part packRef={packRef} name="rules" title="Rules" columns={RULE_COLUMNS} />
        </>
      )}
    </>
  );
}

interface PartProps<T> extends OnePackProps {
  readonly name: 'actions' | 'triggers' | 'rules';
  readonly title: string;
  readonly columns: readonly Column<T>[];
}

/** The first components of one kind, with their count where there are more. */
function Part<T extends { readonly ref: string }>({ packRef, name, title, columns }: PartProps<T>) {
  const resource = useResource(`${name} of ${packRef}`, { types: name === 'rules' ? ['rule'] : [] }, (signal) =>
    list<T>(`/api/v1/packs/${encodeURIComponent(packRef)}/${name}`, { page_size: WHOLE }, signal),
  );
  return (
    <section>
      <h2>{title}</h2>
      <Loaded resource={resource}>
        {({ items, pagination: { total_items: total } }) => (
          <>
            <Table caption={title} items={items} columns={columns} keyOf={({ ref }) => ref} none="None." />
            {total !== undefined && total > items.length && (
              <p class="none">
                The first {items.length} of {total}.
              </p>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

const ACTION_COLUMNS: readonly Column<ActionSummary>[] = [
  { title: 'Ref', cell: ({ ref }) => <Link to={address('run', ref)}>{ref}</Link>, isRef: true },
  { title: 'Runs as', cell: (action) => (action.workflow_def === undefined ? action.runtime_ref : 'workflow') },
  { title: 'Name', cell: ({ label }) => label, isMinor: true },
  { title: 'Description', cell: ({ description }) => description, isMinor: true },
];

const TRIGGER_COLUMNS: readonly Column<TriggerSummary>[] = [
  { title: 'Ref', cell: ({ ref }) => <Link to={address('triggers', ref)}>{ref}</Link>, isRef: true },
  { title: 'Name', cell: ({ label }) => label },
  { title: 'State', cell: ({ enabled }) => (enabled ? 'enabled' : 'disabled') },
];

const RULE_COLUMNS: readonly Column<RuleSummary>[] = [
  { title: 'Ref', cell: ({ ref }) => <Link to={address('rules', ref)}>{ref}</Link>, isRef: true },
  { title: 'Trigger', cell: ({ trigger_ref: trigger }) => trigger, isRef: true },
  { title: 'Action', cell: ({ action_ref: action }) => action, isMinor: true, isRef: true },
  { title: 'State', cell: ({ enabled }) => (enabled ? 'enabled' : 'disabled') },
];
