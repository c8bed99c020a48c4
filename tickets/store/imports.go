package store

import (
	"context"

	"hearback/tickets/register"
)

func (i importRow) file() register.Import {
	return register.Import{
		ID: i.ID, FileName: i.FileName, SHA256: i.SHA256, Mapping: i.Mapping, Rows: i.Rows, Changed: i.Changed,
		Waiting: i.Waiting, Failed: i.Failed, ByID: int64(i.ByID), DoneAt: i.DoneAt.time(),
	}
}

// ImportByID implements tickets.RegisterReader.
func (r reader) ImportByID(ctx context.Context, id int64) (*register.Import, error) {
	var row importRow
	if err := r.get(ctx, &row, r.db.q.ImportByID, id); err != nil {
		return nil, err
	}
	i := row.file()
	return &i, nil
}
