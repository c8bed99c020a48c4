-- tsvector; SQLite has FTS5 instead. The words are folded and split already, so
-- they become lexemes as they are (array_to_tsvector) and no configuration of the
-- server has a say.

-- name: WordsInsert
insert into message_words (message_id, words)
values (?, array_to_tsvector(string_to_array(cast(? as text), ' ')));

-- name: SelectHits
select m.id, m.ticket_id, m.received_at
from message_words w join messages m on m.id = w.message_id join tickets t on t.id = m.ticket_id

-- name: HitsMatch
w.words @@ cast(? as tsquery)

-- name: OrderHits
order by w.message_id desc limit ?

-- name: MatchWords
select ticket_id from (
  select m.ticket_id from message_words w join messages m on m.id = w.message_id join tickets t on t.id = m.ticket_id

-- name: MatchWordsEnd
order by w.message_id desc limit 2000) found
