import { dataEnvelope } from '../../../contract/envelopes';
import { FIRES_LISTED, RuleFires, RuleFiresQuery } from '../../../contract/rules';
import { DomainError } from '../../base/domain-error';
import { readPlannedFires } from '../../store/events/planned-fires';
import type { RuleRow } from '../../store/events/rules';
import { onComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { route } from '../http/route';
import { loadRule } from './rules';

/** When the timer of a rule fires next. Every caller of the tenant may read it, as the rule. */
export function ruleFiresRoute(api: Api): void {
  route(api, {
    method: 'GET',
    path: '/api/v1/rules/:ref/fires',
    extension: 'timers.fires',
    grant: null,
    schema: {
      tags: ['rules'],
      params: refParams,
      querystring: RuleFiresQuery,
      response: { 200: dataEnvelope(RuleFires) },
    },
    ...onComponent(loadRule),
    handle: async ({ transaction, query: { count = FIRES_LISTED }, loaded }) => {
      const fires = await readPlannedFires(transaction, loaded.id, count);
      if (!fires) throw noTimer(loaded);
      return { data: fires };
    },
  });
}

const noTimer = ({ ref, trigger_ref }: RuleRow) =>
  new DomainError('BAD_REQUEST', `Rule '${ref}' has no timer: its trigger is ${trigger_ref}`, {
    reason: 'NO_TIMER',
    path: 'ref',
    hint: 'a rule of a timer trigger: core.intervaltimer, core.crontimer, core.datetimetimer or core.rruletimer',
  });
