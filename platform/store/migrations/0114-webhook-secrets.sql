-- The secret of a webhook's signature is sealed here, and no longer a part of `webhook_config`. The key of the
-- platform is not in the database: the next start seals what is in clear.
alter table trigger add column webhook_secret text;
