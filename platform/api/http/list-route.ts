import { Type, type Static, type TObject, type TSchema, type TUnsafe } from '@sinclair/typebox';
import { page as pageSchema, type Page } from '../../../contract/envelopes';
import type { AuthorizationTarget } from '../../auth/constraints';
import { splitGrant } from './authorize';
import type { Api } from './context';
import { PageQuery, pageEnvelope, parsePageRequest, type PageRequest, type PageRules } from './paging';
import { route } from './route';
import { type LoadedCall, type RouteEntry } from './route-requirements';

const NO_FILTER = Type.Object({});

interface ListSchema<P extends TSchema, F extends TObject, T extends TSchema> {
  readonly tags: readonly string[];
  readonly params: P;
  readonly querystring: TUnsafe<PageQuery & Static<F>>;
  readonly response: { readonly 200: ReturnType<typeof pageSchema<T>> };
}

/** What a list route is: `Row` is what is read, `T` the schema of what is answered for it. */
interface ListEntry<P extends TSchema, F extends TObject, T extends TSchema, L, Row> extends Pick<
  RouteEntry<ListSchema<P, F, T>, L>,
  | 'path'
  | 'grant'
  | 'extension'
  | 'tokens'
  | 'defaultTenantOnly'
  | 'grantFirst'
  | 'validate'
  | 'load'
  | 'target'
  | 'isExempt'
  | 'hiddenAs'
> {
  readonly tags: readonly string[];
  readonly params?: P;
  /** Query parameters besides those of paging. */
  readonly filter?: F;
  readonly item: T;
  readonly pages: PageRules;
  /**
   * What the grant must cover of each row: rows that it does not cover are left out, and a caller
   * without any such grant is answered FORBIDDEN.
   */
  readonly rowTarget?: (row: Row) => AuthorizationTarget;
  /** Rows that need no grant: a caller without any is answered these alone. */
  readonly isRowExempt?: (row: Row) => boolean;
  /** What is answered for a row; the row itself by default. */
  readonly toItem?: (row: Row) => Static<T>;
}

type ListCall<P extends TSchema, F extends TObject, T extends TSchema, L> = LoadedCall<ListSchema<P, F, T>, L> & {
  readonly page: PageRequest;
};

interface ListDefinition<P extends TSchema, F extends TObject, T extends TSchema, L, Row> extends ListEntry<
  P,
  F,
  T,
  L,
  Row
> {
  /**
   * One page of rows; `total` is null where it was not counted, and `rows` then holds one row
   * more.
   */
  readonly list: (
    call: ListCall<P, F, T, L>,
  ) => Promise<{ readonly rows: readonly Row[]; readonly total: number | null }>;
}

/** Registers `GET path`: one page of rows at a time. Rows that are left out are still counted. */
export function listRoute<
  T extends TSchema,
  Row,
  P extends TSchema = TSchema,
  F extends TObject = typeof NO_FILTER,
  L = undefined,
>(api: Api, definition: ListDefinition<P, F, T, L, Row>): void {
  register(api, definition, async (call) => {
    const { rows, total } = await definition.list(call);
    const items = await visibleRows(definition, call, rows);
    return pageEnvelope(call.page, toItems(definition, items), total);
  });
}

interface WholeListDefinition<P extends TSchema, F extends TObject, T extends TSchema, L, Row> extends ListEntry<
  P,
  F,
  T,
  L,
  Row
> {
  /** Every row; the page is cut from those that the caller may read. */
  readonly listAll: (call: ListCall<P, F, T, L>) => Promise<readonly Row[]>;
}

/** Registers `GET path` for a list that is read whole: rows that are left out are not counted. */
export function wholeListRoute<
  T extends TSchema,
  Row,
  P extends TSchema = TSchema,
  F extends TObject = typeof NO_FILTER,
  L = undefined,
>(api: Api, definition: WholeListDefinition<P, F, T, L, Row>): void {
  register(api, definition, async (call) => {
    const rows = await visibleRows(definition, call, await definition.listAll(call));
    return pageEnvelope(call.page, toItems(definition, pageRows(rows, call.page)), rows.length);
  });
}

const toItems = <T extends TSchema, Row>(
  { toItem }: { readonly toItem?: (row: Row) => Static<T> },
  rows: readonly Row[],
): Static<T>[] => (toItem ? rows.map(toItem) : (rows as readonly Static<T>[] as Static<T>[]));

/** The page's share of a list that is in memory. */
export const pageRows = <T>(rows: readonly T[], { offset, limit }: PageRequest): T[] =>
  rows.slice(offset, offset + limit);

function register<P extends TSchema, F extends TObject, T extends TSchema, L, Row>(
  api: Api,
  entry: ListEntry<P, F, T, L, Row>,
  answer: (call: ListCall<P, F, T, L>) => Promise<Page<Static<T>>>,
): void {
  const { rowTarget, isRowExempt, pages } = entry;
  route<ListSchema<P, F, T>, L>(api, {
    ...entry,
    method: 'GET',
    schema: listSchema(entry),
    ...(rowTarget && { isExempt: () => true, anyGrantFirst: !isRowExempt }),
    ...(isRowExempt && { filtersRows: true }),
    handle: (call) => answer({ ...call, page: parsePageRequest(call.query, pages) }),
  });
}

const listSchema = <P extends TSchema, F extends TObject, T extends TSchema>({
  tags,
  params,
  filter,
  item,
}: Pick<ListEntry<P, F, T, unknown, unknown>, 'tags' | 'params' | 'filter' | 'item'>): ListSchema<P, F, T> => {
  const querystring = Type.Object({ ...PageQuery.properties, ...(filter ?? NO_FILTER).properties });
  return { tags, ...(params && { params }), querystring, response: { 200: pageSchema(item) } } as unknown as ListSchema<
    P,
    F,
    T
  >;
};

async function visibleRows<P extends TSchema, F extends TObject, T extends TSchema, L, Row>(
  { grant, rowTarget, isRowExempt }: ListEntry<P, F, T, L, Row>,
  call: ListCall<P, F, T, L>,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  if (!rowTarget || grant === null || grant === 'custom') return rows;
  const [resource, action] = splitGrant(grant);
  const rights = await call.rights();
  return rows.filter((row) => isRowExempt?.(row) || rights.allows(resource, action, rowTarget(row)));
}
