import { isObject, type JsonObject } from '../../contract/json';
import { questionOf, QuestionError, type Question } from '../core/inquiry/question';
import { ringAdvance } from '../queue/ring';
import { Refusal } from '../refusal';
import { asJson, now, type Transaction } from '../store/database';
import { append } from '../store/log';
import { insertInquiry, requireIdentity } from '../store/inquiries';

/** The action that is never handed to a worker: it asks, and its answer ends it. */
export const ASK = 'core.ask';

/**
 * Opens the inquiry of a `core.ask` child under its lock: from now on it runs, without a worker, until the answer. What
 * cannot be asked fails the child and says why.
 */
export async function openAsk(transaction: Transaction, tenant: number, id: number): Promise<void> {
  const execution = await transaction
    .selectFrom('execution')
    .select(['id', 'root', 'parent', 'workflow_execution', 'config', 'timeout_seconds'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  try {
    const question = asked(execution);
    await requireIdentity(transaction, question.assignedTo);
    const inquiry = await insertInquiry(transaction, id, question);
    await transaction
      .updateTable('execution')
      .set({
        status: 'running',
        awaits: inquiry.id,
        result: asJson({ inquiry_id: inquiry.id, status: 'pending' }),
        started_at: inquiry.created,
        updated: now,
      })
      .where('id', '=', id)
      .execute();
  } catch (error) {
    if (!(error instanceof QuestionError || error instanceof Refusal)) throw error;
    await fail(transaction, tenant, execution, `${ASK}: ${error.message}`);
  }
}

interface Asking {
  readonly id: number;
  readonly root: number;
  readonly parent: number | null;
  readonly workflow_execution: number | null;
  readonly config: JsonObject | null;
  readonly timeout_seconds: number | null;
}

/** The earliest of the task's timeout and those of its input holds. */
function asked({ workflow_execution, config, timeout_seconds }: Asking): Question {
  if (workflow_execution === null) {
    throw new QuestionError(
      'action_ref',
      `works only as the action of a workflow's task: there it waits for its answer`,
    );
  }
  const question = questionOf(isObject(config ?? undefined) ? config! : {});
  const limits = [question.timeoutSeconds, timeout_seconds || null].filter((seconds) => seconds !== null);
  return { ...question, timeoutSeconds: limits.length > 0 ? Math.min(...limits) : null };
}

async function fail(transaction: Transaction, tenant: number, execution: Asking, error: string): Promise<void> {
  const { id, root, parent, workflow_execution } = execution;
  await transaction
    .updateTable('execution')
    .set({ status: 'failed', result: asJson({ succeeded: false, error }), finished_at: now, updated: now })
    .where('id', '=', id)
    .execute();
  if (workflow_execution === null) {
    await append(transaction, [{ root, execution: id, type: 'EXECUTION_FAILED', payload: { error } }]);
  } else if (parent !== null) await ringAdvance(transaction, tenant, parent);
}
