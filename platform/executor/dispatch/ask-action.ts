import { extensionKeys } from '../../../contract/extension';
import { NewInquiry } from '../../../contract/inquiries';
import { isObject, type JsonObject } from '../../../contract/json';
import { ASK_ACTION_REF, parseInquirySpec, InquirySpecError, type InquirySpec } from '../../core/inquiry/inquiry-spec';
import { DomainError } from '../../base/domain-error';
import { servesExtensions, type Transaction } from '../../store/database/connection';
import { transition } from '../../store/lifecycle/lifecycle';
import { insertInquiry, requireAssignee } from '../../store/inquiries/inquiries';

/**
 * Creates the inquiry of a `core.ask` child, whose row the caller has locked. The child runs,
 * without a worker, until the response. Invalid input fails the child, with the cause in its
 * result.
 */
export async function startAskAction(transaction: Transaction, id: number): Promise<void> {
  const execution = await transaction
    .selectFrom('execution')
    .select(['workflow_execution', 'config', 'timeout_seconds'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  try {
    const spec = readAskInput(execution, servesExtensions(transaction));
    await requireAssignee(transaction, spec.assignedTo);
    const inquiry = await insertInquiry(transaction, id, spec);
    await transition(transaction, id, 'running', {
      result: { inquiry_id: inquiry.id, status: 'pending' },
      columns: { awaits: inquiry.id, started_at: inquiry.created },
    });
  } catch (error) {
    if (!(error instanceof InquirySpecError || error instanceof DomainError)) throw error;
    const result = { succeeded: false, error: `${ASK_ACTION_REF}: ${error.message}` };
    await transition(transaction, id, 'failed', { result });
  }
}

interface AskExecution {
  readonly workflow_execution: number | null;
  readonly config: JsonObject | null;
  readonly timeout_seconds: number | null;
}

/** The shorter of the task's timeout and the input's applies. */
function readAskInput({ workflow_execution, config, timeout_seconds }: AskExecution, extensions: boolean): InquirySpec {
  if (workflow_execution === null) {
    throw new InquirySpecError(
      'action_ref',
      `works only as the action of a workflow's task, which waits for the response`,
    );
  }
  const input = isObject(config ?? undefined) ? config! : {};
  const spec = parseInquirySpec(extensions ? input : withoutExtensionInputs(input));
  const limits = [spec.timeoutSeconds, timeout_seconds || null].filter((seconds) => seconds !== null);
  return { ...spec, timeoutSeconds: limits.length > 0 ? Math.min(...limits) : null };
}

function withoutExtensionInputs(input: JsonObject): JsonObject {
  const ignored = extensionKeys(NewInquiry);
  return Object.fromEntries(Object.entries(input).filter(([name]) => !ignored.includes(name)));
}
