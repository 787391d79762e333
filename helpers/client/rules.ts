import { Deleted } from '../../contract/envelopes';
import { Rule, RuleSummary, type CreateRule, type UpdateRule } from '../../contract/rules';
import type { Request } from './request';

const at = (ref: string, verb = '') => `/rules/${encodeURIComponent(ref)}${verb}`;

/** Rules: trigger + criteria → action + parameters. */
export const rules = (request: Request) => ({
  /** Every rule, by ref. */
  list: () => request.all(RuleSummary, { method: 'GET', path: '/rules' }),

  /** 404 NOT_FOUND. */
  get: (ref: string) => request.one(Rule, { method: 'GET', path: at(ref) }),

  /** 409 CONFLICT; 404 for its pack, action, trigger; 403 for permission sets that are not the caller's; 422. */
  create: (body: CreateRule) => request.one(Rule, { method: 'POST', path: '/rules', body }),

  update: (ref: string, body: UpdateRule) => request.one(Rule, { method: 'PUT', path: at(ref), body }),

  /** 404 NOT_FOUND. */
  remove: (ref: string) => request.bare(Deleted, { method: 'DELETE', path: at(ref) }),

  enable: (ref: string) => request.one(Rule, { method: 'POST', path: at(ref, '/enable') }),

  /** Makes no more enforcements; executions it already requested still end. */
  disable: (ref: string) => request.one(Rule, { method: 'POST', path: at(ref, '/disable') }),
});
