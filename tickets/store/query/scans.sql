-- What the virus scanner said.

-- name: ScansOfRaw
select raw_id, path, verdict, signature, scanned_at from part_scans where raw_id = ?;

-- name: ScanPut
insert into part_scans (raw_id, path, verdict, signature, scanned_at)
values (:raw_id, :path, :verdict, :signature, :scanned_at)
on conflict (raw_id, path) do update set
  verdict = excluded.verdict, signature = excluded.signature, scanned_at = excluded.scanned_at;

-- name: ScanParts
select parts from messages where raw_id = ? and to_scan;

-- name: ScanDone
update messages set to_scan = false where raw_id = ? and to_scan;

-- name: ScansWanted
select raw_id from messages where to_scan group by raw_id order by raw_id limit ?;

-- name: ScansAgain
select raw_id from part_scans where verdict = 'not_scanned' and scanned_at < ?
group by raw_id order by min(scanned_at), raw_id limit ?;
