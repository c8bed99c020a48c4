package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instantForm is the text of an instant: fixed width and UTC, so that the order
// of the texts is the order of time on SQLite. PostgreSQL reads it as timestamptz.
const instantForm = "2006-01-02T15:04:05.000000Z"

// noDue stands in tickets.due_at when no clock runs: after everything.
func noDue() instant { return instant(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) }

// instant is a point in time in the form of the database, in whole microseconds.
type instant time.Time

// at is t as a column or an argument.
func at(t time.Time) instant { return instant(t.UTC().Truncate(time.Microsecond)) }

// atP is at for what may be missing.
func atP(t *time.Time) *instant {
	if t == nil {
		return nil
	}
	i := at(*t)
	return &i
}

func (i instant) time() time.Time { return time.Time(i) }

func (i *instant) timeP() *time.Time {
	if i == nil {
		return nil
	}
	t := time.Time(*i)
	return &t
}

// Value implements driver.Valuer. A text does for both: pgx sends it in text
// form and the server reads it as timestamptz.
func (i instant) Value() (driver.Value, error) {
	return time.Time(i).UTC().Format(instantForm), nil
}

// MarshalText implements encoding.TextMarshaler, for the digest of rows.
func (i instant) MarshalText() ([]byte, error) {
	return []byte(time.Time(i).UTC().Format(instantForm)), nil
}

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		*i = instant(v.UTC())
		return nil
	case string:
		return i.parse(v)
	case []byte:
		return i.parse(string(v))
	}
	return fmt.Errorf("an instant cannot be made of %T", src)
}

func (i *instant) parse(s string) error {
	t, err := time.Parse(instantForm, s)
	if err != nil {
		return fmt.Errorf("an instant in the database: %w", err)
	}
	*i = instant(t.UTC())
	return nil
}

// rowID is an id of another row; 0 is NULL in the database, so that foreign
// keys hold.
type rowID int64

// Value implements driver.Valuer.
func (r rowID) Value() (driver.Value, error) {
	if r == 0 {
		return nil, nil //nolint:nilnil // a NULL is neither a value nor an error
	}
	return int64(r), nil
}

// Scan implements sql.Scanner.
func (r *rowID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*r = 0
		return nil
	case int64:
		*r = rowID(v)
		return nil
	}
	return fmt.Errorf("a row id cannot be made of %T", src)
}
