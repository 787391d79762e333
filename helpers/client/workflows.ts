import { Deleted } from '../../contract/envelopes';
import { Workflow, WorkflowSummary, type CreateWorkflow, type UpdateWorkflow } from '../../contract/workflows';
import type { Static } from '@sinclair/typebox';
import type { Request } from './request';

const at = (ref: string) => `/workflows/${encodeURIComponent(ref)}`;

export interface WorkflowFilter {
  pack_ref?: string;
  search?: string;
  /** Comma list; any of them. */
  tags?: string;
}

/** Workflows: graphs of tasks, each run as an action of the same ref. */
export const workflows = (request: Request) => ({
  list: (filter: WorkflowFilter = {}) =>
    request.all(WorkflowSummary, { method: 'GET', path: '/workflows', query: { ...filter } }),

  /** 404 NOT_FOUND. */
  get: (ref: string) => request.one(Workflow, { method: 'GET', path: at(ref) }),

  /** 400 BAD_REQUEST when the definition cannot be read, with the task it fails at; 404 pack; 409 CONFLICT. */
  create: (body: CreateWorkflow) => request.one(Workflow, { method: 'POST', path: '/workflows', body }),

  update: (ref: string, body: Static<typeof UpdateWorkflow>) =>
    request.one(Workflow, { method: 'PUT', path: at(ref), body }),

  /** Its action goes too. 404 NOT_FOUND. */
  remove: (ref: string) => request.bare(Deleted, { method: 'DELETE', path: at(ref) }),
});
