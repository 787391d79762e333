import { DeleteResult, page } from '../../../contract/envelopes';
import {
  Inquiry,
  InquirySummary,
  type InquiryFilter,
  type InquiryStatus,
  type NewInquiry,
  type UpdateInquiry,
} from '../../../contract/inquiries';
import type { Json } from '../../../contract/json';
import { verb } from '../operation';
import type { Request } from '../request';

/**
 * Inquiries: they suspend an execution until a response or a timeout. Every verb throws ApiError.
 */
export const inquiries = (request: Request) => ({
  /**
   * Creates an inquiry for an execution in any status, without suspending it. 404 NOT_FOUND; 409
   * CONFLICT if it has one.
   */
  create: verb(['POST /inquiries', 'create_inquiry'], (call, body: NewInquiry) => request.one(Inquiry, call({ body }))),

  /** 404 NOT_FOUND. */
  get: verb(['GET /inquiries/{id}', 'get_inquiry'], (call, id: number) => request.one(Inquiry, call({ id }))),

  /** Every match on every page, newest first. */
  list: verb(['GET /inquiries', 'list_inquiries'], (call, filter: InquiryFilter = {}) =>
    request.all(InquirySummary, call({ query: { ...filter } })),
  ),

  /** One page, newest first. */
  page: verb('GET /inquiries', (call, filter: InquiryFilter, window: { limit: number; offset: number }) =>
    request.body(page(InquirySummary), call({ query: { ...filter, ...window } })),
  ),

  /** 400 BAD_REQUEST for an unknown status. */
  byStatus: verb('GET /inquiries/status/{status}', (call, status: InquiryStatus) =>
    request.all(InquirySummary, call({ status })),
  ),

  /** 404 NOT_FOUND for an unknown execution. */
  ofExecution: verb('GET /executions/{id}/inquiries', (call, id: number) => request.all(InquirySummary, call({ id }))),

  /**
   * Responds to it. 400 BAD_REQUEST unless it is pending; 403 FORBIDDEN; 422 for a response that
   * violates a strict schema.
   */
  respond: verb(['POST /inquiries/{id}/respond', 'respond_to_inquiry'], (call, id: number, response: Json) =>
    request.one(Inquiry, call({ id, body: { response } })),
  ),

  /** 400 BAD_REQUEST in a final status. */
  update: verb('PUT /inquiries/{id}', (call, id: number, body: UpdateInquiry) =>
    request.one(Inquiry, call({ id, body })),
  ),

  /** Cancels the execution that waits for it. */
  remove: verb('DELETE /inquiries/{id}', (call, id: number) => request.body(DeleteResult, call({ id }))),
});
