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
import type { Request } from './request';

const at = (id: number) => `/inquiries/${id}`;

/** Inquiries: questions that hold an execution until they are answered. Every verb throws ApiError. */
export const inquiries = (request: Request) => ({
  /** Asks beside an execution, in whatever status that is. 404 NOT_FOUND; 409 CONFLICT where it has one already. */
  create: (body: NewInquiry) => request.one(Inquiry, { method: 'POST', path: '/inquiries', body }),

  /** 404 NOT_FOUND. */
  get: (id: number) => request.one(Inquiry, { method: 'GET', path: at(id) }),

  /** Every match on every page, newest first. */
  list: (filter: InquiryFilter = {}) =>
    request.all(InquirySummary, { method: 'GET', path: '/inquiries', query: { ...filter } }),

  /** One page, newest first. */
  page: (filter: InquiryFilter, window: { limit: number; offset: number }) =>
    request.bare(page(InquirySummary), { method: 'GET', path: '/inquiries', query: { ...filter, ...window } }),

  /** 400 BAD_REQUEST for a word that is no status. */
  byStatus: (status: InquiryStatus) =>
    request.all(InquirySummary, { method: 'GET', path: `/inquiries/status/${status}` }),

  /** 404 NOT_FOUND when there is no such execution. */
  ofExecution: (execution: number) =>
    request.all(InquirySummary, { method: 'GET', path: `/executions/${execution}/inquiries` }),

  /** Answers it. 400 BAD_REQUEST once it is no longer pending; 403 FORBIDDEN; 422 where a strict schema says otherwise. */
  respond: (id: number, response: Json) =>
    request.one(Inquiry, { method: 'POST', path: `${at(id)}/respond`, body: { response } }),

  /** 400 BAD_REQUEST where its status is final. */
  update: (id: number, body: UpdateInquiry) => request.one(Inquiry, { method: 'PUT', path: at(id), body }),

  /** Whoever waits for it is cancelled. */
  remove: (id: number) => request.bare(Deleted, { method: 'DELETE', path: at(id) }),
});
