-- Files that workers and sensors store through the API, below the directory of their tenant's
-- artifacts: one row per path, for the size that counts and for the order of changes.

create table internal_file (
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  path text not null,
  size_bytes bigint not null,
  primary key (tenant, path)
);
comment on column internal_file.size_bytes is 'As it was stored: programs may change the file itself.';
select isolate_table(array['internal_file']);
grant select, insert, update, delete on internal_file to tuningfork_app;
