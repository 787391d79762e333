-- Lists of one action or of one status, newest first: a page must not read the others.
drop index execution_by_action;
create index execution_by_action on execution (tenant, action_ref, created desc, id desc);
create index execution_by_status on execution (tenant, status, created desc, id desc);
