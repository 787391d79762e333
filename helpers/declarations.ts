import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { TextList, oneOf } from '../contract/json';
import { explain, matches } from './client/validate';
import { TargetError } from './target-error';

/** What platforms may do either way: one value each, fixed before the run, and the claims assert that one. */
export const Choices = Type.Object({
  /** A path that a rule's parameter names and the event lacks. `error`: refused, no process. */
  missingValue: oneOf(['null', 'error']),
  /** A required parameter that a rule rendered to null. */
  requiredNull: oneOf(['run', 'refuse']),
  /** Where an invalid expression of a workflow is stopped. */
  templateCheck: oneOf(['run', 'creation']),
  /** What a webhook makes of a call without any body. */
  emptyBody: oneOf(['reject', 'accept']),
  /** What reading a key without a credential is refused with. */
  deniedStatus: Type.Integer(),
  /** A process stopped at its limit: status `timeout`, or `failed` with a mark, or `failed` with no more than its words. */
  timeoutReport: oneOf(['timed_out', 'mark', 'text']),
  /** What a second or late answer to an inquiry is refused with. */
  secondAnswerStatus: Type.Integer(),
  /** What naming something of another tenant is refused with. */
  crossTenantStatus: Type.Integer(),
  /** How late an inquiry may expire, ms. */
  sweepMs: Type.Number(),
  /** What a date timer makes of an instant that has passed. */
  pastDate: oneOf(['never', 'fire-once', 'reject']),
  /** When an interval timer first fires. */
  intervalFirstFire: oneOf(['after-one', 'at-once']),
  /** How long after its rule was switched on a timer may take to be at work, ms. */
  timerPickupMs: Type.Number(),
});
export type Choices = Static<typeof Choices>;

const DEFAULT_CHOICES: Choices = {
  missingValue: 'null',
  requiredNull: 'run',
  templateCheck: 'run',
  emptyBody: 'reject',
  deniedStatus: 401,
  timeoutReport: 'mark',
  secondAnswerStatus: 400,
  crossTenantStatus: 404,
  sweepMs: 500,
  pastDate: 'never',
  intervalFirstFire: 'after-one',
  timerPickupMs: 500,
};

const Declarations = Type.Object({
  about: Type.String(),
  /** What only the harness can know: `true` or `false` wins over the probes' finding, and is held against it. */
  capabilities: Type.Record(Type.String(), Type.Boolean()),
  /** Where the target differs from the defaults. */
  choices: Type.Optional(Type.Partial(Choices)),
  /** Ids this target is not expected to prove. */
  notProven: TextList,
});
export type Declarations = Static<typeof Declarations>;

/** What a target declares, the defaults for the rest. */
export const choicesOf = ({ choices }: Declarations): Choices => ({ ...DEFAULT_CHOICES, ...choices });

const TARGETS = resolve(__dirname, '../targets');

/** `targets/<name>.json`. */
export function declarationsOf(name: string): Declarations {
  const path = join(TARGETS, `${name}.json`);
  if (!existsSync(path)) throw new TargetError(`${path} is missing: say there what ${name} declares`);
  const declarations: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!matches(Declarations, declarations)) throw new TargetError(`${path}: ${explain(Declarations, declarations)}`);
  return declarations;
}
