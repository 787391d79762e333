import { useEffect, useState } from 'preact/hooks';
import type { Workflow } from '../../../contract/workflows';
import type { PlannedTask } from '../../../helpers/run-report/task-graph';
import { get } from '../api';
import { ApiFailure } from '../api-failure';
import { planOf } from './planned-tasks';

/**
 * The tasks of a workflow's definition as it is now: an execution that is older can have had
 * others. Undefined until it is loaded, and where the caller may not read it or it was deleted.
 */
export function useWorkflowPlan(ref: string | undefined): readonly PlannedTask[] | undefined {
  const [known, setKnown] = useState<{ readonly ref: string; readonly plan: readonly PlannedTask[] }>();
  useEffect(() => {
    if (ref === undefined) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    get<Workflow>(`/api/v1/workflows/${encodeURIComponent(ref)}`, { signal }).then(
      ({ definition }) => setKnown({ ref, plan: planOf(definition) }),
      (error: unknown) => {
        if (!signal.aborted && !(error instanceof ApiFailure)) throw error;
      },
    );
    return () => controller.abort();
  }, [ref]);
  return known && known.ref === ref ? known.plan : undefined;
}
