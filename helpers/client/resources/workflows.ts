import { DeleteResult } from '../../../contract/envelopes';
import { Execution } from '../../../contract/executions';
import {
  CompiledRevision,
  Revision,
  RevisionDetails,
  Workflow,
  WorkflowSummary,
  type CreateRevision,
  type CreateWorkflow,
  type UpdateWorkflow,
  type WorkflowFileBody,
  type WorkflowInputs,
} from '../../../contract/workflows';
import { Explanation } from '../../../contract/workflows/explanation';
import type { Static } from '@sinclair/typebox';
import { withFinishedAt } from '../derived-execution';
import { verb } from '../operation';
import type { Request } from '../request';

export interface WorkflowFilter {
  pack_ref?: string;
  search?: string;
  /** Comma-separated; matches any of them. */
  tags?: string;
}

/** Workflows: graphs of tasks. Each is executed as an action with the same ref. */
export const workflows = (request: Request) => ({
  list: verb('GET /workflows', (call, filter: WorkflowFilter = {}) =>
    request.all(WorkflowSummary, call({ query: { ...filter } })),
  ),

  /** 404 NOT_FOUND. */
  get: verb('GET /workflows/{ref}', (call, ref: string) => request.one(Workflow, call({ ref }))),

  /**
   * 400 BAD_REQUEST for an invalid definition, naming the task; 404 for its pack; 409 CONFLICT.
   */
  create: verb(['POST /workflows', 'create_workflow'], (call, body: CreateWorkflow) =>
    request.one(Workflow, call({ body })),
  ),

  update: verb('PUT /workflows/{ref}', (call, ref: string, body: Static<typeof UpdateWorkflow>) =>
    request.one(Workflow, call({ ref, body })),
  ),

  /**
   * Creates a workflow as a file of its pack. 400 BAD_REQUEST, 404 for its pack, 409 CONFLICT,
   * 422.
   */
  createFile: verb('POST /packs/{ref}/workflow-files', (call, body: WorkflowFileBody) =>
    request.one(Workflow, call({ ref: body.pack_ref, body })),
  ),

  /** Writes its file again. 404 NOT_FOUND. */
  updateFile: verb('PUT /workflows/{ref}/file', (call, ref: string, body: WorkflowFileBody) =>
    request.one(Workflow, call({ ref, body })),
  ),

  /** All revisions, the oldest first, without their definitions. 404 NOT_FOUND. */
  revisions: verb('GET /workflows/{ref}/revisions', (call, ref: string) => request.all(Revision, call({ ref }))),

  /** 404 NOT_FOUND. */
  revision: verb('GET /workflows/{ref}/revisions/{revision}', (call, ref: string, revision: number) =>
    request.one(RevisionDetails, call({ ref, revision })),
  ),

  /** What a compile of it would give now; stores nothing. 404 NOT_FOUND. */
  explainRevision: verb(
    'GET /workflows/{ref}/revisions/{revision}/explanation',
    (call, ref: string, revision: number) => request.one(Explanation, call({ ref, revision })),
  ),

  /** Adds a draft. 404 NOT_FOUND, 422. */
  createRevision: verb('POST /workflows/{ref}/revisions', (call, ref: string, body: Static<typeof CreateRevision>) =>
    request.one(RevisionDetails, call({ ref, body })),
  ),

  /** 422 with the code, the path and all findings of a definition that does not compile; 404. */
  compileRevision: verb('POST /workflows/{ref}/revisions/{revision}/compile', (call, ref: string, revision: number) =>
    request.one(CompiledRevision, call({ ref, revision })),
  ),

  /**
   * Runs the newest compiled revision. 409 REVISION_NOT_COMPILED; 422 INPUT_ENVELOPE_INVALID,
   * INPUT_REQUIRED or INPUT_SCHEMA_VIOLATION with all errors; 404.
   */
  execute: verb(
    'POST /workflows/{ref}/execute',
    async (call, ref: string, inputs: WorkflowInputs): Promise<Execution> =>
      withFinishedAt(await request.one(Execution, call({ ref, body: { inputs } }))),
  ),

  /** Removes its action, too. 404 NOT_FOUND. */
  remove: verb('DELETE /workflows/{ref}', (call, ref: string) => request.body(DeleteResult, call({ ref }))),
});
