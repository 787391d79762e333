/**
 * What the task in the middle of a composed workflow can have, or what happens to the workflow,
 * with all values of each.
 */
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
  parallel: ['none', 'with success', 'with failure', 'with timeout'],
  whole: ['none', 'within', 'exceeded', 'of called'],
  pause: ['none', 'until resume'],
  placement: ['none', 'met', 'unmet'],
} as const;

/** Those beside the features of one task: every pair with them occurs where time is virtual. */
export const OF_THE_RUN = { parallel: 'none', whole: 'none', pause: 'none', placement: 'none' } as const;

export type Feature = keyof typeof FEATURES;
export type Features = { readonly [F in Feature]: (typeof FEATURES)[F][number] };

/** Something ends what would not end by itself. */
const isStopped = ({ cancellation, whole }: Features): boolean => cancellation !== 'none' || whole === 'exceeded';

const isInquiry = ({ work }: Features): boolean => work !== 'process' && work !== 'workflow';

/** Combinations that no definition can have. */
export const RULES: Readonly<Record<string, (features: Features) => boolean>> = {
  'only a list has batches and concurrency': ({ items, batches, concurrency }) =>
    items !== 'list' && (batches !== 'none' || concurrency !== 'default'),
  'only an expired inquiry uses its retries up, and no inquiry succeeds at the second attempt': (features) =>
    isInquiry(features) &&
    (features.retry === 'second attempt' || (features.retry === 'exhausted' && features.work !== 'expiry')),
  'an expired inquiry uses its retries': ({ work, retry }) => work === 'expiry' && retry === 'unused',
  'a process over its limit uses its retries': ({ work, retry, limit }) =>
    work === 'process' && limit === 'exceeded' && retry === 'unused',
  'an inquiry that ends otherwise does not exceed its limit': ({ work, limit }) =>
    limit === 'exceeded' && (work === 'response' || work === 'open inquiry'),
  'only a cancellation or the limit of the workflow ends an open inquiry': (features) =>
    features.work === 'open inquiry' && !isStopped(features),
  'the limit of a workflow passes before a cancellation': ({ whole, cancellation }) =>
    whole === 'exceeded' && cancellation !== 'none',
  'only a called workflow has a limit of its own, of which its task has none': ({ work, whole, limit, retry }) =>
    whole === 'of called' && (work !== 'workflow' || limit !== 'none' || retry === 'second attempt'),
  'the limit of a called workflow uses its retries, and passes before a cancellation': ({
    whole,
    retry,
    cancellation,
  }) => whole === 'of called' && (retry === 'unused' || cancellation !== 'none'),
  'only a program needs a worker': ({ work, placement }) => work !== 'process' && placement !== 'none',
  'a program without a worker fails at each attempt, and exceeds no limit': ({ placement, retry, limit }) =>
    placement === 'unmet' && (retry === 'unused' || retry === 'second attempt' || limit === 'exceeded'),
};

export const isPossible = (features: Features): boolean => !Object.values(RULES).some((excludes) => excludes(features));

/**
 * Features without effect beside a value of another one: no pair with them counts there. A paused
 * workflow that is stopped is not resumed.
 */
const MASKED: readonly { by(features: Features): boolean; from: Feature; masks: readonly Feature[] }[] = [
  {
    by: ({ branch }) => branch !== 'taken',
    from: 'branch',
    masks: [
      'work',
      'items',
      'batches',
      'concurrency',
      'retry',
      'limit',
      'result',
      'failure',
      'parallel',
      'placement',
      'pause',
    ],
  },
  {
    by: ({ items }) => items === 'empty list',
    from: 'items',
    masks: ['work', 'batches', 'concurrency', 'retry', 'limit', 'failure', 'placement', 'pause'],
  },
  { by: ({ cancellation }) => cancellation !== 'none', from: 'cancellation', masks: ['result', 'failure', 'pause'] },
  { by: ({ whole }) => whole === 'exceeded', from: 'whole', masks: ['result', 'failure', 'pause'] },
  { by: ({ placement }) => placement === 'unmet', from: 'placement', masks: ['limit', 'result', 'pause'] },
  { by: ({ parallel }) => parallel === 'with failure', from: 'parallel', masks: ['result'] },
];

/** Whether two features both have an effect in a definition: neither is masked by a third one. */
export function effectsOf(features: Features): (a: Feature, b: Feature) => boolean {
  const present = MASKED.filter(({ by }) => by(features));
  return (a, b) =>
    !present.some(({ from, masks }) => from !== a && from !== b && (masks.includes(a) || masks.includes(b)));
}

/** Whether a case has a feature beside those of one task. */
export const isOfTheRun = (features: Features): boolean =>
  (Object.keys(OF_THE_RUN) as (keyof typeof OF_THE_RUN)[]).some((name) => features[name] !== 'none');

/** Whether an inquiry has a lifetime or a default response in its own input. */
export const needsInquiryLifetime = ({ work, limit }: Features): boolean =>
  work === 'default response' || (work === 'expiry' && limit !== 'exceeded');
