/** What the task in the middle of a composed workflow can have, with all values of each. */
export const FEATURES = {
  work: ['process', 'workflow', 'response', 'expiry', 'default response', 'open inquiry'],
  items: ['none', 'list', 'empty list'],
  batches: ['none', 'of two'],
  concurrency: ['default', 'two'],
  retry: ['none', 'unused', 'second attempt', 'exhausted'],
  limit: ['none', 'within', 'exceeded'],
  join: ['none', 'two'],
  branch: ['taken', 'condition false', 'transition false'],
  result: ['direct', 'published'],
  failure: ['unhandled', 'handled'],
  cancellation: ['none', 'allow_finish', 'cancel_running'],
} as const;

export type Feature = keyof typeof FEATURES;
export type Features = { readonly [F in Feature]: (typeof FEATURES)[F][number] };

interface Rule {
  readonly name: string;
  excludes(features: Features): boolean;
}

const isInquiry = ({ work }: Features): boolean => work !== 'process' && work !== 'workflow';

/** Combinations that no definition can have. */
export const RULES: readonly Rule[] = [
  {
    name: 'only a list has batches and concurrency',
    excludes: ({ items, batches, concurrency }) =>
      items !== 'list' && (batches !== 'none' || concurrency !== 'default'),
  },
  {
    name: 'only an expired inquiry uses its retries up, and no inquiry succeeds at the second attempt',
    excludes: (features) =>
      isInquiry(features) &&
      (features.retry === 'second attempt' || (features.retry === 'exhausted' && features.work !== 'expiry')),
  },
  {
    name: 'an expired inquiry uses its retries',
    excludes: ({ work, retry }) => work === 'expiry' && retry === 'unused',
  },
  {
    name: 'a process over its limit uses its retries',
    excludes: ({ work, retry, limit }) => work === 'process' && limit === 'exceeded' && retry === 'unused',
  },
  {
    name: 'an inquiry that ends otherwise does not exceed its limit',
    excludes: ({ work, limit }) => limit === 'exceeded' && (work === 'response' || work === 'open inquiry'),
  },
  {
    name: 'only a cancellation ends an open inquiry',
    excludes: ({ work, cancellation }) => work === 'open inquiry' && cancellation === 'none',
  },
];

export const isPossible = (features: Features): boolean => !RULES.some(({ excludes }) => excludes(features));

/** Features without effect beside a value of another one: no pair with them counts there. */
const MASKED: readonly { by(features: Features): boolean; from: Feature; masks: readonly Feature[] }[] = [
  {
    by: ({ branch }) => branch !== 'taken',
    from: 'branch',
    masks: ['work', 'items', 'batches', 'concurrency', 'retry', 'limit', 'result', 'failure'],
  },
  {
    by: ({ items }) => items === 'empty list',
    from: 'items',
    masks: ['work', 'batches', 'concurrency', 'retry', 'limit', 'failure'],
  },
  { by: ({ cancellation }) => cancellation !== 'none', from: 'cancellation', masks: ['result', 'failure'] },
];

/** Whether both features have an effect: neither is masked by a third one. */
export const haveEffect = (features: Features, a: Feature, b: Feature): boolean =>
  !MASKED.some(
    ({ by, from, masks }) => from !== a && from !== b && by(features) && (masks.includes(a) || masks.includes(b)),
  );

/** Whether an inquiry has a lifetime or a default response in its own input. */
export const needsInquiryLifetime = ({ work, limit }: Features): boolean =>
  work === 'default response' || (work === 'expiry' && limit !== 'exceeded');
