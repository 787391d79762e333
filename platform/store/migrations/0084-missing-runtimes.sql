-- What a worker lacks is known when its process has registered: it has another column since.
drop function if exists supervised_workers(text);
