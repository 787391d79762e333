-- The first administrator is created once; a database with identities has had it.
insert into setting (name, value)
select 'first_administrator', platform_now()::text where exists (select from identity where tenant = 1);
comment on table setting is
  'Secrets of this database (token secret, encryption key), and when its first administrator was created.';
