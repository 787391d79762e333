-- What a search compares of each key. Values of encrypted keys are not in it.
create table key_search (
  key bigint primary key references key on delete cascade,
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  terms text[] not null,
  content text not null,
  words tsvector not null generated always as (to_tsvector('simple', content)) stored,
  signature bit(512)
);
comment on column key_search.terms is 'Ref, name and a short scalar value: what an exact search compares.';
comment on column key_search.content is 'Ref, name, and the beginning of the value.';
comment on column key_search.signature is 'Signs of 512 projections of the embedding; null: not computed yet.';
comment on column execution.connections is 'By JSON pointer into config: the id of the key to read; 0: none.';
create index key_search_terms on key_search using gin (terms);
create index key_search_words on key_search using gin (words);
select isolate_table(array['key_search']);
grant select, insert, update, delete on key_search to tuningfork_app;

insert into key_search (key, tenant, terms, content)
select id, tenant, array[ref, name] || case when length(text) <= 500 and json_typeof(value) not in ('object', 'array') then array[text] end,
  concat_ws(e'\n', ref, name, left(text, 2000))
from key, lateral (select case when not encrypted then value #>> '{}' end as text) searched;

-- Without the extension, or the right to create it, a trigram search is answered 501.
do $$
begin
  create extension if not exists pg_trgm;
  create index key_search_trigrams on key_search using gin (content gin_trgm_ops);
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
  raise notice 'pg_trgm is not available: %', sqlerrm;
end $$;
