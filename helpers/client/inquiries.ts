import { Deleted, page } from '../../contract/envelopes';
import {
  Inquiry,
  InquirySummary,
  type InquiryFilter,
  type InquiryStatus,
  type NewInquiry,
  type UpdateInquiry,
} from '../../contract/inquiries';
import type { Json } from '../../contract/json';
import { verb } from './operation';
import type { Request } from './request';

/** Inquiries: questions that hold an execution until they are answered. Every verb throws ApiError. */
export const inquiries = (request: Request) => ({
  /** Asks beside an execution, in whatever status that is. 404 NOT_FOUND; 409 CONFLICT where it has one already. */
  create: verb(
    'POST /inquiries',
    (call) => (body: NewInquiry) => request.one(Inquiry, call({ body })),
    'create_inquiry',
  ),

  /** 404 NOT_FOUND. */
  get: verb('GET /inquiries/{id}', (call) => (id: number) => request.one(Inquiry, call({ id })), 'get_inquiry'),

  /** Every match on every page, newest first. */
  list: verb(
    'GET /inquiries',
    (call) =>
      (filter: InquiryFilter = {}) =>
        request.all(InquirySummary, call({ query: { ...filter } })),
    'list_inquiries',
  ),

  /** One page, newest first. */
  page: verb(
    'GET /inquiries',
    (call) => (filter: InquiryFilter, window: { limit: number; offset: number }) =>
      request.bare(page(InquirySummary), call({ query: { ...filter, ...window } })),
  ),

  /** 400 BAD_REQUEST for a word that is no status. */
  byStatus: verb(
    'GET /inquiries/status/{status}',
    (call) => (status: InquiryStatus) => request.all(InquirySummary, call({ status })),
  ),

  /** 404 NOT_FOUND when there is no such execution. */
  ofExecution: verb(
    'GET /executions/{id}/inquiries',
    (call) => (id: number) => request.all(InquirySummary, call({ id })),
  ),

  /** Answers it. 400 BAD_REQUEST once it is no longer pending; 403 FORBIDDEN; 422 where a strict schema says otherwise. */
  respond: verb(
    'POST /inquiries/{id}/respond',
    (call) => (id: number, response: Json) => request.one(Inquiry, call({ id, body: { response } })),
    'respond_to_inquiry',
  ),

  /** 400 BAD_REQUEST where its status is final. */
  update: verb(
    'PUT /inquiries/{id}',
    (call) => (id: number, body: UpdateInquiry) => request.one(Inquiry, call({ id, body })),
  ),

  /** Whoever waits for it is cancelled. */
  remove: verb('DELETE /inquiries/{id}', (call) => (id: number) => request.bare(Deleted, call({ id }))),
});
