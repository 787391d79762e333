import { Type, type Static } from '@sinclair/typebox';
import { stringEnum } from '../../contract/json';

/**
 * Behavior that the contract leaves open: each target declares one value before the run, and the
 * tests assert that value.
 */
export const Choices = Type.Object({
  /**
   * A rule's parameter names a path that the event lacks. `error`: the execution fails without a
   * process.
   */
  missingValue: stringEnum(['null', 'error']),
  /** A rule renders a required parameter to null. */
  requiredNull: stringEnum(['run', 'reject']),
  /** How a process receives parameters that its action does not declare. */
  extraParams: stringEnum(['pass', 'drop', 'reject']),
  /** When an invalid expression of a workflow is rejected. */
  templateCheck: stringEnum(['run', 'creation']),
  /** How a webhook handles a call without a body. */
  emptyBody: stringEnum(['reject', 'accept']),
  /** Status of `core.http_request` for a response of 4xx or 5xx. */
  httpErrorStatus: stringEnum(['completed', 'failed']),
  /** Status of reading a key without a credential. */
  deniedStatus: Type.Integer(),
  /**
   * How a process stopped at its limit is reported: status `timeout`, or `failed` with a marker,
   * or `failed` with the text of its error only.
   */
  timeoutReport: stringEnum(['timed_out', 'mark', 'text']),
  /** Status of a second or late response to an inquiry. */
  secondAnswerStatus: Type.Integer(),
  /** Status of a request that names another tenant's object. */
  crossTenantStatus: Type.Integer(),
  /** Status of a change or removal of a pack that the caller may not see. */
  hiddenWriteStatus: Type.Integer(),
  /** Largest delay of an inquiry's expiry, ms. */
  sweepMs: Type.Number(),
  /** How a date timer handles an instant in the past. */
  pastDate: stringEnum(['never', 'fire-once', 'reject']),
  /** When an interval timer first fires. */
  intervalFirstFire: stringEnum(['after-one', 'at-once']),
  /** Largest delay between enabling a rule and its timer taking effect, ms. */
  timerPickupMs: Type.Number(),
  /** How a byte that is not UTF-8, or is NUL, appears in the stored output of a program. */
  invalidUtf8: stringEnum(['replacement', 'escape']),
});
export type Choices = Static<typeof Choices>;

const DEFAULT_CHOICES: Choices = {
  missingValue: 'null',
  requiredNull: 'run',
  extraParams: 'pass',
  templateCheck: 'run',
  emptyBody: 'reject',
  httpErrorStatus: 'completed',
  deniedStatus: 401,
  timeoutReport: 'mark',
  secondAnswerStatus: 400,
  crossTenantStatus: 404,
  hiddenWriteStatus: 404,
  sweepMs: 500,
  pastDate: 'never',
  intervalFirstFire: 'after-one',
  timerPickupMs: 500,
  invalidUtf8: 'replacement',
};

const Sentence = Type.String({ minLength: 1, description: 'a sentence' });
const exact = { additionalProperties: false };

/** A defect of the target that makes a test fail there, until a date. */
const KnownDefect = Type.Object(
  {
    /** Id of the test. */
    claim: Type.String({ description: 'the id of a test' }),
    reason: Sentence,
    /** Where the defect is described or tracked. */
    link: Type.String({ minLength: 1, description: 'an address or a path' }),
    /** The last day on which the entry applies, UTC. */
    expires: Type.String({ format: 'date', description: 'a day of the calendar, YYYY-MM-DD' }),
    /** Whether the test passes is a matter of chance: it may be green, too. */
    mayPass: Type.Optional(Type.Boolean({ description: 'true or false' })),
  },
  exact,
);
export type KnownDefect = Static<typeof KnownDefect>;

/** The content of a target file. */
export const Declarations = Type.Object(
  {
    about: Sentence,
    /**
     * Capabilities of the harness: a declared value overrides the probe's result, and a difference
     * is reported.
     */
    capabilities: Type.Record(Type.String(), Type.Boolean({ description: 'true or false' }), {
      description: 'an object: names of capabilities, each with true or false',
    }),
    /** Differences from the default choices. */
    choices: Type.Optional(Type.Partial(Choices, exact)),
    /** The tests that this target is not expected to prove, each with the reason. */
    notProven: Type.Record(Type.String(), Sentence, {
      description: 'an object: ids of tests, each with the reason',
    }),
    /** The tests that are expected to fail on this target. */
    known: Type.Optional(
      Type.Array(KnownDefect, { description: 'a list of objects with claim, reason, link and expires' }),
    ),
  },
  exact,
);
export type Declarations = Static<typeof Declarations>;

/** The declared choices, completed with the defaults. */
export const resolveChoices = ({ choices }: Declarations): Choices => ({ ...DEFAULT_CHOICES, ...choices });

/** Whether the entry applies on the day, `YYYY-MM-DD`. */
export const appliesOn = ({ expires }: KnownDefect, day: string): boolean => day <= expires;
