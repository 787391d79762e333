import { Deleted } from '../../contract/envelopes';
import {
  Workflow,
  WorkflowSummary,
  type CreateWorkflow,
  type UpdateWorkflow,
  type WorkflowFileBody,
} from '../../contract/workflows';
import type { Static } from '@sinclair/typebox';
import { verb } from './operation';
import type { Request } from './request';

export interface WorkflowFilter {
  pack_ref?: string;
  search?: string;
  /** Comma list; any of them. */
  tags?: string;
}

/** Workflows: graphs of tasks, each run as an action of the same ref. */
export const workflows = (request: Request) => ({
  list: verb(
    'GET /workflows',
    (call) =>
      (filter: WorkflowFilter = {}) =>
        request.all(WorkflowSummary, call({ query: { ...filter } })),
  ),

  /** 404 NOT_FOUND. */
  get: verb('GET /workflows/{ref}', (call) => (ref: string) => request.one(Workflow, call({ ref }))),

  /** 400 BAD_REQUEST when the definition cannot be read, with the task it fails at; 404 pack; 409 CONFLICT. */
  create: verb(
    'POST /workflows',
    (call) => (body: CreateWorkflow) => request.one(Workflow, call({ body })),
    'create_workflow',
  ),

  update: verb(
    'PUT /workflows/{ref}',
    (call) => (ref: string, body: Static<typeof UpdateWorkflow>) => request.one(Workflow, call({ ref, body })),
  ),

  /** As files of its pack. 400 BAD_REQUEST, 404 pack, 409 CONFLICT, 422. */
  createFile: verb(
    'POST /packs/{ref}/workflow-files',
    (call) => (body: WorkflowFileBody) => request.one(Workflow, call({ ref: body.pack_ref, body })),
  ),

  /** Writes its files again. 404 NOT_FOUND. */
  updateFile: verb(
    'PUT /workflows/{ref}/file',
    (call) => (ref: string, body: WorkflowFileBody) => request.one(Workflow, call({ ref, body })),
  ),

  /** Its action goes too. 404 NOT_FOUND. */
  remove: verb('DELETE /workflows/{ref}', (call) => (ref: string) => request.bare(Deleted, call({ ref }))),
});
