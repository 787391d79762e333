import type { Static } from '@sinclair/typebox';
import { Action, ActionHit, ActionSummary, type CreateAction, type UpdateAction } from '../../contract/actions';
import { Deleted } from '../../contract/envelopes';
import type { Request } from './request';

const at = (ref: string) => `/actions/${encodeURIComponent(ref)}`;

/** Actions: programs the platform can run. */
export const actions = (request: Request) => ({
  /** Every action, by ref. */
  list: () => request.all(ActionSummary, { method: 'GET', path: '/actions' }),

  /** Those whose ref, label or description hold every word of `q`. 404 NOT_FOUND for an unknown pack. */
  search: (q: string, packRefs: readonly string[] = []) =>
    request.all(ActionHit, {
      method: 'GET',
      path: '/actions/search',
      query: { q, packs: packRefs.length === 0 ? undefined : packRefs.join(',') },
    }),

  /** 404 NOT_FOUND. */
  get: (ref: string) => request.one(Action, { method: 'GET', path: at(ref) }),

  /** With runtime `core.shell` the entrypoint is the script itself. 404 for its pack, 409 CONFLICT, 422. */
  create: (body: CreateAction) => request.one(Action, { method: 'POST', path: '/actions', body }),

  update: (ref: string, body: Static<typeof UpdateAction>) =>
    request.one(Action, { method: 'PUT', path: at(ref), body }),

  /** 404 NOT_FOUND. */
  remove: (ref: string) => request.bare(Deleted, { method: 'DELETE', path: at(ref) }),
});
