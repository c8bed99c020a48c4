-- When mail came into a folder, newest first. The order is that of the ledger's
-- own key, so that it reads as many lines as it gives.

-- name: ArrivalsNewest
select received_at from ledger where mailbox_id = ? and folder = ?
order by uidvalidity desc, uid desc limit ?;
