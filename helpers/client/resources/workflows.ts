import { DeleteResult } from '../../../contract/envelopes';
import {
  Workflow,
  WorkflowSummary,
  type CreateWorkflow,
  type UpdateWorkflow,
  type WorkflowFileBody,
} from '../../../contract/workflows';
import type { Static } from '@sinclair/typebox';
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
  list: verb(
    'GET /workflows',
    (call) =>
      (filter: WorkflowFilter = {}) =>
        request.all(WorkflowSummary, call({ query: { ...filter } })),
  ),

  /** 404 NOT_FOUND. */
  get: verb('GET /workflows/{ref}', (call) => (ref: string) => request.one(Workflow, call({ ref }))),

  /**
   * 400 BAD_REQUEST for an invalid definition, naming the task; 404 for its pack; 409 CONFLICT.
   */
  create: verb(
    'POST /workflows',
    (call) => (body: CreateWorkflow) => request.one(Workflow, call({ body })),
    'create_workflow',
  ),

  update: verb(
    'PUT /workflows/{ref}',
    (call) => (ref: string, body: Static<typeof UpdateWorkflow>) => request.one(Workflow, call({ ref, body })),
  ),

  /**
   * Creates a workflow as a file of its pack. 400 BAD_REQUEST, 404 for its pack, 409 CONFLICT,
   * 422.
   */
  createFile: verb(
    'POST /packs/{ref}/workflow-files',
    (call) => (body: WorkflowFileBody) => request.one(Workflow, call({ ref: body.pack_ref, body })),
  ),

  /** Writes its file again. 404 NOT_FOUND. */
  updateFile: verb(
    'PUT /workflows/{ref}/file',
    (call) => (ref: string, body: WorkflowFileBody) => request.one(Workflow, call({ ref, body })),
  ),

  /** Removes its action, too. 404 NOT_FOUND. */
  remove: verb('DELETE /workflows/{ref}', (call) => (ref: string) => request.body(DeleteResult, call({ ref }))),
});
