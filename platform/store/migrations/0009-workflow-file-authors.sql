-- Who wrote the files of workflows: what registers a file again makes its caller no author of it.
create table workflow_file_author (
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  pack bigint not null references pack on delete cascade,
  ref text not null,
  saved_by int,
  saved_with_sets text[] not null,
  primary key (pack, ref)
);
comment on table workflow_file_author is
  'Of the files that a pack has now. None: registered before authors of files were recorded.';
comment on column workflow_file_author.ref is 'Of the workflow that the file makes, also where it was deleted.';
grant select, insert, update, delete on workflow_file_author to tuningfork_app;
select isolate_table(array['workflow_file_author']);
