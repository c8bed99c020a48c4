-- The time of the database: who was let into a case is out at that instant on every
-- machine.

-- part: DatabaseNow
  statement_timestamp()

-- part: False
  false
