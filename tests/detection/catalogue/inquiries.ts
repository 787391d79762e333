import type { Fault } from '../fault';

/** Inquiries and their expiry. */
export const INQUIRY_FAULTS: readonly Fault[] = [
  {
    id: 'S16a',
    promise: 'an inquiry suspends its task until the response',
    file: 'executor/ask-action.ts',
    within: 'startAskAction',
    find: `await transition(transaction, id, 'running', {
      result: { inquiry_id: inquiry.id, status: 'pending' },
      columns: { awaits: inquiry.id, started_at: inquiry.created },
    });`,
    replace: `await transition(transaction, id, 'running', { columns: { started_at: inquiry.created } });
    await transition(transaction, id, 'completed', { result: { response: { approved: true } } });`,
    claims: ['T2.6a', 'T2.6b'],
  },
  {
    id: 'S16b',
    promise: 'a strict inquiry accepts only responses of its schema',
    file: 'api/executions/inquiry-operations.ts',
    within: 'validateResponse',
    find: 'strict && schema !== null ? responseErrors(schema, response) : []',
    replace: '[] as ReturnType<typeof responseErrors>',
    claims: ['T2.6f'],
  },
  {
    id: 'S16c',
    promise: 'an inquiry that has ended accepts no response',
    file: 'api/executions/inquiry-operations.ts',
    within: 'requireRespondable',
    find: `if (inquiry.status !== 'pending') throw notPendingError(inquiry);`,
    replace: '',
    claims: ['T2.6e', 'T2.7e'],
  },
  {
    id: 'S33a',
    promise: 'a rejection takes the branch of the rejection',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'executionEnd',
    find: 'result: { response, __inquiry_id: id, __inquiry_created_published: true, ...defaultedMark }',
    replace: `result: { response: isObject(response) ? { ...response, approved: true } : response,
      __inquiry_id: id, __inquiry_created_published: true, ...defaultedMark }`,
    claims: ['T2.6b', 'T2.7a'],
  },
  {
    id: 'S33b',
    promise: 'every field of a response is stored',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'endColumns',
    find: 'asJson(end.response)',
    replace:
      'asJson(isObject(end.response) ? Object.fromEntries(Object.entries(end.response).slice(0, 2)) : end.response)',
    claims: ['T2.6c'],
  },
  {
    id: 'S33c',
    promise: 'a list of inquiries keeps those of the named status only',
    file: 'store/inquiries/inquiries.ts',
    within: 'filterConditions',
    find: 'status: status === undefined ? undefined : parseStatus(status)',
    replace: 'status: undefined',
    claims: ['T2.6d'],
  },
  {
    id: 'S17a',
    promise: 'an inquiry expires when its timeout has passed',
    file: 'store/functions/executions/due_inquiries.sql',
    find: 'i.timeout_at <= clock.now',
    replace: 'i.timeout_at is null',
    claims: ['T2.7a', 'T2.7b', 'T2.7d', 'T2.7e'],
  },
  {
    id: 'S17b',
    promise: 'an inquiry does not expire before its timeout has passed',
    file: 'store/inquiries/inquiries.ts',
    within: 'insertInquiry',
    find: `interval '1 second'`,
    replace: `interval '0.5 second'`,
    claims: ['T2.7a', 'T2.7b', 'T2.7d'],
  },
  {
    id: 'F120',
    promise: 'the default response of an expired inquiry is its response',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'endColumns',
    find: `end.status === 'timeout' && default_response !== null`,
    replace: 'false',
    claims: ['T2.7a'],
  },
  {
    id: 'F121',
    promise: 'an inquiry that expires without a default times its task out',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'executionEnd',
    find: `return { status: 'timeout', result: { error: 'inquiry timed out', __inquiry_id: id } };`,
    replace: `return { status: 'completed', result: { response: null, __inquiry_id: id } };`,
    claims: ['T2.7b', 'T2.7d', 'T2.7e'],
  },
  {
    id: 'F122',
    promise: 'a response resumes the workflow at once',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'endInquiry',
    find: 'execution.awaits === inquiry.id && isSuspended(execution)',
    replace: `execution.awaits === inquiry.id && isSuspended(execution) && end.status === 'timeout'`,
    claims: ['T2.6e', 'T2.7c'],
  },
  {
    id: 'F123',
    promise: 'the response is part of the result of the task',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'executionEnd',
    find: 'result: { response, __inquiry_id: id, __inquiry_created_published: true, ...defaultedMark }',
    replace: 'result: { __inquiry_id: id, __inquiry_created_published: true, ...defaultedMark }',
    claims: ['T2.6a', 'T2.6c', 'T2.6g'],
  },
  {
    id: 'F126',
    promise: 'the time of a response is recorded',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'endColumns',
    find: 'responded_at: now',
    replace: 'responded_at: null',
    claims: ['T2.6a', 'T2.7c'],
  },
  {
    id: 'F129',
    promise: 'the shorter of the limits of an inquiry applies',
    file: 'executor/ask-action.ts',
    within: 'readAskInput',
    find: 'timeoutSeconds: limits.length > 0 ? Math.min(...limits) : null',
    replace: 'timeoutSeconds: spec.timeoutSeconds',
    claims: ['T2.7a', 'T2.7b', 'T2.7d', 'T2.7e'],
  },
  {
    id: 'S33d',
    promise: 'the second page of a list begins after the first',
    file: 'store/database/list-rows.ts',
    within: 'pageNewestFirst',
    find: `query
    .orderBy(sql\`created\`, 'desc')
    .orderBy(sql\`id\`, 'desc')
    .offset(offset)
    .limit(limit)`,
    replace: `query.orderBy(sql\`created\`, 'desc').orderBy(sql\`id\`, 'desc').limit(limit).offset(offset > 0 ? offset - 1 : 0)`,
    claims: ['T2.6d'],
  },
  {
    id: 'S17c',
    promise: 'inquiries expire independently of each other',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'endInquiry',
    find: `transaction
    .updateTable('inquiry')
    .set({ status: end.status, updated: now, ...endColumns(inquiry, end) })
    .where('id', '=', inquiry.id)`,
    replace: `transaction
    .updateTable('inquiry')
    .set({ status: end.status, updated: now, ...endColumns(inquiry, end) })
    .where((where) => (end.status === 'timeout' ? where('status', '=', 'pending') : where('id', '=', inquiry.id)))`,
    claims: ['T2.7d'],
  },
  {
    id: 'F124',
    promise: 'a list of inquiries has the newest first',
    file: 'store/database/list-rows.ts',
    within: 'pageNewestFirst',
    find: `query
    .orderBy(sql\`created\`, 'desc')
    .orderBy(sql\`id\`, 'desc')
    .offset(offset)
    .limit(limit)`,
    replace: `query.orderBy(sql\`created\`).orderBy(sql\`id\`).offset(offset).limit(limit)`,
    claims: ['T2.6d'],
  },
  {
    id: 'F125',
    promise: 'a program can ask and end: its execution waits for the response',
    file: 'store/executions/attempts.ts',
    within: 'endUnderLease',
    find: `awaits is not null and status = 'running' and \${to === 'completed'} as suspends`,
    replace: 'false as suspends',
    claims: ['T2.6g'],
  },
  {
    id: 'F127',
    promise: 'a response ends its own inquiry only',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'endInquiry',
    find: `transaction
    .updateTable('inquiry')
    .set({ status: end.status, updated: now, ...endColumns(inquiry, end) })
    .where('id', '=', inquiry.id)`,
    replace: `transaction
    .updateTable('inquiry')
    .set({ status: end.status, updated: now, ...endColumns(inquiry, end) })
    .where('status', '=', 'pending')`,
    claims: ['T2.6d'],
  },
  {
    id: 'F456',
    promise: 'only the person that an inquiry is assigned to responds',
    file: 'api/executions/inquiry-operations.ts',
    within: 'requireRespondable',
    find: 'inquiry.assigned_to === null || inquiry.assigned_to === caller.identity',
    replace: 'true',
    claims: ['T2.6d'],
  },
  {
    id: 'F457',
    promise: 'an inquiry that is not strict accepts any response',
    file: 'api/executions/inquiry-operations.ts',
    within: 'validateResponse',
    find: 'strict && schema !== null',
    replace: 'schema !== null',
    claims: ['T2.6b'],
  },
  {
    id: 'F458',
    promise: 'the result of a task says that its default applied',
    file: 'store/inquiries/end-inquiry.ts',
    within: 'executionEnd',
    find: 'const defaultedMark = defaulted ? { defaulted } : {};',
    replace: 'const defaultedMark = {};',
    claims: ['T2.7a'],
  },
];
