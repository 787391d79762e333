import { DeleteResult, page } from '../../../contract/envelopes';
import { RuleDecision, type RuleDecisionFilter } from '../../../contract/rule-decisions';
import {
  Rule,
  RuleFires,
  RuleSummary,
  type CreateRule,
  type RuleFiresQuery,
  type UpdateRule,
} from '../../../contract/rules';
import { verb } from '../operation';
import type { Request } from '../request';

const FIRST_PAGE = { page: 1, per_page: 50 };

/** Rules: trigger and criteria to action and parameters. */
export const rules = (request: Request) => ({
  /** Every rule, by ref. */
  list: verb(['GET /rules', 'list_rules'], (call) => request.all(RuleSummary, call())),

  enabled: verb('GET /rules/enabled', (call) => request.all(RuleSummary, call())),

  /**
   * One page of what became of the events of its trigger, the newest first. `event`: of this one
   * only. 404 NOT_FOUND.
   */
  decisions: verb('GET /rules/{ref}/decisions', (call, ref: string, filter: RuleDecisionFilter = {}) =>
    request.body(page(RuleDecision), call({ ref, query: { ...filter, ...FIRST_PAGE } })),
  ),

  /** 404 NOT_FOUND. */
  get: verb(['GET /rules/{ref}', 'get_rule'], (call, ref: string) => request.one(Rule, call({ ref }))),

  /**
   * The next fires of its timer, 10 without a count. 400 BAD_REQUEST for a rule without a timer;
   * 404, also on a platform without `timers.fires`.
   */
  fires: verb('GET /rules/{ref}/fires', (call, ref: string, query: RuleFiresQuery = {}) =>
    request.one(RuleFires, call({ ref, query: { ...query } })),
  ),

  /**
   * 409 CONFLICT; 404 for its pack, action, trigger; 403 for permission sets that are not the
   * caller's; 422.
   */
  create: verb(['POST /rules', 'create_rule'], (call, body: CreateRule) => request.one(Rule, call({ body }))),

  update: verb(['PUT /rules/{ref}', 'update_rule'], (call, ref: string, body: UpdateRule) =>
    request.one(Rule, call({ ref, body })),
  ),

  /** 404 NOT_FOUND. */
  remove: verb(['DELETE /rules/{ref}', 'delete_rule'], (call, ref: string) =>
    request.body(DeleteResult, call({ ref })),
  ),

  enable: verb(['POST /rules/{ref}/enable', 'enable_rule'], (call, ref: string) => request.one(Rule, call({ ref }))),

  /** No more enforcements; executions already requested still run. */
  disable: verb(['POST /rules/{ref}/disable', 'disable_rule'], (call, ref: string) => request.one(Rule, call({ ref }))),
});
