-- FTS5 has tables and operators of its own; PostgreSQL has others.

-- name: WordsInsert
insert into message_words (rowid, words) values (?, ?);

-- By rowid downwards FTS5 gives the newest first and stops at the limit.
-- name: SelectHits
select m.id, m.ticket_id, m.received_at
from message_words join messages m on m.id = message_words.rowid join tickets t on t.id = m.ticket_id

-- name: HitsMatch
message_words match ?

-- name: OrderHits
order by message_words.rowid desc limit ?

-- name: MatchWords
select ticket_id from (
  select m.ticket_id from message_words join messages m on m.id = message_words.rowid join tickets t on t.id = m.ticket_id

-- name: MatchWordsEnd
order by message_words.rowid desc limit 2000) found
