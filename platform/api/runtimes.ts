import { Type } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import { Runtime, RuntimeSummary } from '../../contract/runtimes';
import { findRuntime, listRuntimes, runtimeOf } from '../store/runtimes';
import type { Api, ApiContext } from './context';
import { notFound } from './errors';
import { insufficient, someRight } from './grants';
import { existingPack } from './pack-access';
import { PageQuery, envelope, pageOf } from './paging';
import { componentTarget } from './targets';

const tags = ['runtimes'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

export function runtimesRoutes(api: Api, { db }: ApiContext): void {
  const list = { tags, querystring: PageQuery, response: { 200: page(RuntimeSummary) } };

  api.get('/api/v1/runtimes', { config: { grant: 'runtimes:read' }, schema: list }, ({ caller, query }) =>
    db.inTenant(caller.tenant, async (transaction) => {
      const mayRead = await someRight(transaction, caller, 'runtimes', 'read');
      const wanted = pageOf(query, PAGES);
      const { rows, total } = await listRuntimes(transaction, wanted);
      return envelope(
        wanted,
        rows.filter((row) => mayRead(componentTarget(row))),
        total,
      );
    }),
  );

  api.get(
    '/api/v1/packs/:ref/runtimes',
    { config: { grant: 'runtimes:read' }, schema: { ...list, params } },
    ({ caller, params: { ref }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'runtimes', 'read');
        const { id } = await existingPack(transaction, ref);
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await listRuntimes(transaction, wanted, id);
        return envelope(
          wanted,
          rows.filter((row) => mayRead(componentTarget(row))),
          total,
        );
      }),
  );

  api.get(
    '/api/v1/runtimes/:ref',
    { config: { grant: 'runtimes:read' }, schema: { tags, params, response: { 200: one(Runtime) } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'runtimes', 'read');
        const runtime = await findRuntime(transaction, { ref });
        if (!runtime) throw notFound(`Runtime '${ref}'`);
        if (!mayRead(componentTarget(runtime))) throw insufficient('runtimes', 'read');
        return { data: runtimeOf(runtime) };
      }),
  );
}
