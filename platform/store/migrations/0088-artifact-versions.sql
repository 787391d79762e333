-- Artifacts are written through the API: who created one, the numbers of its versions, their bytes.

alter table artifact
  add column creator bigint references identity on delete set null,
  add column last_version int not null default 0;
comment on column artifact.creator is 'Who created it with an access token; a program has no right to it beyond its token.';
comment on column artifact.last_version is 'The number of a removed version is not used again.';
update artifact a set last_version = coalesce((select max(v.version) from artifact_version v where v.artifact = a.id), 0);
create index artifact_creator on artifact (creator) where creator is not null;

create table artifact_content (
  version bigint primary key references artifact_version on delete cascade,
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  bytes bytea not null
);
comment on table artifact_content is 'The bytes of uploaded versions.';
alter table artifact_content alter column bytes set storage external;
select isolate_table(array['artifact_content']);
grant select, insert, update, delete on artifact_content to tuningfork_app;
