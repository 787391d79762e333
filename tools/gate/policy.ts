import { Type, type Static, type TSchema, type TString } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseDocument } from 'yaml';
import { GateError } from './gate-error';

const exact = { additionalProperties: false };
const Name = Type.String({ minLength: 1, pattern: '^\\S+$', description: 'a word' });
const Text = Type.String({ minLength: 1, pattern: '\\S', description: 'a text' });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day, YYYY-MM-DD' });
const RelativePath = Type.String({
  pattern: '^(?!\\.{0,2}/)(?!.*/\\.{0,2}/)[^\\\\*?\\s]+$',
  description: 'a path below the root, a folder with a slash at its end',
});
const Fingerprint = Type.String({ pattern: '^[0-9a-f]{16}$', description: 'a fingerprint of 16 hexadecimal digits' });
const list = (item: TString) => Type.Array(item, { minItems: 1, description: 'a list of one or more' });

/** Who answers for a check that does not gate, why, and the last day of it, UTC. */
const Quarantine = Type.Object({ owner: Text, reason: Text, until: Day }, exact);

/** Tests that pass or fail together. */
const Check = Type.Object(
  {
    id: Name,
    state: Type.Union([Type.Literal('advisory'), Type.Literal('required'), Type.Literal('quarantined')], {
      description: 'advisory, required or quarantined',
    }),
    /** Each of them must have the check green. */
    jobs: list(Name),
    /** Beginnings of the ids of its tests: `T1.`, `attack_`, or `S3-` for `s3_lease/S3-07`. */
    tests: list(Name),
    owners: list(Text),
    /** A list of all of its tests, `[{"id": "T1.1a"}]`: each job must have a result of each. */
    inventory: Type.Optional(RelativePath),
    promoted: Type.Optional(Type.Object({ approver: Text, on: Day }, exact)),
    quarantine: Type.Optional(Quarantine),
  },
  exact,
);
export type Check = Static<typeof Check>;

/** What a change may contain: see `change-rules.ts`. */
const Changes = Type.Object(
  {
    /** Files of tests and CI; a path that ends in a slash is a folder. */
    tests: list(RelativePath),
    /** Who may approve a change of a runtime's kind or credentials. */
    runtime_owners: list(Text),
  },
  exact,
);
export type Changes = Static<typeof Changes>;

/** Secrets of tests and examples, by the fingerprint that `gate secrets` prints. */
const Secrets = Type.Object(
  {
    allowed: Type.Array(Type.Object({ path: Text, fingerprint: Fingerprint, reason: Text }, exact), {
      description: 'a list of allowed secrets',
    }),
  },
  exact,
);

/** Which checks decide about a change. */
export const Policy = Type.Object(
  {
    /** Only its runs count for promotion. */
    branch: Name,
    /** Consecutive green runs of each job that a promotion needs. */
    window: Type.Integer({ minimum: 1, description: 'a whole number from 1 on' }),
    changes: Type.Optional(Changes),
    secrets: Type.Optional(Secrets),
    checks: Type.Array(Check, { minItems: 1, description: 'a list of one or more checks' }),
  },
  exact,
);
export type Policy = Static<typeof Policy>;

/** Parses the text of a policy file. Throws GateError with every fault. */
export function parsePolicy(text: string): Policy {
  const document = parseDocument(text);
  const [syntaxError] = document.errors;
  if (syntaxError) throw new GateError('POLICY_INVALID', syntaxError.message.split('\n', 1)[0]!);
  const policy: unknown = document.toJS();
  if (!Value.Check(Policy, policy)) throw new GateError('POLICY_INVALID', faultsOf(Policy, policy).join('; '));
  const faults = [...duplicates(policy), ...policy.checks.flatMap(quarantineFaults)];
  if (faults.length > 0) throw new GateError('POLICY_INVALID', faults.join('; '));
  const unowned = policy.checks.find(({ state, quarantine }) => state === 'quarantined' && !quarantine);
  if (unowned) throw new GateError('QUARANTINE_NEEDS_OWNER', `${unowned.id} has no \`quarantine\`: ${NEEDED}`);
  return policy;
}

const NEEDED = 'give owner, reason and until';

/** Each fault with its path and what is accepted: `/checks/0/window: expected …`. */
export const faultsOf = (schema: TSchema, value: unknown): string[] =>
  [...Value.Errors(schema, value)].map(({ path, message, schema: part }) => {
    const accepted = part.description === undefined ? message : `expected ${part.description}`;
    return `${path || '/'}: ${accepted}`;
  });

const duplicates = ({ checks }: Policy): string[] =>
  checks
    .filter(({ id }, n) => checks.findIndex((check) => check.id === id) !== n)
    .map(({ id }) => `there are two checks ${id}`);

function quarantineFaults({ id, state, quarantine }: Check): string[] {
  if (!quarantine) return [];
  return [
    ...(state === 'quarantined' ? [] : [`${id} has a \`quarantine\` and is ${state}`]),
    ...(isDay(quarantine.until) ? [] : [`${id}: until ${quarantine.until} is no day of the calendar`]),
  ];
}

export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.slice(0, 10) === text;

/** Throws GateError with the known ids. */
export function findCheck({ checks }: Policy, id: string): Check {
  const check = checks.find((each) => each.id === id);
  if (check) return check;
  const known = checks.map((each) => each.id).join(', ');
  throw new GateError('CHECK_UNKNOWN', `the policy has no check ${id}: use one of ${known}`);
}

/** Whether the quarantine of a check ended before the day. */
export const isExpired = ({ quarantine }: Check, today: string): boolean =>
  quarantine !== undefined && quarantine.until < today;
