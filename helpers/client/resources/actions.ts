import type { Static } from '@sinclair/typebox';
import {
  Action,
  ActionQueueStats,
  ActionSearchResult,
  ActionSummary,
  type CreateAction,
  type UpdateAction,
} from '../../../contract/actions';
import { DeleteResult } from '../../../contract/envelopes';
import { RuleSummary } from '../../../contract/rules';
import { verb } from '../operation';
import type { Request } from '../request';

/** Actions: programs that the platform can run. */
export const actions = (request: Request) => ({
  /** Every action, by ref. */
  list: verb(['GET /actions', 'list_actions'], (call) => request.all(ActionSummary, call())),

  /**
   * Actions whose ref, label or description contain every word of `q`. 404 NOT_FOUND for an
   * unknown pack.
   */
  search: verb('GET /actions/search', (call, q: string, packRefs: readonly string[] = []) =>
    request.all(
      ActionSearchResult,
      call({ query: { q, packs: packRefs.length === 0 ? undefined : packRefs.join(',') } }),
    ),
  ),

  /** 404 NOT_FOUND. */
  get: verb(['GET /actions/{ref}', 'get_action', 'get_action_by_ref'], (call, ref: string) =>
    request.one(Action, call({ ref })),
  ),

  /**
   * With runtime `core.shell` the entrypoint is the script itself. 404 for its pack, 409 CONFLICT,
   * 422.
   */
  create: verb(['POST /actions', 'create_action'], (call, body: CreateAction) => request.one(Action, call({ body }))),

  update: verb('PUT /actions/{ref}', (call, ref: string, body: Static<typeof UpdateAction>) =>
    request.one(Action, call({ ref, body })),
  ),

  /** 404 NOT_FOUND. */
  remove: verb(['DELETE /actions/{ref}', 'delete_action'], (call, ref: string) =>
    request.body(DeleteResult, call({ ref })),
  ),

  /** Rules that execute it, by ref. 404 NOT_FOUND. */
  rules: verb('GET /actions/{ref}/rules', (call, ref: string) => request.all(RuleSummary, call({ ref }))),

  /** 404 NOT_FOUND for an action without a concurrency policy too. */
  queueStats: verb('GET /actions/{ref}/queue-stats', (call, ref: string) =>
    request.one(ActionQueueStats, call({ ref })),
  ),
});
