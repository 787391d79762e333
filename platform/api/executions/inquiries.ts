import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import {
  Inquiry,
  InquiryFilter,
  InquirySummary,
  NewInquiry,
  Respond,
  UpdateInquiry,
} from '../../../contract/inquiries';
import { Id } from '../../../contract/json';
import { executionTarget } from '../../auth/authorization-targets';
import { requireFound } from '../../base/domain-error';
import { findExecutionRow } from '../../store/executions/executions';
import { removeInquiry } from '../../store/inquiries/blocking-inquiries';
import { findInquiryRow, listInquiries } from '../../store/inquiries/inquiries';
import { toInquiry } from '../../store/inquiries/inquiry-rows';
import type { Transaction } from '../../store/database/connection';
import type { Api, ApiContext } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route, routeAfterCommit } from '../http/route';
import {
  createInquiry,
  isCreatedByOwnExecution,
  onLockedInquiry,
  respondToInquiry,
  updateInquiry,
} from './inquiry-operations';

const PATH = '/api/v1/inquiries';
const tags = ['inquiries'];
const params = Type.Object({ id: Id });

/** Every authenticated caller may read inquiries. */
export function inquiriesRoutes(api: Api, context: ApiContext): void {
  listRoutes(api);
  createRoutes(api);
  changeRoutes(api, context);
}

function listRoutes(api: Api): void {
  const list = { tags, grant: null, item: InquirySummary };

  listRoute(api, {
    ...list,
    path: PATH,
    filter: InquiryFilter,
    pages: { sizeName: 'limit', default: 50, cap: 500, echoesCap: true },
    list: ({ transaction, query, page }) => listInquiries(transaction, query, page),
  });

  listRoute(api, {
    ...list,
    path: `${PATH}/status/:status`,
    params: Type.Object({ status: Type.String() }),
    pages: DEFAULT_PAGES,
    list: ({ transaction, params: { status }, page }) => listInquiries(transaction, { status }, page),
  });

  listRoute(api, {
    ...list,
    path: '/api/v1/executions/:id/inquiries',
    params,
    pages: DEFAULT_PAGES,
    load: ({ transaction, params: { id } }) => loadExecutionRow(transaction, id),
    list: ({ transaction, loaded, page }) => listInquiries(transaction, { execution: loaded.id }, page),
  });
}

const loadExecutionRow = async (transaction: Transaction, id: number) =>
  requireFound(await findExecutionRow(transaction, id), `Execution ${id}`);

function createRoutes(api: Api): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'inquiries:create',
    schema: { tags, body: NewInquiry, response: { 201: dataEnvelope(Inquiry) } },
    load: ({ transaction, body: { execution } }) => loadExecutionRow(transaction, execution),
    target: ({ transaction, caller, loaded }) => executionTarget(transaction, caller, loaded),
    isExempt: ({ caller, body }) => isCreatedByOwnExecution(caller, body),
    handle: async ({ transaction, caller, body }) => ({
      data: toInquiry(await createInquiry(transaction, caller, body)),
    }),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:id`,
    grant: null,
    schema: { tags, params, response: { 200: dataEnvelope(Inquiry) } },
    load: async ({ transaction, params: { id } }) =>
      requireFound(await findInquiryRow(transaction, id), `Inquiry ${id}`),
    // The execution that waits for a response reads it.
    handle: ({ caller, loaded }) => {
      const { response } = loaded;
      return { data: { ...toInquiry(loaded), ...(caller.execution === loaded.execution && { response }) } };
    },
  });
}

function changeRoutes(api: Api, { db }: ApiContext): void {
  routeAfterCommit(api, {
    method: 'POST',
    path: `${PATH}/:id/respond`,
    grant: null,
    schema: { tags, params, body: Respond, response: { 200: dataEnvelope(Inquiry) } },
    respond: async ({ caller, params: { id }, body: { response } }) => ({
      data: toInquiry(await respondToInquiry(db, caller, id, response)),
    }),
  });

  route(api, {
    method: 'PUT',
    path: `${PATH}/:id`,
    grant: 'inquiries:update',
    schema: { tags, params, body: UpdateInquiry, response: { 200: dataEnvelope(Inquiry) } },
    ...onLockedInquiry,
    handle: async ({ transaction, caller, body, loaded }) => ({
      data: toInquiry(await updateInquiry(transaction, caller, loaded, body)),
    }),
  });

  deleteRoute(api, {
    path: `${PATH}/:id`,
    grant: 'inquiries:delete',
    ignoresBody: true,
    tags,
    params,
    ...onLockedInquiry,
    remove: ({ transaction, loaded }) => removeInquiry(transaction, loaded),
    name: ({ params: { id } }) => `Inquiry ${id}`,
  });
}
