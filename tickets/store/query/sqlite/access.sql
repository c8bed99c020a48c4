-- The time of the database in the form of its columns: who was let into a case is
-- out at that instant on every machine.

-- part: DatabaseNow
  (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')

-- part: False
  0
