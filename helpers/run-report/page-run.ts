import type { ClaimModel, FailureModel, RunModel, TreeModel } from './run-model';
import { treeGraphs, type TreeGraphs } from './task-graph';

/** A run as the page reads it: with what is computed when it is written. */
export type PageRun = Omit<RunModel, 'claims'> & { readonly claims: readonly PageClaim[] };
export type PageClaim = Omit<ClaimModel, 'failure'> & { readonly failure: PageFailure | null };
export type PageFailure = Omit<FailureModel, 'executions'> & { readonly executions: readonly PageTree[] };
export type PageTree = TreeModel & { readonly graphs: TreeGraphs };

export const pageRun = (run: RunModel): PageRun => ({
  ...run,
  claims: run.claims.map((claim) => ({ ...claim, failure: claim.failure && pageFailure(claim.failure) })),
});

const pageFailure = (failure: FailureModel): PageFailure => ({
  ...failure,
  executions: failure.executions.map((tree) => ({ ...tree, graphs: treeGraphs(tree.nodes) })),
});
