// Spec: the features of a workflow's tasks keep their meaning in every combination of two.
import { claim } from '../../../helpers/scenario/claim';
import { coveringCases } from '../support/composed/covering-cases';
import { expectCases } from '../support/composed/expect-cases';
import { isRecordExact } from '../support/composed/prepare-case';
import { randomCases } from '../support/composed/random-cases';
import { runCases, runSeed } from '../../../helpers/sized';
import { LANGUAGE_CASES } from '../support/model/compose-language';
import { composeTree, type TreePolicies } from '../support/model/compose-tree';

const NEEDS = [
  'workflows.failure_branches',
  'workflows.join',
  'workflows.with_items',
  'workflows.retry',
  'workflows.task_timeout',
  'inquiries.ask',
  'inquiries.expiry',
  'executions.cancel',
  'executions.intervals',
  'ledger.shared',
  'workers.slots',
];

claim.time('T2.14a', NEEDS, 'pairs of features in one task give what the language promises', (ctx) =>
  expectCases(ctx, 'T2.14a', coveringCases(ctx, 'contract', 8)),
);

claim.time(
  'T2.14b',
  [...NEEDS, 'inquiries.default_response'],
  'so do pairs with an inquiry that has a lifetime',
  (ctx) => expectCases(ctx, 'T2.14b', coveringCases(ctx, 'extension', 4)),
);

/** What only the small workflows need. */
const KEYWORDS = ['workflows.loops', 'clock.virtual'];

/** The workflows below the cancelled one name the other policy, or none. */
const TREES: readonly TreePolicies[] = [
  { root: 'allow_finish', below: 'cancel_running' },
  { root: 'cancel_running', below: 'allow_finish' },
  { root: 'cancel_running', below: null },
  { root: null, below: 'cancel_running' },
];

claim.time('T2.14c', NEEDS, 'the policy of a cancelled workflow applies at every level below it', (ctx) =>
  expectCases(
    ctx,
    'T2.14c',
    TREES.map((policies, index) => ({
      prefix: `tree-${index + 1}`,
      selection: '',
      compose: (names) => composeTree(policies, names),
    })),
  ),
);

claim.time('T2.14d', NEEDS, 'random workflows do what the language promises', (ctx) =>
  expectCases(ctx, 'T2.14d', randomCases(runSeed(), runCases(isRecordExact(ctx) ? 20 : 6))),
);

claim.time('T2.14e', [...NEEDS, ...KEYWORDS], 'keywords beside those of one task keep their meaning', (ctx) =>
  expectCases(
    ctx,
    'T2.14e',
    LANGUAGE_CASES.map(({ name, compose }) => ({ prefix: name, selection: '', compose })),
  ),
);
