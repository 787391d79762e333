-- It takes the integration token of the log-in, too.
drop function if exists is_session_ended(uuid);
